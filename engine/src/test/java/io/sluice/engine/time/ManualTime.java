package io.sluice.engine.time;

import java.util.ArrayDeque;
import java.util.PriorityQueue;

/**
 * Time that a test moves by hand, and the executors that live in it. Single-threaded: tasks run
 * inside {@link #run} and {@link #advanceMs}, those of all executors in the order in which they
 * were handed over.
 */
public final class ManualTime implements Clock {
    private record Delayed(long nanos, long order, Runnable task) {}

    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>((a, b) ->
                    a.nanos != b.nanos
                            ? Long.compare(a.nanos, b.nanos)
                            : Long.compare(a.order, b.order));
    private long nanos;
    private long stepNanos;
    private long wallOffsetMs = 1_700_000_000_000L;
    private long order;

    /** An executor whose tasks run when this time is told to run. */
    public Executor executor() {
        return new Executor() {
            @Override
            public void execute(Runnable task) {
                ready.add(task);
            }

            @Override
            public void executeAfter(long delayNanos, Runnable task) {
                delayed.add(new Delayed(nanos + delayNanos, order++, task));
            }
        };
    }

    /** Runs every task that is ready, and those that they hand over, until none is left. */
    public void run() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    /** Runs one ready task; false if there is none. */
    public boolean runOne() {
        Runnable task = ready.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    /** Moves time forward, running each delayed task at its moment. */
    public void advanceMs(long ms) {
        long until = nanos + ms * 1_000_000L;
        run();
        while (!delayed.isEmpty() && delayed.peek().nanos <= until) {
            Delayed next = delayed.remove();
            nanos = Math.max(nanos, next.nanos);
            ready.add(next.task);
            run();
        }
        nanos = Math.max(nanos, until);
    }

    /**
     * From now on time goes on by so much whenever somebody looks at the clock, as real time does.
     */
    public void goOn(long byNanos) {
        stepNanos = byNanos;
    }

    /** Lets the wall clock jump by {@code ms}, which may be negative; monotonic time stays. */
    public void jumpWallMs(long ms) {
        wallOffsetMs += ms;
    }

    @Override
    public long wallMs() {
        return wallOffsetMs + nanos / 1_000_000L;
    }

    @Override
    public long nanos() {
        nanos += stepNanos;
        return nanos;
    }
}
