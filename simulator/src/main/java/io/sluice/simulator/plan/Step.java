package io.sluice.simulator.plan;

/**
 * One thing that happens.
 *
 * @param atNanos when, from the beginning of the history
 * @param salt chance for everything that this step needs chance for, so that leaving another one
 *     out does not change it
 */
public record Step(long atNanos, long salt, Event event) {}
