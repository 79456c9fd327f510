package io.sluice.server.cli;

import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.protocol.TopicConfig;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Topics: list, create, describe, delete. */
@Command(
        name = "topic",
        synopsisSubcommandLabel = "COMMAND",
        description = "List, create, describe and delete topics.",
        footer = {
            "",
            "Examples:",
            "  ./sluice topic list",
            "  ./sluice topic create orders --queues 16",
            "  ./sluice topic describe orders -o json",
            "  ./sluice topic delete orders"
        })
final class TopicCommand {

    @Command(
            description = "List topics.",
            footer = {"", "Examples:", "  ./sluice topic list", "  ./sluice topic list --all"})
    int list(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Option(
                            names = "--all",
                            description = "Also retries, dead letters and the system's own.")
                    boolean all)
            throws CommandException {
        try (Queues queues = server.connect()) {
            Table table = Output.table("topic");
            for (String topic : queues.topics()) {
                if (all || (Names.groupOf(topic) == null && !Names.isSystemTopic(topic))) {
                    table.row(topic);
                }
            }
            output.print(table);
            return 0;
        }
    }

    @Command(
            description = "Create a topic, or change one: queues can only be added.",
            footer = {
                "",
                "Examples:",
                "  ./sluice topic create orders --queues 16",
                "  ./sluice topic create clicks --durability async --retention 24h"
            })
    int create(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic,
            @Option(
                            names = "--queues",
                            paramLabel = "NUMBER",
                            description =
                                    "How many queues. Default: as it has, or the server's number.")
                    @Nullable Integer wanted,
            @Option(
                            names = "--durability",
                            paramLabel = "sync|async",
                            description = "When a send is acknowledged. Default: the server's.")
                    @Nullable String durability,
            @Option(
                            names = "--retention",
                            paramLabel = "TIME",
                            description = "How long messages are kept. Default: the server's.")
                    @Nullable String retention,
            @Option(
                            names = "--retention-size",
                            paramLabel = "SIZE",
                            description = "How much is kept. Default: the server's.")
                    @Nullable String retentionSize,
            @Option(
                            names = "--idempotent-send",
                            paramLabel = "on|off",
                            description =
                                    "Whether a resend of the same message is stored once."
                                            + " Default: on.")
                    @Nullable String idempotentSend)
            throws CommandException {
        StringJoiner attributes = new StringJoiner(",");
        add(attributes, "durability", durability);
        add(attributes, "retention", retention);
        add(attributes, "retention-size", retentionSize);
        add(attributes, "idempotent-send", idempotentSend);
        try (Queues queues = server.connect()) {
            int count = queues.createTopic(topic, Queues.count(wanted), attributes.toString());
            output.print(
                    "topic %s has %d queues".formatted(topic, count),
                    new Members().with("topic", topic).with("queues", count));
            return 0;
        }
    }

    private static void add(StringJoiner attributes, String name, @Nullable String value) {
        if (value != null) {
            attributes.add("+" + name + "=" + value);
        }
    }

    @Command(
            description = "Show a topic's settings, its queues and what they hold.",
            footer = {"", "Example:", "  ./sluice topic describe orders"})
    int describe(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic)
            throws CommandException {
        try (Queues queues = server.connect()) {
            Table table = Output.table("queue", "begin", "end", "messages");
            int count = queues.queueCount(topic);
            for (int queue = 0; queue < count; queue++) {
                long begin = queues.minOffset(topic, queue);
                long end = queues.maxOffset(topic, queue);
                table.row(queue, begin, end, end - begin);
            }
            print(output, queues.config(topic), table, queues.acknowledgedNotDurable());
            return 0;
        }
    }

    private static void print(Output output, TopicConfig topic, Table table, long waiting) {
        String permissions = permissions(topic.perm());
        if (output.isJson()) {
            output.print(
                    new Members()
                            .with("topic", topic.topicName())
                            .with("permissions", permissions)
                            .with("attributes", topic.attributes())
                            .with("acknowledgedNotDurableAllTopics", waiting)
                            .with("queues", table.objects()));
            return;
        }
        Members settings =
                new Members().with("topic", topic.topicName()).with("permissions", permissions);
        topic.attributes().forEach(settings::with);
        output.print(settings);
        output.print(table);
        output.out().println("acknowledged, not yet durable (all topics): " + waiting);
        output.out().flush();
    }

    private static String permissions(int bits) {
        StringJoiner words = new StringJoiner(", ").setEmptyValue("none");
        if ((bits & TopicSettings.READ) != 0) {
            words.add("read");
        }
        if ((bits & TopicSettings.WRITE) != 0) {
            words.add("write");
        }
        return words.toString();
    }

    @Command(
            description = "Delete a topic and all its messages.",
            footer = {"", "Example:", "  ./sluice topic delete orders"})
    int delete(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic)
            throws CommandException {
        try (Queues queues = server.connect()) {
            queues.queueCount(topic);
            queues.deleteTopic(topic);
            output.print(
                    "topic %s is deleted".formatted(topic), new Members().with("deleted", topic));
            return 0;
        }
    }
}
