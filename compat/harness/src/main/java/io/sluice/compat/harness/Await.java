package io.sluice.compat.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for something that can be observed, never for time to pass. */
public final class Await {

    /** Generous: a slow machine makes a test slow, not red. */
    public static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final long POLL_INTERVAL_MS = 20;

    private Await() {}

    /** Like {@link #until(String, Duration, Callable)} with the usual deadline. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, DEADLINE, condition);
    }

    /** The same, with words that are found only when the deadline has passed. */
    public static void until(Supplier<String> what, Callable<Boolean> condition) {
        try {
            until("", DEADLINE, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + what.get(), e.getCause());
        }
    }

    /**
     * Returns once {@code condition} holds. An exception that it throws counts as "not yet" and is
     * shown should the deadline pass.
     */
    public static void until(String what, Duration deadline, Callable<Boolean> condition) {
        long endNs = System.nanoTime() + deadline.toNanos();
        Throwable last = null;
        while (System.nanoTime() < endNs) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
                Thread.sleep(POLL_INTERVAL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting until " + what, e);
            } catch (Exception e) {
                last = e;
                pause();
            }
        }
        throw new AssertionError("not within " + deadline.toSeconds() + " s: " + what, last);
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
