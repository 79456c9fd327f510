package io.sluice.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.IntSupplier;

/**
 * One line per step. On a terminal the line of a running step shows how far it is; elsewhere only
 * the finished line is printed.
 */
final class Narrator {
    private static final int BAR_CHARS = 24;
    private static final long REFRESH_MS = 100;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private final long startNanos = System.nanoTime();

    Narrator(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line outside of the steps. */
    void say(String line) {
        out.println(line);
    }

    /** A finished step. */
    void step(String line) {
        String seconds = String.format(Locale.ROOT, "%5.1f s", seconds());
        out.println((terminal ? CLEAR_LINE : "") + seconds + "  " + line);
    }

    /**
     * Waits until {@code done} has reached {@code total}.
     *
     * @throws DemoException if it has not risen for {@code patienceMs}
     */
    void progress(String what, IntSupplier done, int total, long patienceMs)
            throws DemoException, InterruptedException {
        int last = done.getAsInt();
        long lastNanos = System.nanoTime();
        while (last < total) {
            show(what, last, total);
            Thread.sleep(REFRESH_MS);
            int now = done.getAsInt();
            if (now > last) {
                lastNanos = System.nanoTime();
            } else if (System.nanoTime() - lastNanos > patienceMs * 1_000_000) {
                throw new DemoException(
                        "%s: stuck at %,d of %,d for %d s"
                                .formatted(what, now, total, patienceMs / 1_000));
            }
            last = now;
        }
    }

    private void show(String what, int done, int total) {
        if (terminal) {
            int full = (int) ((long) BAR_CHARS * done / total);
            out.printf(
                    "%s%5.1f s  [%s%s] %,d of %,d %s",
                    CLEAR_LINE,
                    seconds(),
                    "#".repeat(full),
                    ".".repeat(BAR_CHARS - full),
                    done,
                    total,
                    what);
            out.flush();
        }
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
