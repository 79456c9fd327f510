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
        description = "List consumer groups, show how far behind they are, and change them.",
        subcommands = {GroupResetCommand.class, GroupSetCommand.class},
        footer = {
            "",
            "Examples:",
            "  ./sluice group list",
            "  ./sluice group describe billing",
            "  ./sluice group describe billing -o json",
            "  ./sluice group reset billing --topic orders --to earliest --dry-run",
            "  ./sluice group set billing --retries 5"
        })
final class GroupCommand {

    @Command(
            description = "List all consumer groups.",
            footer = {"", "Example:", "  ./sluice group list"})
    int list(@Mixin ServerOption server, @Mixin Output output) throws CommandException {
        try (Queues queues = server.connect()) {
            Table table = Output.table("group", "retries", "clients");
            for (Queues.Group group : queues.groups()) {
                table.row(
                        group.name(),
                        group.retries(),
                        queues.online(group.name()).clients().size());
            }
            output.print(table);
            return 0;
        }
    }

    @Command(
            description = {
                "Show a group's place in every queue, its lag and its clients.",
                "",
                "COMMITTED is the offset up to which the group has consumed, LAG how many messages"
                        + " are beyond it. Both are '-' in a queue where it never committed one:"
                        + " its clients choose where they begin, at the oldest message or at the"
                        + " end. What such queues hold is 'uncommitted', and not part of 'lag'.",
                "",
                "'conflict' says in what its clients differ if they do not all subscribe to the"
                        + " same: each gets what it asks for, and what the reader of a queue does"
                        + " not want no other client gets."
            },
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
            List<Queues.Lag> lags = queues.lags(group);
            long uncommitted = 0;
            for (Queues.Lag lag : lags) {
                if (!lag.isCommitted()) {
                    uncommitted += lag.end() - queues.minOffset(lag.topic(), lag.queue());
                }
            }
            print(output, group, lags, uncommitted, queues.online(group));
            return 0;
        }
    }

    private static void print(
            Output output,
            String group,
            List<Queues.Lag> lags,
            long uncommitted,
            Queues.Online online) {
        List<String> clients = online.clients();
        Table table = Output.table("topic", "queue", "committed", "end", "lag", "lastConsumed");
        long total = 0;
        for (Queues.Lag lag : lags) {
            total += lag.isCommitted() ? lag.messages() : 0;
            table.row(
                    lag.topic(),
                    lag.queue(),
                    lag.isCommitted() ? lag.committed() : Unknown.UNKNOWN,
                    lag.end(),
                    lag.isCommitted() ? lag.messages() : Unknown.UNKNOWN,
                    lag.lastMs() <= 0 ? "" : Instant.ofEpochMilli(lag.lastMs()).toString());
        }
        if (output.isJson()) {
            output.print(
                    new Members()
                            .with("group", group)
                            .with("lag", total)
                            .with("uncommitted", uncommitted)
                            .with("clients", clients)
                            .with("conflict", online.conflict())
                            .with("queues", table.objects()));
            return;
        }
        Members members =
                new Members()
                        .with("group", group)
                        .with("lag", total)
                        .with("uncommitted", uncommitted)
                        .with("clients", clients.isEmpty() ? "none" : String.join(", ", clients));
        output.print(
                online.conflict().isEmpty()
                        ? members
                        : members.with("conflict", online.conflict()));
        output.print(table);
    }
}
