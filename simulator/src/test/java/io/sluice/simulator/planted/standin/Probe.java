package io.sluice.simulator.planted.standin;

import io.sluice.engine.group.RetryPolicy;
import java.util.List;

/** Stands in for the simulator where only the planting is tested: asks the engine one question. */
public final class Probe {
    private Probe() {}

    /** What one seed showed. */
    public record Verdict(boolean holds, String why) {}

    /** From seed 3 on it sees whether the first retry waits as long as it should. */
    public static Verdict of(long seed) {
        RetryPolicy policy = new RetryPolicy(List.of(1L, 2L, 3L, 4L));
        boolean right = policy.decide(0, 16, 0).equals(new RetryPolicy.Again(3));
        return new Verdict(seed < 3 || right, right ? "" : "a retry\ncame early");
    }
}
