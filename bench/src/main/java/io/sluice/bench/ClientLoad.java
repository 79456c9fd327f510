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
import org.jspecify.annotations.Nullable;

/**
 * Drives a server with the official client, which runs with its own class path in a JVM of its own
 * ({@code SendDriver} of the peer's Maven project) and reports in lines of text.
 */
final class ClientLoad implements Load {
    static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    static final String TOPIC = "bench-client";
    private static final String MARK = "bench:";
    private static final Duration SLACK = Duration.ofSeconds(90);

    private final PeerJars jars;
    private final Shape shape;
    private final Path directory;

    /**
     * @param directory takes the client's log files
     */
    ClientLoad(PeerJars jars, Shape shape, Path directory) {
        this.jars = jars;
        this.shape = shape;
        this.directory = directory;
    }

    @Override
    public Result run(Endpoint endpoint, Window.Times times, Window window) throws IOException {
        Files.createDirectories(directory);
        Process driver = start(endpoint, times);
        Timer timer = new Timer("client-deadline", true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        driver.destroyForcibly();
                    }
                },
                times.warmup().plus(times.measured()).plus(SLACK).toMillis());
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8))) {
            return follow(output, window);
        } finally {
            timer.cancel();
            driver.destroyForcibly();
        }
    }

    private Process start(Endpoint endpoint, Window.Times times) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(jars.java().toString());
        command.addAll(FLAGS);
        command.add("-Duser.home=" + directory);
        command.addAll(List.of("-cp", jars.classPath(), "io.sluice.bench.peer.SendDriver"));
        command.add("127.0.0.1:" + endpoint.namePort());
        command.add(TOPIC);
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
        @Nullable String other = null;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(MARK + "opened")) {
                window.opened();
            } else if (line.equals(MARK + "closed")) {
                window.closed();
            } else if (line.startsWith(MARK + "result ")) {
                return result(line.split(" "));
            } else if (other == null && line.contains("Exception")) {
                other = line;
            }
        }
        throw new LoadFailedException("The client ended without a result: " + other);
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
