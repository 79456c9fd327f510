package io.sluice.faults.disk;

import io.sluice.faults.Load;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A load on a thread of its own while a rig hurts the disk. */
final class RunningLoad {
    private static final Duration RUN_MAX = Duration.ofMinutes(2);
    private static final Duration DRAIN_MAX = Duration.ofSeconds(10);
    private static final long FLOWING_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_MS = 1;

    private final Load load;
    private final CompletableFuture<Load.Result> result = new CompletableFuture<>();

    private RunningLoad(Load load) {
        this.load = load;
    }

    /** Starts it, and waits until messages are acknowledged or it has ended. */
    static RunningLoad start(Load load, int port) throws InterruptedException {
        RunningLoad running = new RunningLoad(load);
        Thread.ofPlatform().name("load").daemon().start(() -> running.run(port));
        running.awaitAcknowledged(1);
        return running;
    }

    /** Waits until it has so many answers, or has ended, or for 10 s. */
    void awaitAcknowledged(long messages) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + FLOWING_WITHIN_NANOS;
        while (load.acknowledged() < messages
                && !result.isDone()
                && System.nanoTime() < giveUpNanos) {
            Thread.sleep(POLL_MS);
        }
    }

    private void run(int port) {
        try {
            result.complete(load.run(port, RUN_MAX, DRAIN_MAX));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Lets it send no more, and waits for what it has asked. */
    Load.Result end() {
        load.end();
        return result.join();
    }
}
