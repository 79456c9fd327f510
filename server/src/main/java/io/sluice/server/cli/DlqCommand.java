package io.sluice.server.cli;

import io.sluice.engine.catalog.Names;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Dead letters: what a group failed to consume for good. */
@Command(
        name = "dlq",
        synopsisSubcommandLabel = "COMMAND",
        description = "List a group's dead letters, and give them to it again.",
        footer = {
            "",
            "Examples:",
            "  ./sluice dlq list billing",
            "  ./sluice dlq resend billing --id 0:17",
            "  ./sluice dlq resend billing --all --dry-run"
        })
final class DlqCommand {

    @Command(
            description = "List a group's dead letters, the oldest first.",
            footer = {
                "",
                "Examples:",
                "  ./sluice dlq list billing",
                "  ./sluice dlq list billing --from 1h -o json"
            })
    int list(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Mixin Which which,
            @Parameters(paramLabel = "GROUP", description = "Its name.") String group)
            throws CommandException {
        try (Messages messages = new Messages(server.client())) {
            if (isThere(server, group)) {
                messages.search(
                        Names.deadLetterTopic(group),
                        which,
                        letter -> MsgCommand.print(output, letter));
            } else if (!output.isJson()) {
                output.err().println("group %s has no dead letters".formatted(group));
                output.err().flush();
            }
            return 0;
        }
    }

    /** A group without dead letters has no topic for them. */
    private static boolean isThere(ServerOption server, String group) throws CommandException {
        try (Queues queues = server.connect()) {
            if (queues.groups().stream().noneMatch(known -> known.name().equals(group))) {
                throw new CommandException(
                        CommandException.NOT_FOUND,
                        "there is no group '%s'; see ./sluice group list".formatted(group));
            }
            return queues.topics().contains(Names.deadLetterTopic(group));
        }
    }

    @Command(
            description = {
                "Give dead letters to their group again.",
                "",
                "Each comes again through the group's retry topic, as from the topic that it was"
                        + " sent to first, and has all its attempts again. It also stays among the"
                        + " dead letters until it expires there."
            },
            footer = {
                "",
                "Examples:",
                "  ./sluice dlq resend billing --id 0:17",
                "  ./sluice dlq resend billing --from 1h --dry-run",
                "  ./sluice dlq resend billing --all --rate 50 --yes"
            })
    int resend(
            @Mixin ServerOption server,
            @Mixin Output output,
            @Mixin Which which,
            @Mixin Consent consent,
            @Mixin Pace pace,
            @Parameters(paramLabel = "GROUP", description = "Its name.") String group,
            @Option(names = "--all", description = "All of them.") boolean all,
            @Option(
                            names = "--id",
                            paramLabel = "ID",
                            description =
                                    "This one, by its id or QUEUE:OFFSET as listed; may be repeated.")
                    @Nullable List<String> ids)
            throws CommandException {
        if (ids == null && !all && !which.isSome()) {
            throw new CommandException(
                    CommandException.USAGE,
                    "which ones? Choose with --id, --key, --tag, --from or --to, or say --all");
        }
        String topic = Names.deadLetterTopic(group);
        boolean there = isThere(server, group);
        try (Messages messages = new Messages(server.client())) {
            Resending resending = new Resending(messages, output, topic, group);
            if (ids != null) {
                for (String id : ids) {
                    resending.add(messages.locate(topic, id));
                }
            } else if (there) {
                messages.search(topic, which, resending::add);
            }
            return resending.run(consent, pace);
        }
    }
}
