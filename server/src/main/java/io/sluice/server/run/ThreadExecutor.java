package io.sluice.server.run;

import io.sluice.engine.time.Executor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serial executor on one daemon thread of its own. Tasks come through one queue; those for later
 * are kept in a heap that only the thread sees. The thread sleeps while there is nothing to do and
 * is never interrupted, for an interrupt would close the files that its tasks write.
 *
 * <p>The queue is not bounded here: whoever gives tasks bounds them (a shard by its inbox, a log by
 * its batches under way).
 */
public final class ThreadExecutor implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadExecutor.class);
    private static final VarHandle ASLEEP;

    static {
        try {
            ASLEEP =
                    MethodHandles.lookup()
                            .findVarHandle(ThreadExecutor.class, "asleep", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** A task for later; {@code order} keeps those of the same moment in turn. */
    private record Timed(long atNanos, long order, Runnable task) implements Comparable<Timed> {
        @Override
        public int compareTo(Timed other) {
            int byTime = Long.signum(atNanos - other.atNanos); // nanoTime may overflow
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timed> timed = new PriorityQueue<>();
    private final Thread thread;
    private long timedCount;
    private volatile boolean asleep;
    private volatile boolean closing;

    /** Starts the thread. */
    public ThreadExecutor(String name) {
        thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    /** One of those who give tasks to a sleeping thread wakes it; that costs a system call. */
    private void wake() {
        if (asleep && ASLEEP.compareAndSet(this, true, false)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void executeAfter(long delayNanos, Runnable task) {
        long atNanos = System.nanoTime() + delayNanos;
        execute(() -> timed.add(new Timed(atNanos, timedCount++, task)));
    }

    /** Runs the tasks given so far, not those for later, and ends the thread; not from a task. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            Runnable task = next();
            if (task != null) {
                run(task);
            } else if (closing) {
                return;
            } else {
                sleep();
            }
        }
    }

    /** A task whose time has come before one that is queued: its time has come first. */
    private @Nullable Runnable next() {
        Timed first = timed.peek();
        if (first != null && first.atNanos - System.nanoTime() <= 0) {
            timed.remove();
            return first.task;
        }
        return tasks.poll();
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("{}: a task failed", Thread.currentThread().getName(), e);
        }
    }

    private void sleep() {
        asleep = true;
        if (tasks.isEmpty() && !closing) {
            Timed first = timed.peek();
            if (first == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, first.atNanos - System.nanoTime());
            }
        }
        asleep = false;
    }
}
