package io.sluice.bench;

import io.sluice.bench.RocketMqContender.Flush;
import io.sluice.bench.RocketMqContender.Front;
import io.sluice.bench.SluiceContender.Variant;
import io.sluice.bench.floor.FloorServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Measures the chosen systems side by side and writes the table; {@code ./benchmark --help} says
 * what can be chosen.
 */
public final class Main {
    private static final long FLOOR_FILE_BYTES = 1L << 30;

    private Main() {}

    /** Exit code 0: measured; 1: some message or system failed; 2: wrong arguments. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options;
        PeerJars peers;
        List<Contender> contenders;
        List<Scenario> scenarios;
        try {
            options = Options.parse(List.of(args));
            peers = new PeerJars(options.peerJava(), options.root().resolve("bench/target/peers"));
            List<Contender> all = contenders(options.root(), peers, new Ports());
            contenders = Options.choose(options.systems(), all, Contender::name);
            scenarios = Options.choose(options.scenarios(), Scenario.ALL, Scenario::id);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "; ./benchmark --help lists the options");
            System.exit(2);
            return;
        }
        System.exit(run(options, peers, contenders, scenarios) ? 0 : 1);
    }

    private static boolean run(
            Options options, PeerJars peers, List<Contender> contenders, List<Scenario> scenarios)
            throws IOException, InterruptedException {
        Files.createDirectories(options.directory());
        Machine machine = Machine.holding(options.directory());
        Window.Times times = new Window.Times(options.warmup(), options.measured());
        Rounds rounds =
                new Rounds(
                        contenders,
                        scenarios,
                        times,
                        peers,
                        options.directory(),
                        Calm::ofThisMachine,
                        System.err);
        Rounds.Outcome outcome = rounds.run(options.rounds());
        String report = new Report(options, machine, contenders, scenarios, outcome).markdown();
        write(options, outcome, report);
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(report);
        return outcome.failures().isEmpty();
    }

    /** Everything that can be compared, in the order in which it takes its turns. */
    private static List<Contender> contenders(Path root, PeerJars peers, Ports ports) {
        return List.of(
                new FloorContender(FloorServer.Mode.ECHO, FLOOR_FILE_BYTES, ports),
                new FloorContender(FloorServer.Mode.DURABLE, FLOOR_FILE_BYTES, ports),
                new SluiceContender(root.resolve("sluice"), Variant.DURABLE, ports),
                new SluiceContender(root.resolve("sluice"), Variant.ASYNC, ports),
                new SluiceContender(root.resolve("sluice"), Variant.EVERY_SEND, ports),
                new RocketMqContender(peers, Front.BROKER, Flush.ASYNC_FLUSH, ports),
                new RocketMqContender(peers, Front.BROKER, Flush.SYNC_FLUSH, ports),
                new RocketMqContender(peers, Front.PROXY, Flush.ASYNC_FLUSH, ports),
                new RocketMqContender(peers, Front.PROXY, Flush.SYNC_FLUSH, ports));
    }

    private static void write(Options options, Rounds.Outcome outcome, String report)
            throws IOException {
        Path results = options.root().resolve("bench/results");
        Path histograms = results.resolve(options.name());
        Files.createDirectories(histograms);
        Files.writeString(results.resolve(options.name() + ".md"), report);
        for (Measurement m : outcome.measurements()) {
            Path file =
                    histograms.resolve(
                            "%s-%s-%d.hlog".formatted(m.contender(), m.scenario(), m.round()));
            writeHistogram(file, m.load().latency());
        }
    }

    private static void writeHistogram(Path file, Histogram histogram) throws IOException {
        try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputComment("[latency in nanoseconds]");
            writer.outputLegend();
            writer.outputIntervalHistogram(histogram);
        }
    }
}
