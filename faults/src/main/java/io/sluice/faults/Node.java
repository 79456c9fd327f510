package io.sluice.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.compat.harness.Ports;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The built server as a process that can be started again and again on the same data and ports, and
 * be hurt in between. Its output is appended to one log, which lies outside of its data. Any
 * thread.
 */
public final class Node implements AutoCloseable {
    private static final long START_MAX_S = 120;
    private static final long END_MAX_S = 30;
    private static final long POLL_MS = 5;
    private static final int REASON_LINES = 12;

    private final ServerBuild build;
    private final Path data;
    private final Path log;
    private final Map<String, String> settings;
    private final int firstPort = Ports.freeRun(6);
    private List<String> jvmOptions = List.of();
    private Map<String, String> environment = Map.of();
    private @Nullable Process process;
    private long startedAtByte;

    /**
     * @param data the server's data directory
     * @param log where its output goes; not on the disk that is to fail
     * @param settings further settings by their kebab-case names
     */
    public Node(ServerBuild build, Path data, Path log, Map<String, String> settings) {
        this.build = build;
        this.data = data;
        this.log = log;
        this.settings = Map.copyOf(settings);
    }

    /** JVM options from the next start on, after those that every server has. */
    public synchronized void jvmOptions(List<String> options) {
        jvmOptions = List.copyOf(options);
    }

    /** Further environment variables from the next start on. */
    public synchronized void environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    /** Where it keeps its data. */
    public Path data() {
        return data;
    }

    /** All it has printed, over all its lives. */
    public Path log() {
        return log;
    }

    /** The port that takes remoting connections of clients. */
    public int port() {
        return firstPort + 5;
    }

    // The VIP port lies two below the broker port, and is taken too.

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(build.java());
        command.add("@" + build.jvmOptions());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", build.classPath(), "io.sluice.server.Main", "server"));
        command.addAll(List.of("--data-dir", data.toString()));
        command.addAll(List.of("--remoting-port", Integer.toString(firstPort + 4)));
        command.addAll(List.of("--broker-port", Integer.toString(port())));
        command.addAll(List.of("--grpc-port", Integer.toString(firstPort + 1)));
        command.addAll(List.of("--http-port", Integer.toString(firstPort + 2)));
        settings.forEach((key, value) -> command.addAll(List.of("--" + key, value)));
        return command;
    }

    /** Starts the process and does not wait for it. */
    public synchronized void launch() {
        if (isAlive()) {
            throw new IllegalStateException("already running: see " + log);
        }
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            startedAtByte = Files.exists(log) ? Files.size(log) : 0;
            ProcessBuilder builder =
                    new ProcessBuilder(command())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until the launched server answers.
     *
     * @return false if it has ended instead: {@link #exitCode} and {@link #reason} say why
     * @throws IllegalStateException if it does neither within two minutes
     */
    public boolean awaitReady() throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_MAX_S);
        while (isAlive()) {
            if (answers()) {
                return true;
            }
            if (System.nanoTime() > endNs) {
                throw new IllegalStateException("no answer in 120 s: " + reason());
            }
            Thread.sleep(POLL_MS);
        }
        return false;
    }

    /**
     * Starts the server and waits until it answers.
     *
     * @throws IllegalStateException with the reason it printed if it refuses to start
     */
    public void start() throws InterruptedException {
        launch();
        if (!awaitReady()) {
            throw new IllegalStateException(
                    "the server ended with code %d:%n%s".formatted(exitCode(), reason()));
        }
    }

    /**
     * Makes later starts take half the time: by an archive of the classes that a first, short life
     * has loaded, and by the JVM's quick compiler alone. For rigs that start a server a thousand
     * times; the server is the same.
     */
    public void startSoonerFromNowOn() throws InterruptedException {
        Path archive = log.resolveSibling("classes.jsa").toAbsolutePath();
        jvmOptions(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable"));
        start();
        stop();
        jvmOptions(
                List.of(
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xlog:disable",
                        "-XX:TieredStopAtLevel=1"));
    }

    private boolean answers() {
        try (RawConnection connection = connect()) {
            Reply reply = connection.request(RequestCode.GET_BROKER_CLUSTER_INFO, Map.of());
            return reply.isOk();
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** A connection for single requests. */
    public RawConnection connect() {
        return RawConnection.open(port());
    }

    /** Whether the process runs; a stopped one does. */
    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** The process id of the current or last life. */
    public synchronized long pid() {
        return started().pid();
    }

    /** How the last life ended; 128 + n after signal n. */
    public synchronized int exitCode() {
        return started().exitValue();
    }

    /** The end of what this life has printed: why it refused, if it did. */
    public synchronized String reason() {
        try (var in = Files.newInputStream(log)) {
            in.skipNBytes(startedAtByte);
            List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
            return lines.stream()
                    .skip(Math.max(0, lines.size() - REASON_LINES))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return "no output: " + e;
        }
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() throws InterruptedException {
        signal("KILL");
        awaitEnd();
    }

    /**
     * SIGTERM; returns when the process is gone.
     *
     * @return its exit code
     */
    public int stop() throws InterruptedException {
        signal("TERM");
        return awaitEnd();
    }

    /** SIGSTOP: it stands still, and its connections stay open. */
    public void pause() throws InterruptedException {
        signal("STOP");
    }

    /** SIGCONT: it goes on. */
    public void resume() throws InterruptedException {
        signal("CONT");
    }

    /** Waits until the process has ended by itself or by a signal, and returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        Process ending = started();
        if (!ending.waitFor(END_MAX_S, TimeUnit.SECONDS)) {
            ending.destroyForcibly();
            throw new IllegalStateException("did not end in 30 s: see " + log);
        }
        return ending.exitValue();
    }

    private void signal(String name) throws InterruptedException {
        Process target = started();
        if (!target.isAlive()) {
            return;
        }
        if (name.equals("KILL")) {
            target.destroyForcibly();
        } else if (name.equals("TERM")) {
            target.destroy();
        } else {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(target.pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private synchronized Process started() {
        if (process == null) {
            throw new IllegalStateException("never started");
        }
        return process;
    }

    /** Ends the process for good. */
    @Override
    public synchronized void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
