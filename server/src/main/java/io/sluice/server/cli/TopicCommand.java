package io.sluice.server.cli;

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
            description = "List all topics.",
            footer = {"", "Example:", "  ./sluice topic list"})
    int list(@Mixin ServerOption server, @Mixin Output output) throws CommandException {
        try (Queues queues = server.connect()) {
            Table table = Output.table("topic");
            queues.topics().forEach(table::row);
            output.print(table);
            return 0;
        }
    }

    @Command(
            description = "Create a topic, or change its number of queues.",
            footer = {"", "Example:", "  ./sluice topic create orders --queues 16"})
    int create(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic,
            @Option(
                            names = "--queues",
                            paramLabel = "NUMBER",
                            defaultValue = "8",
                            description = "How many queues. Default: ${DEFAULT-VALUE}")
                    int count)
            throws CommandException {
        try (Queues queues = server.connect()) {
            queues.createTopic(topic, count);
            output.print(
                    "topic %s has %d queues".formatted(topic, count),
                    new Members().with("topic", topic).with("queues", count));
            return 0;
        }
    }

    @Command(
            description = "Show a topic's queues and what they hold.",
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
            output.print(table);
            return 0;
        }
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
