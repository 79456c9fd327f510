package io.sluice.compat.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The server under test, as a process of its own on free loopback ports.
 *
 * <p>{@code -Dcompat.target=sluice} (the default) tests Sluice. {@code -Dcompat.target=rocketmq}
 * runs the same tests against Apache RocketMQ: a test that fails there is a wrong test, unless it
 * asks for one of the few things that Sluice does better on purpose; those call {@link
 * #isSluice()}.
 *
 * <p>Most tests share one server per JVM and stay apart by topic and group names. A test that kills
 * or restarts starts its own.
 */
public sealed interface Target extends AutoCloseable permits SluiceServer, RocketMqServer {

    /**
     * Retries wait 1 s each instead of 10 s to 2 h; from level 9 on 4 s, so that a test can tell a
     * level that it asked for from the default one.
     */
    String DELAY_LEVELS = "1s 1s 1s 1s 1s 1s 1s 1s 4s 4s 4s 4s 4s 4s 4s 4s 4s 4s";

    /** Ample: a JVM on a machine that is busy with something else can take a minute to start. */
    Duration START_DEADLINE = Duration.ofMinutes(3);

    /** Host and port of the name service: what a client is configured with. */
    String address();

    /** The port of the broker itself; the VIP port of old clients is two below. */
    int brokerPort();

    /** The port of the name service. */
    int nameServicePort();

    /** The port of gRPC clients. */
    int grpcPort();

    /** The port that messages say they were stored at. */
    default int storePort() {
        return isSluice() ? nameServicePort() : brokerPort();
    }

    /** What the server has printed so far, over all its lives. */
    Path log();

    /**
     * Starts the server, or starts it again on the same data and ports; returns when it answers.
     */
    void start();

    /** A clean stop by SIGTERM; returns when the process is gone. */
    void stop();

    /** SIGKILL; returns when the process is gone. */
    void kill();

    /** Stops for good. */
    @Override
    void close();

    /** Whether this is Sluice itself, not the reference. */
    default boolean isSluice() {
        return this instanceof SluiceServer;
    }

    /** A connection to the broker port. */
    default RawConnection connect() {
        return RawConnection.open(brokerPort());
    }

    /** A connection to the name service port. */
    default RawConnection connectToNameService() {
        return RawConnection.open(nameServicePort());
    }

    /**
     * Starts a server of its own for one test.
     *
     * @param name names its directory and log; unique within the JVM
     */
    static Target launch(String name) {
        return launch(name, Map.of());
    }

    /**
     * As {@link #launch(String)}.
     *
     * @param more settings of Sluice by their kebab-case names
     */
    static Target launch(String name, Map<String, String> more) {
        Path directory = emptyDirectory(name);
        String target = System.getProperty("compat.target", "sluice");
        Map<String, String> settings = new TreeMap<>(more);
        settings.put("delay-levels", DELAY_LEVELS);
        Target server =
                switch (target) {
                    case "sluice" -> new SluiceServer(directory, settings);
                    case "rocketmq" -> new RocketMqServer(directory);
                    default ->
                            throw new IllegalArgumentException(
                                    "compat.target is '" + target + "': use sluice or rocketmq");
                };
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.start();
        return server;
    }

    private static Path emptyDirectory(String name) {
        Path directory = Path.of(System.getProperty("compat.work-dir", "target/compat"), name);
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return directory;
    }

    /** The one server that all tests of this JVM share. */
    static Target shared() {
        return SharedTarget.SERVER;
    }
}
