package io.sluice.server.grpc;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the answers of one connection's calls are made: on an event loop, all those together that
 * have come meanwhile, so that the shard's thread encodes nothing and the socket is flushed once.
 */
final class Home implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Home.class);

    /** Answers that one connection may leave untaken, and all together, in bytes. */
    private static final long HELD_BYTES_MAX = 8L << 20;

    private static final long ALL_HELD_BYTES_MAX = 128L << 20;

    private final ScheduledExecutorService loop;
    private final AtomicLong allHeldBytes;
    private final AtomicLong heldBytes = new AtomicLong();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /**
     * @param allHeldBytes what answers of all connections hold
     */
    Home(ScheduledExecutorService loop, AtomicLong allHeldBytes) {
        this.loop = loop;
        this.allHeldBytes = allHeldBytes;
    }

    /** Answers hold so many bytes more, or less if negative, until the client takes them. */
    void hold(int sizeBytes) {
        heldBytes.addAndGet(sizeBytes);
        allHeldBytes.addAndGet(sizeBytes);
    }

    /** Whether the client takes what it asks for, so that more may be held for it. */
    boolean hasRoom() {
        return heldBytes.get() < HELD_BYTES_MAX && allHeldBytes.get() < ALL_HELD_BYTES_MAX;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            loop.execute(this::turn);
        }
    }

    /** Runs a task later. */
    void executeAfter(long ms, Runnable task) {
        var _ = loop.schedule(() -> execute(task), ms, TimeUnit.MILLISECONDS);
    }

    private void turn() {
        scheduled.set(false);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("an answer failed", e);
            }
        }
    }
}
