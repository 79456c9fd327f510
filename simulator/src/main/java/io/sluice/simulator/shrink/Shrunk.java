package io.sluice.simulator.shrink;

import io.sluice.simulator.plan.Plan;

/**
 * What shrinking has come to.
 *
 * @param plan the simplest that was found
 * @param runs how many plans were tried
 * @param finished whether nothing more could be left out; false if the budget ended it
 */
public record Shrunk(Plan plan, int runs, boolean finished) {}
