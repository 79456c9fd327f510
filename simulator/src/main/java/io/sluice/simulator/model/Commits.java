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
        final boolean raiseOnly;
        boolean refused;

        /** Whether it is taken for refused, since another client holds the lock. */
        boolean vain;

        /** Whether it may have been ignored, since its client has no say any more. */
        boolean ignorable;

        Call(long number, long offset, boolean raiseOnly) {
            this.number = number;
            this.offset = offset;
            this.raiseOnly = raiseOnly;
        }
    }

    private final List<Call> later = new ArrayList<>(); // than the confirmed one
    private long confirmed;
    private long highest;
    private long confirmedNumber;
    private long numbers;

    Commits(long none) {
        confirmed = none;
    }

    /** A commit is handed over. */
    Call commit(long offset, boolean raiseOnly) {
        Call call = new Call(++numbers, offset, raiseOnly);
        later.add(call);
        highest = Math.max(highest, offset);
        return call;
    }

    /** A commit is handed over that changes nothing, unless {@link #unsure} is told. */
    Call inVain(long offset, boolean raiseOnly) {
        Call call = new Call(++numbers, offset, raiseOnly);
        call.refused = true;
        call.vain = true;
        later.add(call);
        return call;
    }

    /** How many calls have been handed over. */
    long count() {
        return numbers;
    }

    /** Who had a say in calls after the first {@code count} is not what was thought. */
    void unsure(long count) {
        for (Call each : later) {
            if (each.number > count) {
                each.refused &= !each.vain;
                each.vain = false;
                each.ignorable = true;
                highest = Math.max(highest, each.offset);
            }
        }
    }

    /** A question is handed over. */
    Call ask() {
        return new Call(++numbers, 0, false);
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

    /** Whether {@code kept} can be the answer to {@code call}, which changed nothing. */
    boolean isPossibleIgnored(Call call, long kept) {
        boolean before = call.refused;
        call.refused = true;
        boolean possible = isPossible(call, kept);
        call.refused = before;
        return possible;
    }

    /** A group that has committed nothing counts as being where it pulls (ADR 9). */
    void pulls(long from) {
        if (confirmed < 0) {
            highest = Math.max(highest, from);
        }
    }

    /** The farthest that the group may ever have been; Long.MAX_VALUE if perhaps it is nowhere. */
    long highest() {
        return confirmed < 0 ? Long.MAX_VALUE : highest;
    }

    /** Whether {@code kept} can be the answer to the commit {@code call}. */
    boolean isPossibleAnswer(Call call, long kept) {
        if (!call.raiseOnly) {
            return kept == call.offset;
        }
        if (kept > call.offset) {
            return isPossible(call, kept);
        }
        return kept == call.offset && (call.number < confirmedNumber || least(call) <= kept);
    }

    /** The least that may have been committed when {@code call} came. */
    private long least(Call call) {
        long least = confirmed;
        for (Call each : later) {
            if (!each.refused && !each.raiseOnly && each.number < call.number) {
                least = Math.min(least, each.offset);
            }
        }
        return least;
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
