package io.sluice.simulator.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a group may have committed in one queue. Commits are decided in the order in which they were
 * handed over, and a crash keeps a prefix of them; so the answer to a question may be what was last
 * confirmed, or any later commit that is not known to have been refused.
 */
public final class Commits {
    /** A commit or question, in the order in which they were handed over. */
    public static final class Call {
        final long number;
        final long offset;
        boolean refused;

        Call(long number, long offset) {
            this.number = number;
            this.offset = offset;
        }
    }

    private final List<Call> later = new ArrayList<>(); // than the confirmed one
    private long confirmed;
    private long confirmedNumber;
    private long numbers;

    Commits(long none) {
        confirmed = none;
    }

    /** A commit is handed over. */
    Call commit(long offset) {
        Call call = new Call(++numbers, offset);
        later.add(call);
        return call;
    }

    /** A question is handed over. */
    Call ask() {
        return new Call(++numbers, 0);
    }

    /** Whether {@code offset} can be the answer to {@code call}. */
    boolean isPossible(Call call, long offset) {
        if (call.number < confirmedNumber || confirmed == offset) {
            return true; // answers to several calls may come in any order
        }
        for (Call each : later) {
            if (!each.refused && each.number <= call.number && each.offset == offset) {
                return true;
            }
        }
        return false;
    }

    /** {@code offset} was answered to {@code call}: nothing older can come back. */
    void confirm(Call call, long offset) {
        if (call.number >= confirmedNumber) {
            confirmed = offset;
            confirmedNumber = call.number;
            later.removeIf(each -> each.number <= call.number);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("confirmed " + confirmed + ", then perhaps");
        later.stream()
                .filter(each -> !each.refused)
                .forEach(each -> text.append(' ').append(each.offset));
        return text.toString();
    }
}
