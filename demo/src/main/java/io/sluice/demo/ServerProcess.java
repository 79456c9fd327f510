package io.sluice.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A server started by {@code ./sluice server}, so that the process started is the server itself.
 * Its settings are the defaults, whatever the environment and the working directory say. What it
 * prints goes to a file.
 */
final class ServerProcess {
    /** Where clients reach the server, on 127.0.0.1. */
    static final int PORT = 9876;

    private static final Duration START_WITHIN = Duration.ofMinutes(3);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MS = 10;

    private final Path launcher;
    private final Path dataDir;
    private final Path log;
    private volatile @Nullable Process process;

    /**
     * @param launcher the {@code sluice} script
     * @param dataDir where the server keeps its data
     * @param log the file for what it prints
     */
    ServerProcess(Path launcher, Path dataDir, Path log) {
        this.launcher = launcher;
        this.dataDir = dataDir;
        this.log = log;
    }

    /** Starts the server, waits until clients can come, and returns how long that took. */
    Duration start() throws DemoException, IOException, InterruptedException {
        Path logs = Files.createDirectories(log.toAbsolutePath().getParent());
        Files.deleteIfExists(log);
        ProcessBuilder builder = builder(Files.writeString(logs.resolve("server.yaml"), ""));
        long start = System.nanoTime();
        Process started = builder.start();
        process = started;
        while (!Files.readString(log).contains(" is ready")) {
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (!started.isAlive() || took.compareTo(START_WITHIN) > 0) {
                throw new DemoException(explain(Files.readString(log)));
            }
            Thread.sleep(LOOK_EVERY_MS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /**
     * @param settings an empty file of settings, instead of a sluice.yaml that may be there
     */
    private ProcessBuilder builder(Path settings) {
        List<String> command =
                List.of(
                        launcher.toString(),
                        "server",
                        "--config",
                        settings.toString(),
                        "--data-dir",
                        dataDir.toString(),
                        "--remoting-port",
                        String.valueOf(PORT));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        dropSettings(builder.environment());
        return builder;
    }

    static void dropSettings(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("SLUICE_"));
    }

    /** Without the server's advice to take other ports or data, which the demonstration cannot. */
    static String explain(String printed) {
        String cause =
                printed.lines()
                        .filter(line -> !line.startsWith("to start beside it:"))
                        .collect(Collectors.joining("\n"))
                        .strip();
        String advice =
                cause.contains("is taken by")
                        ? "end what holds the ports of the demo, then start the demo again"
                        : "";
        return ("the server did not start:\n" + cause.indent(2) + advice).stripTrailing();
    }

    /** Of the server last started; -1 if none was. */
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
