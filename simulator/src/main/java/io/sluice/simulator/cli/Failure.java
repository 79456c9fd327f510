package io.sluice.simulator.cli;

import io.sluice.simulator.run.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A history in which not every promise was kept.
 *
 * @param why the promise and what was wrong
 * @param verdict null if the history did not end
 */
record Failure(long seed, String why, @Nullable Verdict verdict) implements Comparable<Failure> {
    static Failure of(long seed, Verdict verdict) {
        return new Failure(seed, verdict.why(), verdict);
    }

    /** A history that takes longer than any should. */
    static Failure hangs(long seed, long seconds, StackTraceElement[] stack) {
        StringBuilder why = new StringBuilder("hangs since " + seconds + " s, at");
        for (StackTraceElement element : stack) {
            why.append("\n      ").append(element);
        }
        return new Failure(seed, why.toString(), null);
    }

    /** What shows it again, and makes it short. */
    String command() {
        return "./simulate --seed " + seed + " --shrink";
    }

    @Override
    public int compareTo(Failure other) {
        return Long.compare(seed, other.seed);
    }
}
