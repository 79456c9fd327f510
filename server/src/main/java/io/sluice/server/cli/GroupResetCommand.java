package io.sluice.server.cli;

import io.sluice.protocol.ResetOffsetHeader;
import io.sluice.server.config.Scalars;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a group to another place of a topic, after showing where it would go. */
@Command(
        name = "reset",
        description = {
            "Send a group to another place of a topic: it consumes from there, again or without"
                    + " what lies between.",
            "",
            "Its consumers may be connected or not. Those that are go on from there within"
                    + " seconds (with clients of version 4 within half a minute); what they had"
                    + " at hand is consumed, and not counted."
        },
        footer = {
            "",
            "Examples:",
            "  ./sluice group reset billing --topic orders --to earliest --dry-run",
            "  ./sluice group reset billing --topic orders --to 2026-01-31T08:00:00Z",
            "  ./sluice group reset billing --topic orders --to 2h",
            "  ./sluice group reset billing --topic orders --to latest"
        })
final class GroupResetCommand implements Callable<Integer> {
    private static final long EARLIEST_MS = 0;
    private static final long LATEST_MS = -1;

    @Mixin private final ServerOption server = new ServerOption();
    @Mixin private final Output output = new Output();

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            required = true,
            description = "In which topic.")
    private String topic = "";

    @Option(
            names = "--to",
            paramLabel = "earliest|latest|TIME",
            required = true,
            description =
                    "Where to; TIME is a duration ago, such as 15m, or such as"
                            + " 2026-01-31T08:00:00Z.")
    private String to = "";

    @Option(names = "--dry-run", description = "Only show where it would go.")
    private boolean dryRun;

    @Override
    public Integer call() throws CommandException {
        long ms = timeMs();
        try (Queues queues = server.connect()) {
            int count = queues.queueCount(topic);
            List<Queues.Lag> lags = queues.lags(group, topic);
            Map<Integer, Long> reset = dryRun ? Map.of() : queues.reset(group, topic, ms);
            Table table = Output.table("queue", "begin", "end", "committed", "to", "moves");
            for (int queue = 0; queue < count; queue++) {
                long begin = queues.minOffset(topic, queue);
                long end = queues.maxOffset(topic, queue);
                long target = reset.getOrDefault(queue, ResetOffsetHeader.NONE);
                if (target == ResetOffsetHeader.NONE) {
                    target = target(queues, queue, ms, end);
                }
                row(table, lags, queue, begin, end, target);
            }
            output.print(table);
            if (!output.isJson()) {
                output.out()
                        .println(dryRun ? "nothing was changed" : "group " + group + " is reset");
                output.out().flush();
            }
            return 0;
        }
    }

    private long target(Queues queues, int queue, long ms, long end) throws CommandException {
        return ms == LATEST_MS ? end : queues.offsetAt(topic, queue, ms);
    }

    private static void row(
            Table table, List<Queues.Lag> lags, int queue, long begin, long end, long target) {
        long committed =
                lags.stream()
                        .filter(lag -> lag.queue() == queue)
                        .mapToLong(Queues.Lag::committed)
                        .findFirst()
                        .orElse(Queues.Lag.NONE);
        boolean isCommitted = committed != Queues.Lag.NONE;
        table.row(
                queue,
                begin,
                end,
                isCommitted ? committed : Unknown.UNKNOWN,
                target,
                isCommitted ? target - committed : Unknown.UNKNOWN);
    }

    private long timeMs() throws CommandException {
        try {
            return switch (to) {
                case "earliest" -> EARLIEST_MS;
                case "latest" -> LATEST_MS;
                default ->
                        to.endsWith("Z")
                                ? Instant.parse(to).toEpochMilli()
                                : Instant.now().minus(Scalars.duration(to)).toEpochMilli();
            };
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new CommandException(
                    CommandException.USAGE,
                    "--to is '"
                            + to
                            + "'; expected earliest, latest, a duration such as 15m or 2h, or a"
                            + " time such as 2026-01-31T08:00:00Z");
        }
    }
}
