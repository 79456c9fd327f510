package io.sluice.server.cli;

import io.sluice.protocol.NextDue;
import java.time.Instant;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Messages that are not due yet: list them, take one back. */
@Command(
        name = "timer",
        synopsisSubcommandLabel = "COMMAND",
        description = "List messages that are not due yet, and take them back.",
        footer = {
            "",
            "Examples:",
            "  ./sluice timer list",
            "  ./sluice timer list --count 500 -o json",
            "  ./sluice timer recall orders HANDLE"
        })
final class TimerCommand {

    @Command(
            description = {
                "List the messages that are due next, the earliest first.",
                "",
                "Those in a topic %%RETRY%%GROUP were given back by that group. The server tells of"
                        + " what is loaded: at least some hundred, and how many wait in all."
            },
            footer = {"", "Example:", "  ./sluice timer list --count 20"})
    int list(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Option(
                            names = "--count",
                            paramLabel = "NUMBER",
                            defaultValue = "20",
                            description = "So many at most. Default: ${DEFAULT-VALUE}")
                    int count)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            NextDue next = messages.nextDue(count);
            Table table = Output.table("due", "topic", "queue", "id", "keys", "attempts");
            for (NextDue.Waiting message : next.messages()) {
                table.row(
                        Instant.ofEpochMilli(message.dueMs()).toString(),
                        message.topic(),
                        message.queueId(),
                        Objects.requireNonNullElse(message.uniqueKey(), message.id()),
                        Objects.requireNonNullElse(message.keys(), ""),
                        message.attempts());
            }
            if (output.isJson()) {
                output.print(
                        new Members()
                                .with("pending", next.pending())
                                .with("messages", table.objects()));
                return 0;
            }
            output.print(table);
            output.out().println("waiting in all: " + next.pending());
            output.out().flush();
            return 0;
        }
    }

    @Command(
            description = {
                "Take a delayed message back before it is due.",
                "",
                "HANDLE is the recall handle that the send returned."
            },
            footer = {"", "Example:", "  ./sluice timer recall orders djEgb3JkZXJzIC4uLg=="})
    int recall(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its topic.") String topic,
            @Parameters(paramLabel = "HANDLE", description = "Its recall handle.") String handle)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            String id = messages.recall(topic, handle);
            output.print(
                    "message %s is recalled".formatted(id), new Members().with("recalled", id));
            return 0;
        }
    }
}
