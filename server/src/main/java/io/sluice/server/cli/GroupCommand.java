package io.sluice.server.cli;

import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Consumer groups: list, describe with their lag. */
@Command(
        name = "group",
        synopsisSubcommandLabel = "COMMAND",
        description = "List consumer groups, and show how far behind they are.",
        footer = {
            "",
            "Examples:",
            "  ./sluice group list",
            "  ./sluice group describe billing",
            "  ./sluice group describe billing -o json"
        })
final class GroupCommand {

    @Command(
            description = "List all consumer groups.",
            footer = {"", "Example:", "  ./sluice group list"})
    int list(@Mixin ServerOption server, @Mixin Output output) throws CommandException {
        try (Queues queues = server.connect()) {
            Table table = Output.table("group", "retries", "clients");
            for (Queues.Group group : queues.groups()) {
                table.row(group.name(), group.retries(), queues.clients(group.name()).size());
            }
            output.print(table);
            return 0;
        }
    }

    @Command(
            description = "Show a group's place in every queue, its lag and its clients.",
            footer = {"", "Example:", "  ./sluice group describe billing"})
    int describe(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "GROUP", description = "Its name.") String group)
            throws CommandException {
        try (Queues queues = server.connect()) {
            if (queues.groups().stream().noneMatch(known -> known.name().equals(group))) {
                throw new CommandException(
                        CommandException.NOT_FOUND,
                        "there is no group '%s'; see ./sluice group list".formatted(group));
            }
            print(output, group, queues.lags(group), queues.clients(group));
            return 0;
        }
    }

    private static void print(
            Output output, String group, List<Queues.Lag> lags, List<String> clients) {
        Table table = Output.table("topic", "queue", "committed", "end", "lag", "lastConsumed");
        long total = 0;
        for (Queues.Lag lag : lags) {
            total += lag.messages();
            table.row(
                    lag.topic(),
                    lag.queue(),
                    lag.committed(),
                    lag.end(),
                    lag.messages(),
                    lag.lastMs() <= 0 ? "" : Instant.ofEpochMilli(lag.lastMs()).toString());
        }
        if (output.isJson()) {
            output.print(
                    new Members()
                            .with("group", group)
                            .with("lag", total)
                            .with("clients", clients)
                            .with("queues", table.objects()));
            return;
        }
        output.print(
                new Members()
                        .with("group", group)
                        .with("lag", total)
                        .with("clients", clients.isEmpty() ? "none" : String.join(", ", clients)));
        output.print(table);
    }
}
