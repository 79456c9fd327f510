package io.sluice.simulator.run;

import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.World;

/** What lies between clients and the broker: it delays, and when told to, loses and doubles. */
final class Net {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final int QUIET_NANOS_MAX = 200_000;

    private final World world;
    private final Coverage coverage;
    private int lossPerMille;
    private int doublePerMille;
    private int delayMs;

    Net(World world, Coverage coverage) {
        this.world = world;
        this.coverage = coverage;
    }

    /** How it behaves from now on; see {@link io.sluice.simulator.plan.Fault.Network}. */
    void behave(int newLossPerMille, int newDoublePerMille, int newDelayMs) {
        lossPerMille = newLossPerMille;
        doublePerMille = newDoublePerMille;
        delayMs = newDelayMs;
    }

    /** Lets {@code arrival} happen some time later, once, twice or never; false if never. */
    boolean request(Class<?> operation, Dice dice, Runnable arrival) {
        if (dice.perMille(lossPerMille)) {
            coverage.fault("REQUEST_LOST", operation);
            return false;
        }
        arrives(operation, dice, arrival);
        if (dice.perMille(doublePerMille)) {
            coverage.fault("REQUEST_DOUBLED", operation);
            arrives(operation, dice, arrival);
        }
        return true;
    }

    /** Lets {@code arrival} happen some time later, or never. */
    void reply(Class<?> operation, Dice dice, Runnable arrival) {
        if (dice.perMille(lossPerMille)) {
            coverage.fault("ANSWER_LOST", operation);
        } else {
            arrives(operation, dice, arrival);
        }
    }

    private void arrives(Class<?> operation, Dice dice, Runnable arrival) {
        long nanos = delayNanos(dice);
        if (nanos > NANOS_PER_MS) {
            coverage.fault("DELAYED", operation);
        }
        world.after(nanos, arrival);
    }

    private long delayNanos(Dice dice) {
        return delayMs == 0 ? dice.below(QUIET_NANOS_MAX) : dice.magnitude(delayMs * NANOS_PER_MS);
    }
}
