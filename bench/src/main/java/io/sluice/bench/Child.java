package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process that the benchmark started and alone may end. */
final class Child implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final long END_MAX_S = 20;
    private static final long POLL_MS = 20;
    private static final int LOG_TAIL_LINES = 15;

    private final String name;
    private final Path log;
    private final Process process;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts {@code command} in {@code directory}; its output goes to a log file there. */
    static Child start(
            String name, Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Files.createDirectories(directory);
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new Child(name, log, builder.start());
    }

    /** Waits until {@code port} on loopback takes connections. */
    void awaitPort(int port) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + START_MAX.toNanos();
        while (!accepts(port)) {
            requireAliveUntil(endNs, "port " + port);
        }
    }

    /** Waits until a line of the output contains {@code text}. */
    void awaitOutput(String text) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + START_MAX.toNanos();
        while (!Files.readString(log).contains(text)) {
            requireAliveUntil(endNs, "\"" + text + "\"");
        }
    }

    /** The process that runs Java: this one, or the one that a start script left behind it. */
    long javaPid() {
        return javaProcess().pid();
    }

    /**
     * The arguments the Java process runs with, argument files expanded, the class path left out.
     */
    String javaArguments() throws IOException {
        List<String> shown = new ArrayList<>();
        Iterator<String> arguments =
                List.of(Files.readString(proc().resolve("cmdline")).split("\0")).iterator();
        arguments.next();
        while (arguments.hasNext()) {
            String argument = arguments.next();
            if (argument.equals("-cp") || argument.equals("-classpath")) {
                arguments.next();
            } else if (argument.startsWith("@")) {
                shown.addAll(argumentFile(Path.of(argument.substring(1))));
            } else {
                shown.add(argument);
            }
        }
        return String.join(" ", shown);
    }

    /** The version of the JDK the process runs on, as its release file states it. */
    String javaVersion() throws IOException {
        Path release = proc().resolve("exe").toRealPath().resolve("../../release").normalize();
        return Files.readString(release)
                .lines()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.substring("JAVA_VERSION=".length()).replace("\"", ""))
                .findFirst()
                .orElse("unknown");
    }

    /** Ends the process and what it started. Its data is thrown away, so it need not tidy up. */
    @Override
    public void close() {
        List<ProcessHandle> all =
                Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle handle : all) {
            handle.onExit().completeOnTimeout(handle, END_MAX_S, TimeUnit.SECONDS).join();
        }
    }

    private static List<String> argumentFile(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private ProcessHandle javaProcess() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(Child::isJava)
                .findFirst()
                .orElse(process.toHandle());
    }

    private static boolean isJava(ProcessHandle handle) {
        return handle.info().command().filter(command -> command.endsWith("/java")).isPresent();
    }

    private Path proc() {
        return Path.of("/proc", Long.toString(javaPid()));
    }

    private void requireAliveUntil(long endNs, String awaited)
            throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IOException("%s ended before it was ready:%n%s".formatted(name, logTail()));
        }
        if (System.nanoTime() > endNs) {
            throw new IOException(
                    "%s showed no %s in %s:%n%s".formatted(name, awaited, START_MAX, logTail()));
        }
        Thread.sleep(POLL_MS);
    }

    private String logTail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.stream()
                .skip(Math.max(0, lines.size() - LOG_TAIL_LINES))
                .collect(Collectors.joining("\n"));
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
