package io.sluice.server.cli;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Gives messages to a group once more: first a preview, then one after the other. */
final class Resending {
    private static final int SAMPLE = 5;

    private final Messages messages;
    private final Output output;
    private final String topic;
    private final String group;
    private final List<String> ids = new ArrayList<>();
    private final List<Shown> sample = new ArrayList<>();

    Resending(Messages messages, Output output, String topic, String group) {
        this.messages = messages;
        this.output = output;
        this.topic = topic;
        this.group = group;
    }

    /** Takes a message that was named. */
    void add(Messages.Located located) throws CommandException {
        if (!located.isStored()) {
            throw new CommandException(
                    CommandException.USAGE,
                    "message %s is in no queue; ./sluice msg get %s %s tells why"
                            .formatted(located.id(), located.message().topic(), located.id()));
        }
        ids.add(located.id());
        sample(located.message());
    }

    /** Takes a message that was found. */
    boolean add(Shown message) {
        ids.add(message.place());
        sample(message);
        return true;
    }

    private void sample(Shown message) {
        if (sample.size() < SAMPLE) {
            sample.add(message);
        }
    }

    /** Shows what would be done, asks, and does it. */
    int run(Consent consent, Pace pace) throws CommandException {
        if (ids.isEmpty()) {
            output.print(
                    "there is nothing to resend",
                    new Members().with("group", group).with("resent", 0));
            return 0;
        }
        if (!output.isJson()) {
            for (Shown message : sample) {
                output.err().println(message.line(ZoneId.systemDefault()));
            }
            if (ids.size() > sample.size()) {
                output.err().println("… and " + (ids.size() - sample.size()) + " more");
            }
            output.err().flush();
        }
        String what =
                "resend %d message%s of %s to group %s"
                        .formatted(ids.size(), ids.size() == 1 ? "" : "s", topic, group);
        if (!consent.given(output, what)) {
            return 0;
        }
        ProgressBar progress = new ProgressBar(output.err(), ids.size());
        for (int i = 0; i < ids.size(); i++) {
            pace.await();
            resend(ids.get(i), i);
            progress.at(i + 1);
        }
        output.print(
                "resent %d message%s to group %s, through its retry topic"
                        .formatted(ids.size(), ids.size() == 1 ? "" : "s", group),
                new Members().with("group", group).with("resent", ids.size()));
        return 0;
    }

    private void resend(String id, int done) throws CommandException {
        try {
            var _ = messages.resend(group, topic, id);
        } catch (CommandException e) {
            if (ids.size() == 1) {
                throw e;
            }
            throw new CommandException(
                    e.exitCode(),
                    "%s; %d of %d messages were resent before, the next is %s"
                            .formatted(e.getMessage(), done, ids.size(), id));
        }
    }
}
