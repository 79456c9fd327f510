package io.sluice.server.dispatch;

import io.sluice.engine.broker.Why;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.shard.Standing;
import io.sluice.protocol.MessageStatus;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what became of a message in a group: a word for scripts, a sentence for a person. */
final class StatusText {
    private StatusText() {}

    static MessageStatus.OfGroup of(String group, Why why) {
        return switch (why) {
            case Why.NotYetDue w ->
                    of(group, "NOT_YET_DUE", "it is due at " + at(w.dueMs()), 0, w.dueMs());
            case Why.Recalled w ->
                    of(
                            group,
                            "RECALLED",
                            "its sender took it back; it was due at " + at(w.dueMs()),
                            0,
                            0);
            case Why.Expired w ->
                    of(group, "EXPIRED", "it has expired, and is in its queue no longer", 0, 0);
            case Why.NotDecided(Transactions.Open tx) ->
                    of(group, "NOT_DECIDED", undecided(tx), 0, 0);
            case Why.NotCommitted w -> of(group, "NOT_COMMITTED", notCommitted(w.decided()), 0, 0);
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
                            (w.held()
                                            ? "a consumer was handed it, attempt %d, and has it for itself until %s; unless it acknowledges, it is handed out again then"
                                            : "a consumer was handed it, attempt %d, and did not acknowledge by %s; it is handed to who asks next")
                                    .formatted(w.attempt(), at(w.untilMs())),
                            w.attempt(),
                            w.untilMs());
            case Why.Deferred w ->
                    of(
                            group,
                            "DEFERRED",
                            w.inOrder()
                                    ? "it waits for earlier messages of its message group to be acknowledged, or for who asks next"
                                    : "it waits for messages of higher priority to be handed out, or for who asks next",
                            0,
                            0);
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
                            "the group wants %s, which it is not among".formatted(w.expression()),
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
            case Why.BehindBarrier(Standing.Barrier barrier) ->
                    of(group, "BEHIND_BARRIER", behind(barrier), 0, 0);
            case Why.HeldByRate w ->
                    of(
                            group,
                            "HELD_BY_RATE",
                            "held back by the group's rate limit until %s%s"
                                    .formatted(at(w.untilMs()), notReached(w.behind(), true)),
                            0,
                            w.untilMs());
            case Why.NotReadable w ->
                    of(
                            group,
                            "NOT_READABLE",
                            "the topic may not be read: its permission forbids it",
                            0,
                            0);
            case Why.Outlived w ->
                    of(group, "OUTLIVED", "its time to live is over: it is passed over", 0, 0);
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

    private static String undecided(Transactions.Open tx) {
        return "its transaction %d is undecided since %s; producers of group %s were asked %d times, "
                        .formatted(tx.id(), at(tx.sinceMs()), tx.group(), tx.checks())
                + (tx.isGivenUp()
                        ? "and are asked no more: ./sluice tx commit or rollback decides"
                        : "and are asked again at " + at(tx.nextMs()));
    }

    private static String notCommitted(Transactions.@Nullable Decided decided) {
        if (decided == null) {
            return "its transaction was not committed, or it has expired since";
        }
        String when = at(decided.atMs());
        return switch (decided.decision()) {
            case COMMITTED -> "its transaction was committed at " + when + ", and it has expired";
            case ROLLED_BACK -> "its transaction was rolled back at " + when;
            case EXPIRED -> "nobody decided its transaction before it expired, at " + when;
        };
    }

    private static String behind(Standing.Barrier barrier) {
        return "the group consumes in order, and queues were added: from offset %d on it has to wait until queue %d is consumed up to %d, it is at %d"
                .formatted(barrier.limit(), barrier.behind(), barrier.end(), barrier.consumed());
    }

    private static String notReached(long behind, boolean online) {
        return (behind == 0
                        ? ", it is next"
                        : behind == 1
                                ? ", one message is before it"
                                : ", " + behind + " messages are before it")
                + (online ? "" : ", and no client of the group is connected");
    }

    private static String conflict(Why.ConflictingSubscription why) {
        return "members of the group want different things: "
                + why.members().stream()
                        .map(member ->
                                "%s wants %s (%s)"
                                        .formatted(
                                                member.clientId(),
                                                member.expression(),
                                                member.wants() ? "it is among them" : "it is not"))
                        .collect(Collectors.joining(", "));
    }

    private static String at(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
