package io.sluice.fuzz;

import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/** Time that stands until it is moved, and one executor that runs when it is told to. */
public final class Turns implements Clock, Executor {
    private static final long START_MS = 1_700_000_000_000L;
    private static final long NANOS_PER_MS = 1_000_000;

    private record Delayed(long nanos, long order, Runnable task) {}

    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>((a, b) ->
                    a.nanos != b.nanos
                            ? Long.compare(a.nanos, b.nanos)
                            : Long.compare(a.order, b.order));
    private long nanos;
    private long order;

    /** Runs what is ready, and what that makes ready. */
    public void run() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    /** Moves time forward, running each delayed task at its moment. */
    public void advanceMs(long ms) {
        long until = nanos + ms * NANOS_PER_MS;
        run();
        while (!delayed.isEmpty() && delayed.peek().nanos <= until) {
            Delayed next = delayed.remove();
            nanos = Math.max(nanos, next.nanos);
            next.task.run();
            run();
        }
        nanos = until;
    }

    @Override
    public void execute(Runnable task) {
        ready.add(task);
    }

    @Override
    public void executeAfter(long delayNanos, Runnable task) {
        delayed.add(new Delayed(nanos + delayNanos, order++, task));
    }

    @Override
    public long wallMs() {
        return START_MS + nanos / NANOS_PER_MS;
    }

    @Override
    public long nanos() {
        return nanos;
    }
}
