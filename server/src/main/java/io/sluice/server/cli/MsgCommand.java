package io.sluice.server.cli;

import io.sluice.engine.catalog.Names;
import io.sluice.protocol.MessageStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Messages: show one, find some, follow one, tell why it was not consumed, send some again. */
@Command(
        name = "msg",
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Find messages, and tell what became of them.",
            "",
            "ID is what a send returned: the id that the client made, or the server's. Or it is"
                    + " QUEUE:OFFSET, or a key, for the newest message that has it, or a"
                    + " transaction."
        },
        footer = {
            "",
            "Examples:",
            "  ./sluice msg get orders 3:1042",
            "  ./sluice msg find orders --key 42",
            "  ./sluice msg tail orders",
            "  ./sluice msg why orders 3:1042 billing",
            "  ./sluice msg track 7F00000100002A9F0000000000001234",
            "  ./sluice msg resend orders --group billing --tag created --from 2h --dry-run"
        })
final class MsgCommand {

    @Command(
            description = "Show a message, and what became of it in each group.",
            footer = {
                "",
                "Examples:",
                "  ./sluice msg get orders 3:1042",
                "  ./sluice msg get orders 7F00000100002A9F0000000000001234 -o json"
            })
    int get(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its topic.") String topic,
            @Parameters(paramLabel = "ID", description = "Its id, or QUEUE:OFFSET.") String id)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            Messages.Located found = messages.locate(topic, id);
            List<MessageStatus.OfGroup> groups = messages.status(topic, id, null);
            Members members = found.message().members(found.isStored()).with("id", found.id());
            if (found.dueMs() > 0) {
                members.with("due", Instant.ofEpochMilli(found.dueMs()).toString());
            }
            if (found.transaction() != 0) {
                members.with("transaction", found.transaction());
            }
            if (output.isJson()) {
                output.print(
                        members.with(
                                "groups",
                                groups.stream().map(group -> members(group).values()).toList()));
                return 0;
            }
            output.print(members);
            if (groups.isEmpty()) {
                output.out().println("no group has read the topic, or wants it");
                output.out().flush();
                return 0;
            }
            Table table = Output.table("group", "state", "attempts", "what");
            for (MessageStatus.OfGroup group : groups) {
                table.row(group.group(), group.state(), group.attempts(), group.text());
            }
            output.print(table);
            return 0;
        }
    }

    private static Members members(MessageStatus.OfGroup group) {
        return new Members()
                .with("group", group.group())
                .with("state", group.state())
                .with("attempts", group.attempts())
                .with(
                        "next",
                        group.nextMs() == 0
                                ? Unknown.UNKNOWN
                                : Instant.ofEpochMilli(group.nextMs()).toString())
                .with("what", group.text());
    }

    @Command(
            description = {
                "Find the messages of a topic by key, tag and time.",
                "",
                "By key the newest come first, else they come queue by queue, the oldest first."
                        + " Times are those of the server's clock."
            },
            footer = {
                "",
                "Examples:",
                "  ./sluice msg find orders --key 42",
                "  ./sluice msg find orders --tag created --from 15m",
                "  ./sluice msg find orders --from 2026-01-31T08:00:00Z --to 2026-01-31T09:00:00Z",
                "  ./sluice msg find orders --key 42 --count 1 -o json"
            })
    int find(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Mixin Which which,
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            var _ = messages.queueCount(topic);
            messages.search(topic, which, message -> print(output, message));
            return 0;
        }
    }

    static boolean print(Output output, Shown message) {
        output.out()
                .println(
                        output.isJson()
                                ? Json.text(message.members().values())
                                : message.line(ZoneId.systemDefault()));
        return !output.out().checkError();
    }

    @Command(
            description = {
                "Tell why a group did not consume a message, or what became of it there.",
                "",
                "States: NOT_YET_DUE, RECALLED, NOT_DECIDED, NOT_COMMITTED, EXPIRED, OUTLIVED,"
                        + " FILTERED_OUT, CONFLICTING_SUBSCRIPTION, WAITING_FOR_RETRY, LEASED,"
                        + " RETRY_NOT_REACHED, DEFERRED, BEHIND_ORDERED, BEHIND_BARRIER, HELD_BY_RATE,"
                        + " NOT_REACHED, NEVER_CONSUMED, NOT_READABLE, DISABLED, BROADCAST, RESET_PAST,"
                        + " DEAD_LETTERED, ACKNOWLEDGED."
            },
            footer = {"", "Example:", "  ./sluice msg why orders 3:1042 billing"})
    int why(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", description = "Its topic.") String topic,
            @Parameters(paramLabel = "ID", description = "Its id, or QUEUE:OFFSET.") String id,
            @Parameters(paramLabel = "GROUP", description = "The group.") String group)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            MessageStatus.OfGroup status = messages.status(topic, id, group).getFirst();
            output.print(status.state() + ": " + status.text(), members(status));
            return 0;
        }
    }

    @Command(
            description = {
                "Follow a message by the traces that its clients have sent.",
                "",
                "Clients trace if they were told to (enableMsgTrace). ID is the id that the producing"
                        + " client made, or a key of the message."
            },
            footer = {"", "Example:", "  ./sluice msg track 7F0000010A2B18B4AAC2364B5E0C0000"})
    int track(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Parameters(paramLabel = "ID", description = "The client's id, or a key.") String id)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            List<TraceLine> lines = new ArrayList<>();
            if (messages.isTraced()) {
                messages.byKey(
                        Names.TRACE_TOPIC,
                        id,
                        0,
                        Long.MAX_VALUE,
                        found -> lines.addAll(TraceLine.decode(found.text(), id)));
            }
            if (lines.isEmpty()) {
                throw new CommandException(
                        CommandException.NOT_FOUND,
                        "no client has traced %s: clients trace if they are told to, with enableMsgTrace, and tell a few seconds later"
                                .formatted(id));
            }
            output.print(TraceLine.table(lines));
            return 0;
        }
    }

    @Command(
            description = {
                "Send messages to one group again.",
                "",
                "A copy of each is stored in the group's retry topic, so that no other group gets it."
                        + " It keeps its id, its keys and where it came from, and has all its"
                        + " attempts again. A group that subscribes to the topic with a filter gets"
                        + " them all: who resends has chosen."
            },
            footer = {
                "",
                "Examples:",
                "  ./sluice msg resend orders --group billing --id 3:1042",
                "  ./sluice msg resend orders --group billing --key 42",
                "  ./sluice msg resend orders --group billing --tag created --from 2h --dry-run",
                "  ./sluice msg resend orders --group billing --from 2h --to 1h --rate 500 --yes"
            })
    int resend(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Mixin Which which,
            @Mixin Consent consent,
            @Mixin Pace pace,
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic,
            @Option(
                            names = "--group",
                            required = true,
                            paramLabel = "GROUP",
                            description = "Who gets them.")
                    String group,
            @Option(names = "--id", paramLabel = "ID", description = "This one; may be repeated.")
                    @Nullable List<String> ids)
            throws CommandException {
        if (ids == null && !which.isSome()) {
            throw new CommandException(
                    CommandException.USAGE,
                    "which messages? Choose with --id, --key, --tag, --from or --to");
        }
        try (Messages messages = new Messages(server.client())) {
            Resending resending = new Resending(messages, output, topic, group);
            if (ids != null) {
                for (String id : ids) {
                    resending.add(messages.locate(topic, id));
                }
            } else {
                var _ = messages.queueCount(topic);
                messages.search(topic, which, resending::add);
            }
            return resending.run(consent, pace);
        }
    }
}
