package io.sluice.server.cli;

import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The option {@code --rate}: how fast something is done to many messages. */
final class Pace {
    @Option(
            names = "--rate",
            paramLabel = "NUMBER",
            description = "So many a second at most. Default: ${DEFAULT-VALUE}")
    private int perSecond = 100;

    private long nextNanos;

    /** Waits until it is time for the next one. */
    void await() throws CommandException {
        if (perSecond < 1) {
            throw new CommandException(
                    CommandException.USAGE, "--rate is " + perSecond + "; it is at least 1");
        }
        long now = System.nanoTime();
        if (nextNanos == 0) {
            nextNanos = now;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(nextNanos - now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(CommandException.FAILED, "interrupted");
        }
        nextNanos = Math.max(nextNanos, now) + TimeUnit.SECONDS.toNanos(1) / perSecond;
    }
}
