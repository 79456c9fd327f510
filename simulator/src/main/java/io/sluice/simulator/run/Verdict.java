package io.sluice.simulator.run;

import io.sluice.simulator.model.Promise;
import org.jspecify.annotations.Nullable;

/**
 * How a history ended.
 *
 * @param broken the first promise that was broken; null if all were kept
 * @param what was wrong; empty if nothing was
 * @param atNanos when that was noticed
 * @param traceHash of everything that happened: the same for every run of the same plan
 */
public record Verdict(
        @Nullable Promise broken, String what, long atNanos, long traceHash, Coverage coverage) {
    /** Whether every promise was kept. */
    public boolean holds() {
        return broken == null;
    }

    /** The promise and what was wrong, for a person to read. */
    public String why() {
        return broken == null ? "every promise was kept" : broken + ": " + what;
    }
}
