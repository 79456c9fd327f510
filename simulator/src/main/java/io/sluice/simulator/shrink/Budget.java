package io.sluice.simulator.shrink;

/**
 * How much work may go into shrinking one plan; the first limit that is reached ends it.
 *
 * @param runsMax how many plans are tried
 * @param ms how long, on the clock on the wall
 */
public record Budget(int runsMax, long ms) {
    /** Enough for most plans: they take milliseconds once they are short. */
    public static final Budget DEFAULT = new Budget(10_000, 60_000);
}
