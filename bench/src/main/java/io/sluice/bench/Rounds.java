package io.sluice.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs A B C, A B C, ...: every contender once per round, each time in a new process on an empty
 * directory, so that neither a lucky JIT nor a slow minute of the machine belongs to one of them.
 * Only one contender runs at a time.
 */
final class Rounds {
    private final List<Contender> contenders;
    private final List<Scenario> scenarios;
    private final Window.Times times;
    private final PeerJars clientJars;
    private final Path directory;
    private final Calm calm;
    private final PrintStream progress;
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, String> launches = new LinkedHashMap<>();
    private final List<Double> noise = new ArrayList<>();

    /** What is to be ended if this process is told to end. */
    private volatile Contender.Started running = new Contender.Started();

    Rounds(
            List<Contender> contenders,
            List<Scenario> scenarios,
            Window.Times times,
            PeerJars clientJars,
            Path directory,
            Calm calm,
            PrintStream progress) {
        this.contenders = contenders;
        this.scenarios = scenarios;
        this.times = times;
        this.clientJars = clientJars;
        this.directory = directory;
        this.calm = calm;
        this.progress = progress;
    }

    /**
     * What came of all rounds.
     *
     * @param failures one sentence each; a run with any is a failed run
     * @param launches per contender the JDK and the exact arguments of each of its processes
     * @param noise processors busy with other work just before each start
     */
    record Outcome(
            List<Measurement> measurements,
            List<String> failures,
            Map<String, String> launches,
            List<Double> noise) {}

    Outcome run(int rounds) throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.close()));
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                run(contender, round);
            }
        }
        return new Outcome(measurements, failures, launches, noise);
    }

    private void run(Contender contender, int round) throws IOException, InterruptedException {
        Path place = directory.resolve(contender.name());
        delete(place);
        Files.createDirectories(place);
        noise.add(calm.before());
        try (Contender.Started started = new Contender.Started()) {
            running = started;
            Endpoint endpoint = contender.start(place.resolve("server"), started);
            launches.put(contender.name(), launch(endpoint));
            for (Scenario scenario : scenarios) {
                if (scenario.suits(contender)) {
                    run(contender, endpoint, scenario, round);
                }
            }
        } catch (IOException e) {
            failures.add("%s, round %d: %s".formatted(contender.name(), round, e.getMessage()));
            progress.println("FAILED " + failures.getLast());
        }
        delete(place);
    }

    private void run(Contender contender, Endpoint endpoint, Scenario scenario, int round)
            throws IOException, InterruptedException {
        Load load =
                switch (scenario.generator()) {
                    case LEAN -> new LeanLoad(scenario.shape());
                    case CLIENT, GRPC_SEND, GRPC_RECEIVE, GRPC_LATENCY ->
                            new ClientLoad(
                                    clientJars,
                                    scenario,
                                    directory.resolve(contender.name()).resolve("client"));
                };
        Meter meter = new Meter(endpoint);
        try {
            Load.Result result = load.run(endpoint, times, meter);
            Measurement measurement = meter.measurement(contender, scenario, round, result);
            measurements.add(measurement);
            progress.printf(
                    "round %d  %-20s %-12s %,9.0f msg/s  p50 %.3f ms  p99 %.3f ms  %.2f µs CPU%n",
                    round,
                    contender.name(),
                    scenario.id(),
                    measurement.messagesPerSecond(),
                    measurement.latencyMs(50),
                    measurement.latencyMs(99),
                    measurement.serverCpuUsPerMessage());
        } catch (IOException | IllegalStateException e) {
            throw new IOException("scenario %s: %s".formatted(scenario.id(), e.getMessage()), e);
        }
    }

    private static String launch(Endpoint endpoint) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Child process : endpoint.processes()) {
            lines.add("JDK %s: %s".formatted(process.javaVersion(), process.javaArguments()));
        }
        return String.join("\n", lines);
    }

    private static void delete(Path place) throws IOException {
        if (!Files.exists(place)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(place)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
