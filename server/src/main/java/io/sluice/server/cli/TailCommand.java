package io.sluice.server.cli;

import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.server.config.Scalars;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints messages as they come. It reads like a broadcast consumer: from all queues, and without
 * leaving a trace: the group in whose name it pulls is never created. One long poll per queue is
 * under way on one connection. It ends when nobody reads any more what it prints.
 */
@Command(
        name = "tail",
        description = "Print a topic's messages as they come, until Ctrl-C.",
        footer = {
            "",
            "Examples:",
            "  ./sluice tail orders",
            "  ./sluice tail orders --from beginning --count 10",
            "  ./sluice tail orders --from 15m",
            "  ./sluice tail orders --from 2026-01-31T08:00:00Z -o json"
        })
final class TailCommand implements Callable<Integer> {
    private static final String GROUP = "sluice-tail";
    private static final int MESSAGES_PER_PULL = 32;
    private static final long SUSPEND_MS = 15_000;

    @Mixin private final ServerOption server = new ServerOption();
    @Mixin private final Output output = new Output();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(
            names = "--from",
            paramLabel = "beginning|end|TIME",
            description =
                    "Where to begin; TIME is a duration ago, such as 15m, or such as"
                            + " 2026-01-31T08:00:00Z. Default: ${DEFAULT-VALUE}")
    private String from = "end";

    @Option(
            names = "--count",
            paramLabel = "NUMBER",
            description = "Stop after so many messages. Default: never")
    private long count = Long.MAX_VALUE;

    /** The queue of each pull that is under way, by the request's number. */
    private final Map<Integer, Integer> pulls = new HashMap<>();

    @Override
    public Integer call() throws CommandException {
        try (RemotingClient client = server.client()) {
            Queues queues = new Queues(client);
            int queueCount = queues.queueCount(topic);
            long[] begin = new long[queueCount];
            for (int queue = 0; queue < queueCount; queue++) {
                begin[queue] = begin(queues, queue);
            }
            for (int queue = 0; queue < queueCount; queue++) {
                pull(client, queue, begin[queue]);
            }
            long left = count;
            while (left > 0 && !output.out().checkError()) {
                left -= print(client, client.receive(), left);
            }
            return 0;
        }
    }

    private long begin(Queues queues, int queue) throws CommandException {
        return switch (from) {
            case "beginning" -> queues.minOffset(topic, queue);
            case "end" -> queues.maxOffset(topic, queue);
            default -> queues.offsetAt(topic, queue, time().toEpochMilli());
        };
    }

    private Instant time() throws CommandException {
        try {
            return from.endsWith("Z")
                    ? Instant.parse(from)
                    : Instant.now().minus(Scalars.duration(from));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new CommandException(
                    CommandException.USAGE,
                    "--from is '"
                            + from
                            + "'; expected beginning, end, a duration such as 15m or 2h, or a time"
                            + " such as 2026-01-31T08:00:00Z");
        }
    }

    private void pull(RemotingClient client, int queue, long offset) throws CommandException {
        PullMessageHeader header =
                new PullMessageHeader(
                        GROUP,
                        topic,
                        queue,
                        offset,
                        MESSAGES_PER_PULL,
                        PullMessageHeader.FLAG_SUSPEND | PullMessageHeader.FLAG_SUBSCRIPTION,
                        0,
                        SUSPEND_MS,
                        "*",
                        0,
                        PullMessageHeader.TAG,
                        Integer.MAX_VALUE,
                        null);
        pulls.put(client.send(RequestCode.PULL_MESSAGE, header::encode), queue);
    }

    /** Prints what an answer holds and asks for what follows it; returns how many were printed. */
    private int print(RemotingClient client, Answer answer, long atMost) throws CommandException {
        int queue = Objects.requireNonNull(pulls.remove(answer.header().opaque()));
        int printed = 0;
        switch (answer.header().code()) {
            case ResponseCode.SUCCESS -> {
                for (Shown message : Shown.decode(answer.body())) {
                    if (printed < atMost && !output.out().checkError()) {
                        print(message);
                        printed++;
                    }
                }
            }
            case ResponseCode.PULL_NOT_FOUND,
                    ResponseCode.PULL_RETRY_IMMEDIATELY,
                    ResponseCode.PULL_OFFSET_MOVED -> {}
            default -> Queues.succeeded(answer);
        }
        pull(client, queue, PullMessageResponse.decode(answer.header()).nextBeginOffset());
        return printed;
    }

    private void print(Shown message) {
        output.out()
                .println(
                        output.isJson()
                                ? Json.text(message.members().values())
                                : message.line(ZoneId.systemDefault()));
    }
}
