package io.sluice.server.cli;

import java.io.PrintWriter;

/** Shows how far something long has come, if a person is looking: on a terminal only. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final long EVERY_NANOS = 100_000_000L;

    private final PrintWriter err;
    private final long total;
    private final boolean shown;
    private long lastNanos;

    ProgressBar(PrintWriter err, long total) {
        this(err, total, Terminal.console().isPresent());
    }

    ProgressBar(PrintWriter err, long total, boolean shown) {
        this.err = err;
        this.total = total;
        this.shown = shown;
        this.lastNanos = System.nanoTime() - EVERY_NANOS;
    }

    void at(long done) {
        long now = System.nanoTime();
        if (shown && (done == total || now - lastNanos >= EVERY_NANOS)) {
            lastNanos = now;
            int filled = total == 0 ? WIDTH : (int) (WIDTH * done / total);
            err.print(
                    "\r["
                            + "#".repeat(filled)
                            + " ".repeat(WIDTH - filled)
                            + "] "
                            + done
                            + "/"
                            + total);
            err.print(done == total ? "\n" : "");
            err.flush();
        }
    }
}
