package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Drives a server with an official client, which runs with its own class path in a JVM of its own
 * (a driver of the peer's Maven project) and reports in lines of text.
 */
final class ClientLoad implements Load {
    static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    /** Of the remoting client; the others have topics of their own. */
    static final String TOPIC = "bench-client";

    private static final String MARK = "bench:";

    /** Drivers that receive send for twice the whole time before. */
    private static final int FILLING = 2;

    private static final int SHOWN_MAX = 4;
    private static final Duration SLACK = Duration.ofSeconds(90);

    private final PeerJars jars;
    private final Scenario scenario;
    private final Path directory;

    /**
     * @param directory takes the client's log files
     */
    ClientLoad(PeerJars jars, Scenario scenario, Path directory) {
        this.jars = jars;
        this.scenario = scenario;
        this.directory = directory;
    }

    @Override
    public Result run(Endpoint endpoint, Window.Times times, Window window) throws IOException {
        Files.createDirectories(directory);
        if (grpc()) {
            Topics.create(endpoint, topic(), scenario.shape().queues());
        }
        Process driver = start(endpoint, times);
        Timer timer = new Timer("client-deadline", true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        driver.destroyForcibly();
                    }
                },
                times.warmup()
                        .plus(times.measured())
                        .multipliedBy(1 + FILLING)
                        .plus(SLACK)
                        .toMillis());
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8))) {
            return follow(output, window);
        } finally {
            timer.cancel();
            driver.destroyForcibly();
        }
    }

    private boolean grpc() {
        return scenario.protocol() == Scenario.Protocol.GRPC;
    }

    private String topic() {
        return grpc() ? "bench-" + scenario.id() : TOPIC;
    }

    private Process start(Endpoint endpoint, Window.Times times) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(jars.java().toString());
        command.addAll(FLAGS);
        command.add("-Duser.home=" + directory);
        Scenario.Generator generator = scenario.generator();
        command.addAll(List.of("-cp", jars.classPath(generator.peer)));
        command.add("io.sluice.bench.peer." + generator.driver);
        command.add("127.0.0.1:" + (grpc() ? endpoint.grpcPort() : endpoint.namePort()));
        command.add(topic());
        Shape shape = scenario.shape();
        command.add(Integer.toString(shape.queues()));
        command.add(Integer.toString(shape.bodyBytes()));
        command.add(Integer.toString(shape.inFlight()));
        command.add(Long.toString(times.warmup().toMillis()));
        command.add(Long.toString(times.measured().toMillis()));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static Result follow(BufferedReader output, Window window) throws IOException {
        List<String> others = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(MARK + "opened")) {
                window.opened();
            } else if (line.equals(MARK + "closed")) {
                window.closed();
            } else if (line.startsWith(MARK + "result ")) {
                return result(line.split(" "));
            } else if (line.contains("Exception") && others.size() < SHOWN_MAX) {
                others.add(line);
            }
        }
        throw new LoadFailedException(
                "The client ended without a result: " + String.join("\n", others));
    }

    private static Result result(String[] words) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(words[3]));
            Histogram latency = Histogram.decodeFromCompressedByteBuffer(bytes, 0);
            return new Result(
                    latency.getTotalCount(),
                    Long.parseLong(words[1]),
                    latency,
                    Long.parseLong(words[2]));
        } catch (DataFormatException e) {
            throw new IOException("The client's histogram cannot be read", e);
        }
    }
}
