package io.sluice.server.cli;

import io.sluice.protocol.MessageId;
import io.sluice.protocol.TransactionList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Transactions that no producer has decided: list, commit, roll back. */
@Command(
        name = "tx",
        synopsisSubcommandLabel = "COMMAND",
        description = "List transactions that no producer has decided, and decide them.",
        footer = {
            "",
            "Examples:",
            "  ./sluice tx list",
            "  ./sluice tx list --given-up --group payments",
            "  ./sluice tx commit 34359738400",
            "  ./sluice tx rollback 34359738400"
        })
final class TransactionCommand {
    private static final String ID =
            "The transaction: its id in the list, or the message id that its send was answered.";

    @Command(
            description = {
                "List undecided transactions, the oldest first.",
                "",
                "The server asks the producers of 'open' ones; those that it has asked as often as"
                        + " it is set to are 'given-up': it asks no more, and their messages are"
                        + " dropped at NEXT unless somebody decides."
            },
            footer = {
                "",
                "Examples:",
                "  ./sluice tx list",
                "  ./sluice tx list --given-up --group payments"
            })
    int list(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Option(names = "--given-up", description = "Only those that were given up.")
                    boolean givenUp,
            @Option(
                            names = "--group",
                            paramLabel = "GROUP",
                            description = "Only those of this producer group.")
                    @Nullable String group)
            throws CommandException {
        List<TransactionList.Entry> entries = new ArrayList<>();
        try (Queues queues = server.connect()) {
            for (TransactionList.Entry entry : queues.transactions()) {
                if ((entry.givenUp() || !givenUp)
                        && (group == null || group.equals(entry.producerGroup()))) {
                    entries.add(entry);
                }
            }
        }
        Table table =
                Output.table("id", "topic", "queue", "group", "since", "state", "checks", "next");
        for (TransactionList.Entry entry : entries) {
            table.row(
                    entry.id(),
                    entry.topic(),
                    entry.queueId(),
                    entry.producerGroup(),
                    time(entry.sinceMs()),
                    entry.givenUp() ? "given-up" : "open",
                    entry.checks(),
                    time(entry.nextMs()));
        }
        output.print(table);
        return 0;
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }

    @Command(
            description = "Commit a transaction: its message is delivered.",
            footer = {"", "Example:", "  ./sluice tx commit 34359738400"})
    int commit(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "ID", description = ID) String id)
            throws CommandException {
        return decide(server, output, id, true);
    }

    @Command(
            description = "Roll a transaction back: its message is dropped.",
            footer = {"", "Example:", "  ./sluice tx rollback 34359738400"})
    int rollback(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "ID", description = ID) String id)
            throws CommandException {
        return decide(server, output, id, false);
    }

    private static int decide(ServerOption server, Output output, String text, boolean commit)
            throws CommandException {
        long id = id(text);
        try (Queues queues = server.connect()) {
            queues.decideTransaction(id, commit);
        }
        String decision = commit ? "committed" : "rolled back";
        output.print(
                "transaction %d is %s".formatted(id, decision),
                new Members().with("transaction", id).with("decision", decision));
        return 0;
    }

    private static long id(String text) throws CommandException {
        try {
            return text.length() < 20 ? Long.parseLong(text) : MessageId.parse(text).position();
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    CommandException.USAGE,
                    "'%s' is no transaction: give its id as ./sluice tx list shows it"
                            .formatted(text));
        }
    }
}
