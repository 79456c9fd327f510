package io.sluice.engine.shard;

import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;

/**
 * Runs one task at the earliest of the times it was told, without scheduling anew for each: a later
 * time than the one that is set costs a comparison. Used on one executor only.
 */
final class Alarm {
    private final Clock clock;
    private final Executor executor;
    private final Runnable task;
    private long setNanos = Long.MAX_VALUE;

    Alarm(Clock clock, Executor executor, Runnable task) {
        this.clock = clock;
        this.executor = executor;
        this.task = task;
    }

    /** Runs the task no later than at {@code nanos} of the clock; Long.MAX_VALUE is never. */
    void atNanos(long nanos) {
        if (nanos < setNanos) {
            setNanos = nanos;
            executor.executeAfter(Math.max(0, nanos - clock.nanos()), () -> ring(nanos));
        }
    }

    private void ring(long nanos) {
        if (nanos == setNanos) {
            setNanos = Long.MAX_VALUE;
            task.run();
        }
    }
}
