package io.sluice.simulator.plan;

import java.util.List;

/**
 * One whole history before it happens.
 *
 * @param seed of everything that is not in a step, such as when threads get their turn
 * @param steps in order of their time
 */
public record Plan(long seed, Setting setting, List<Step> steps) {
    public Plan {
        steps = List.copyOf(steps);
    }

    /** The same with other steps. */
    public Plan with(List<Step> others) {
        return new Plan(seed, setting, others);
    }
}
