package io.sluice.simulator.plan;

/**
 * What a plan can let happen. Each is self-contained, so that any of them can be left out: topics,
 * groups and clients are small numbers; what they stand for is looked up when it happens.
 */
public sealed interface Event permits Operation, Fault {}
