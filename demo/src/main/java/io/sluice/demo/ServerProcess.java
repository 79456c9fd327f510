package io.sluice.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server started by {@code ./sluice server}, so that the process started is the server itself.
 * What it prints goes to a file.
 */
final class ServerProcess {
    private static final Duration START_WITHIN = Duration.ofMinutes(3);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MS = 10;

    private final List<String> command;
    private final Path log;
    private volatile @Nullable Process process;

    /**
     * @param launcher the {@code sluice} script
     * @param dataDir where the server keeps its data
     * @param log the file for what it prints
     */
    ServerProcess(Path launcher, Path dataDir, Path log) {
        this.command = List.of(launcher.toString(), "server", "--data-dir", dataDir.toString());
        this.log = log;
    }

    /** Starts the server, waits until clients can come, and returns how long that took. */
    Duration start() throws DemoException, IOException, InterruptedException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        Files.deleteIfExists(log);
        long start = System.nanoTime();
        Process started =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        process = started;
        while (!Files.readString(log).contains(" is ready")) {
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (!started.isAlive() || took.compareTo(START_WITHIN) > 0) {
                throw new DemoException(
                        "the server did not start:\n" + Files.readString(log).strip().indent(2));
            }
            Thread.sleep(LOOK_EVERY_MS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    long pid() {
        Process running = process;
        return running == null ? -1 : running.pid();
    }

    /** SIGKILL: no clean-up, no last write. */
    void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    /** SIGTERM, and SIGKILL if that is not enough. */
    void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
