package io.sluice.server.cli;

import io.sluice.protocol.RequestCode;
import io.sluice.protocol.SendMessageHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Sends as fast as the server acknowledges, and says how fast that was. For a feel of a machine;
 * comparisons with other servers are the bench module's work.
 */
@Command(
        name = "bench",
        sortOptions = false,
        description = "Measure how fast this server takes messages.",
        footer = {
            "",
            "Examples:",
            "  ./sluice bench",
            "  ./sluice bench --messages 1000000 --size 256 --connections 8"
        })
final class BenchCommand implements Callable<Integer> {
    private static final double NANOS_PER_MS = 1e6;
    private static final long LATENCY_MAX_NANOS = 60_000_000_000L;
    private static final int DIGITS = 3;

    @Mixin private final ServerOption server = new ServerOption();
    @Mixin private final Output output = new Output();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Where to; it stays afterwards. Default: ${DEFAULT-VALUE}")
    private String topic = "sluice-bench";

    @Option(
            names = "--messages",
            paramLabel = "NUMBER",
            description = "How many in total. Default: ${DEFAULT-VALUE}")
    private int messages = 100_000;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Size of a body. Default: ${DEFAULT-VALUE}")
    private int sizeBytes = 1024;

    @Option(
            names = "--connections",
            paramLabel = "NUMBER",
            description = "Connections at a time. Default: ${DEFAULT-VALUE}")
    private int connections = 4;

    @Option(
            names = "--in-flight",
            paramLabel = "NUMBER",
            description = "Unacknowledged messages per connection. Default: ${DEFAULT-VALUE}")
    private int inFlight = 64;

    @Option(
            names = "--queues",
            paramLabel = "NUMBER",
            description = "Queues of the topic. Default: as it has, or the server's number")
    private @Nullable Integer wantedQueues;

    @Override
    public Integer call() throws Exception {
        if (Math.min(Math.min(messages, sizeBytes), Math.min(connections, inFlight)) < 1) {
            throw new CommandException(CommandException.USAGE, "all numbers must be above zero");
        }
        int queueCount;
        try (Queues queues = server.connect()) {
            queueCount = queues.createTopic(topic, Queues.count(wantedQueues), "");
        }
        List<Callable<Histogram>> senders = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int queue = i % queueCount;
            int share = messages / connections + (i < messages % connections ? 1 : 0);
            senders.add(() -> send(queue, share));
        }
        long start = System.nanoTime();
        Histogram latencies = run(senders);
        print(latencies, (System.nanoTime() - start) / 1e9);
        return 0;
    }

    private static Histogram run(List<Callable<Histogram>> senders) throws Exception {
        Histogram all = new Histogram(LATENCY_MAX_NANOS, DIGITS);
        try (ExecutorService threads = Executors.newFixedThreadPool(senders.size())) {
            for (Future<Histogram> sender : threads.invokeAll(senders)) {
                all.add(sender.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CommandException failure) {
                throw failure;
            }
            throw e;
        }
        return all;
    }

    private Histogram send(int queue, int share) throws CommandException {
        Histogram latencies = new Histogram(LATENCY_MAX_NANOS, DIGITS);
        Map<Integer, Long> sentNanos = new HashMap<>();
        byte[] body = new byte[sizeBytes];
        SendMessageHeader header = Queues.sendHeader(topic, queue, Map.of());
        try (RemotingClient client = server.client()) {
            int sent = 0;
            while (sent < share || !sentNanos.isEmpty()) {
                while (sent < share && sentNanos.size() < inFlight) {
                    int number = client.send(RequestCode.SEND_MESSAGE_V2, header::encode, body);
                    sentNanos.put(number, System.nanoTime());
                    sent++;
                }
                Answer answer = Queues.succeeded(client.receive());
                long nanos = Objects.requireNonNull(sentNanos.remove(answer.header().opaque()));
                latencies.recordValue(Math.min(System.nanoTime() - nanos, LATENCY_MAX_NANOS));
            }
        }
        return latencies;
    }

    private void print(Histogram latencies, double seconds) {
        output.print(
                new Members()
                        .with("messages", latencies.getTotalCount())
                        .with("seconds", rounded(seconds))
                        .with("messagesPerSecond", Math.round(latencies.getTotalCount() / seconds))
                        .with(
                                "mbPerSecond",
                                rounded(
                                        latencies.getTotalCount()
                                                / seconds
                                                * sizeBytes
                                                / (1 << 20)))
                        .with("p50Ms", ms(latencies, 50))
                        .with("p99Ms", ms(latencies, 99))
                        .with("p999Ms", ms(latencies, 99.9))
                        .with("maxMs", rounded(latencies.getMaxValue() / NANOS_PER_MS)));
    }

    private static double ms(Histogram latencies, double percentile) {
        return rounded(latencies.getValueAtPercentile(percentile) / NANOS_PER_MS);
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
