package io.sluice.compat.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One child process that can be started again and again; its output is appended to one log. */
final class ServerProcess {

    private static final long STOP_TIMEOUT_S = 30;

    private final List<String> command;
    private final Path log;
    private @Nullable Process process;

    ServerProcess(List<String> command, Path log) {
        this.command = command;
        this.log = log;
    }

    /** The java command of the JVM that runs the tests: Sluice's own is the same one. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * A class path that the build has written down.
     *
     * @param property the system property that names the file
     */
    static String classPath(String property) {
        Path file = Path.of(System.getProperty(property));
        if (!Files.exists(file)) {
            throw new IllegalStateException("no " + file + ": run Maven with -am, see README.md");
        }
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void start() {
        if (isAlive()) {
            throw new IllegalStateException("already running: " + command);
        }
        try {
            Files.createDirectories(log.getParent());
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    synchronized void stop() {
        if (process != null) {
            process.destroy();
            awaitEnd(process);
        }
    }

    synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
            awaitEnd(process);
        }
    }

    private void awaitEnd(Process ending) {
        try {
            if (!ending.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
                throw new AssertionError("did not stop within " + STOP_TIMEOUT_S + " s: " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
