package io.sluice.server.dispatch;

import io.sluice.engine.broker.Why;
import io.sluice.engine.group.Offsets;
import io.sluice.protocol.MessageStatus;
import java.time.Instant;
import java.util.stream.Collectors;

/** Says what became of a message in a group: a word for scripts, a sentence for a person. */
final class StatusText {
    private StatusText() {}

    static MessageStatus.OfGroup of(String group, Why why) {
        return switch (why) {
            case Why.NotYetDue w ->
                    of(group, "NOT_YET_DUE", "it is due at " + at(w.dueMs()), 0, w.dueMs());
            case Why.DeadLettered w ->
                    of(
                            group,
                            "DEAD_LETTERED",
                            "it was given up after %d attempts, at %s; ./sluice dlq resend %s gives it to the group again"
                                    .formatted(w.attempts(), at(w.atMs()), group),
                            w.attempts(),
                            0);
            case Why.WaitingForRetry w ->
                    of(
                            group,
                            "WAITING_FOR_RETRY",
                            "it was given back and comes again at %s, as retry %d"
                                    .formatted(at(w.dueMs()), w.retry()),
                            w.retry(),
                            w.dueMs());
            case Why.RetryNotReached w ->
                    of(
                            group,
                            "RETRY_NOT_REACHED",
                            (w.retry() == 0
                                            ? "it was resent"
                                            : "its retry " + w.retry() + " has come")
                                    + notReached(w.behind(), w.online()),
                            w.retry(),
                            0);
            case Why.Leased w ->
                    of(
                            group,
                            "LEASED",
                            "a consumer was handed it, attempt %d, and has it for itself until %s; unless it acknowledges, it is handed out again then"
                                    .formatted(w.attempt(), at(w.untilMs())),
                            w.attempt(),
                            w.untilMs());
            case Why.ResetPast w ->
                    of(
                            group,
                            "RESET_PAST",
                            "an operator moved the group from offset %d to %d, past it, at %s"
                                    .formatted(
                                            w.skipped().from(),
                                            w.skipped().to(),
                                            at(w.skipped().atMs())),
                            0,
                            0);
            case Why.FilteredOut w ->
                    of(
                            group,
                            "FILTERED_OUT",
                            "the group subscribes to \"%s\", which it is not among"
                                    .formatted(w.expression()),
                            0,
                            0);
            case Why.ConflictingSubscription w ->
                    of(group, "CONFLICTING_SUBSCRIPTION", conflict(w), 0, 0);
            case Why.Acknowledged w ->
                    of(
                            group,
                            "ACKNOWLEDGED",
                            (w.retries() == 0 ? "" : "after " + w.retries() + " retries ")
                                    + "the group has committed offset %d, which is past it"
                                            .formatted(w.committed()),
                            w.retries(),
                            0);
            case Why.BehindOrdered w ->
                    of(
                            group,
                            "BEHIND_ORDERED",
                            "the queue is consumed in order, and the message at offset %d is not done with; "
                                            .formatted(w.blockedAt())
                                    + (w.lockedBy() == null
                                            ? "no client holds the queue"
                                            : w.lockedBy() + " holds the queue"),
                            0,
                            0);
            case Why.Disabled w ->
                    of(group, "DISABLED", "the group may not consume: it is switched off", 0, 0);
            case Why.Broadcast w ->
                    of(
                            group,
                            "BROADCAST",
                            "each client of the group gets every message and keeps its place to itself",
                            0,
                            0);
            case Why.NeverConsumed w ->
                    of(
                            group,
                            "NEVER_CONSUMED",
                            "the group has never read this topic; "
                                    + (w.online()
                                            ? "its clients are connected, and read others"
                                            : "none of its clients is connected"),
                            0,
                            0);
            case Why.NotReached w ->
                    of(
                            group,
                            "NOT_REACHED",
                            (w.committed() == Offsets.NONE
                                            ? "the group has committed no offset yet"
                                            : "the group has committed offset " + w.committed())
                                    + notReached(w.behind(), w.online()),
                            0,
                            0);
        };
    }

    private static MessageStatus.OfGroup of(
            String group, String state, String text, int attempts, long nextMs) {
        return new MessageStatus.OfGroup(group, state, text, attempts, nextMs);
    }

    private static String notReached(long behind, boolean online) {
        return (behind == 0 ? ", it is next" : ", " + behind + " messages are before it")
                + (online ? "" : ", and no client of the group is connected");
    }

    private static String conflict(Why.ConflictingSubscription why) {
        return "members of the group subscribe to different things: "
                + why.members().stream()
                        .map(member ->
                                "%s to \"%s\" (%s)"
                                        .formatted(
                                                member.clientId(),
                                                member.expression(),
                                                member.wants() ? "wants it" : "does not want it"))
                        .collect(Collectors.joining(", "));
    }

    private static String at(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
