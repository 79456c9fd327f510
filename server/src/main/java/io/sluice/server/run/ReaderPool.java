package io.sluice.server.run;

import io.sluice.engine.time.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that may block on storage, started when needed and gone when idle. The queue is not
 * bounded here: a connection bounds the reads that it has under way. Never interrupted, for an
 * interrupt would close the files that are read.
 */
public final class ReaderPool implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);
    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_WITHIN_SECONDS = 1;

    private final ScheduledThreadPoolExecutor threads;

    /** At most {@code threadsMax} threads. */
    public ReaderPool(String name, int threadsMax) {
        AtomicInteger number = new AtomicInteger();
        threads =
                new ScheduledThreadPoolExecutor(
                        threadsMax,
                        task ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name(name + '-' + number.incrementAndGet())
                                        .unstarted(task),
                        (task, pool) -> {}); // closed: nobody waits for it any more
        threads.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(() -> run(task));
    }

    @Override
    public void executeAfter(long delayNanos, Runnable task) {
        var _ = threads.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("{}: a task failed", Thread.currentThread().getName(), e);
        }
    }

    /** Takes nothing more and waits a moment for what is under way. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("reads are still under way; they end with the process");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
