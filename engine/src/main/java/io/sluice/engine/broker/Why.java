package io.sluice.engine.broker;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.Skips.Skipped;
import io.sluice.engine.message.Mark;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.shard.Standing;
import io.sluice.engine.shard.Standing.Barrier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message in one group, and what comes next: the one answer to "why was it not
 * consumed?". Made from {@link Facts} alone by {@link #of}.
 */
public sealed interface Why {
    /** It waits until it is due, and is in no queue yet. */
    record NotYetDue(long dueMs) implements Why {}

    /** It was taken back before it was due. */
    record Recalled(long dueMs) implements Why {}

    /** It has expired: it is in its queue no longer, if it has ever been there. */
    record Expired() implements Why {}

    /** Nobody has decided its transaction. */
    record NotDecided(Transactions.Open transaction) implements Why {}

    /**
     * Its transaction was decided, and it is in no queue.
     *
     * @param decided null if that was long ago
     */
    record NotCommitted(Transactions.@Nullable Decided decided) implements Why {}

    /** The group was given it often enough, and it lies among its dead letters. */
    record DeadLettered(int attempts, long atMs, long position) implements Why {}

    /** It was given back, and comes again as the nth retry. */
    record WaitingForRetry(int retry, long dueMs) implements Why {}

    /** Its nth retry has come, and lies that many messages ahead of the group. */
    record RetryNotReached(int retry, long behind, boolean online) implements Why {}

    /**
     * A consumer of the group was handed it, and nobody else gets it before the lease ends: then it
     * is handed out again. Which client that was is not kept.
     *
     * @param untilMs wall-clock ms
     * @param attempt how often it was handed out
     * @param held false if the lease has run out, and it waits for who asks next
     */
    record Leased(long untilMs, int attempt, boolean held) implements Why {}

    /**
     * It was read for the group, and waits for others to go first.
     *
     * @param inOrder whether for those of its message group; else for those of higher priority
     */
    record Deferred(boolean inOrder) implements Why {}

    /** An operator let the group skip it. */
    record ResetPast(Skipped skipped) implements Why {}

    /** No member of the group wants it. */
    record FilteredOut(String clientId, String expression) implements Why {}

    /** Some members of the group want it, others do not. */
    record ConflictingSubscription(List<Subscribed> members) implements Why {
        public ConflictingSubscription {
            members = List.copyOf(members);
        }
    }

    /**
     * The group has come past it.
     *
     * @param committed its offset in the queue
     * @param retries how often it was given back before
     */
    record Acknowledged(long committed, int retries) implements Why {}

    /**
     * The group reads the queue in order and has not got past an earlier message.
     *
     * @param blockedAt the offset of that message
     * @param lockedBy the client that holds the queue; null if none does at present
     */
    record BehindOrdered(long blockedAt, @Nullable String lockedBy) implements Why {}

    /**
     * The group reads the queue in order and waits at a barrier, since producers spread keys over
     * more queues from there on, and another queue is not consumed up to it.
     */
    record BehindBarrier(Barrier barrier) implements Why {}

    /**
     * The group has had as many messages as its rate allows.
     *
     * @param untilMs when it may have its next one, wall-clock ms
     * @param behind how many messages come before this one
     */
    record HeldByRate(long untilMs, long behind) implements Why {}

    /** The group may not consume at all. */
    record Disabled() implements Why {}

    /** The topic may not be read. */
    record NotReadable() implements Why {}

    /** Its time to live was over before the group came to it: it is passed over. */
    record Outlived() implements Why {}

    /** Each member keeps its offsets to itself. */
    record Broadcast() implements Why {}

    /** The group has never asked for a place in the topic. */
    record NeverConsumed(boolean online) implements Why {}

    /**
     * The group has not come to it yet.
     *
     * @param committed its offset in the queue; {@link Offsets#NONE} if it has none
     * @param behind how many messages lie before it
     * @param online whether a client of the group is connected
     */
    record NotReached(long committed, long behind, boolean online) implements Why {}

    /** What a member of the group asked for, and whether this message is among that. */
    record Subscribed(String clientId, String expression, boolean wants) {}

    /**
     * Who is in the group, as far as the server's doors know.
     *
     * @param online whether any client is
     * @param ordered whether they consume in order
     * @param broadcasts whether each of them gets every message
     * @param subscriptions what they want of the topic
     */
    record Audience(
            boolean online, boolean ordered, boolean broadcasts, List<Subscribed> subscriptions) {
        /** Nobody is there. */
        public static final Audience NOBODY = new Audience(false, false, false, List.of());

        public Audience {
            subscriptions = List.copyOf(subscriptions);
        }
    }

    /** A copy of the message that the group was given again, or that it gave up. */
    record Copy(Kind kind, int times, long atMs, long position, long offset) {
        /** What the copy is. */
        enum Kind {
            /** It waits for its time, which is {@code atMs}. */
            PENDING,
            /** It lies in the retry topic, stored at {@code atMs}. */
            RETRY,
            /** It lies among the dead letters, stored at {@code atMs}. */
            DEAD
        }
    }

    /**
     * All that the answer depends on.
     *
     * @param dueMs when the message itself is due, or was; 0 if it is stored
     * @param transaction what it waits for, or waited for; 0 if it is stored
     * @param offset its offset in its queue, if it is stored
     * @param outlived whether its time to live is over
     * @param readable whether the topic may be read
     * @param enabled whether the group may consume
     * @param rateUntilMs until when the group's rate holds it back, wall-clock ms; 0 if it does not
     * @param here how the group stands to its queue
     * @param copy the newest copy that the group got; null if there is none
     * @param retryStart where the group stands in its retry topic
     */
    record Facts(
            long dueMs,
            long transaction,
            long offset,
            boolean outlived,
            boolean readable,
            boolean enabled,
            long rateUntilMs,
            Standing here,
            @Nullable Copy copy,
            long retryStart,
            Audience audience) {}

    /** The answer. What happened last to the message counts; then what lies before it. */
    static Why of(Facts facts) {
        Standing here = facts.here;
        if (facts.transaction != 0) {
            return here.open() != null
                    ? new NotDecided(here.open())
                    : new NotCommitted(here.decided());
        }
        switch (here.timer()) {
            case PENDING -> {
                return new NotYetDue(facts.dueMs);
            }
            case RECALLED -> {
                return new Recalled(facts.dueMs);
            }
            case FIRED -> {
                return new Expired();
            }
            case NONE -> {}
        }
        Lease lease = here.lease();
        if (lease != null && lease.isDeferred()) {
            return new Deferred(Mark.isMessageGroup(lease.mark()));
        }
        if (lease != null) {
            boolean held = !lease.hasRunOut(here.nowMs());
            return new Leased(lease.deadlineMs(), lease.attempt(), held);
        }
        Copy copy = facts.copy;
        if (copy != null) {
            return ofCopy(facts, copy);
        }
        Audience audience = facts.audience;
        if (audience.broadcasts) {
            return new Broadcast();
        }
        Skipped skipped = here.skipped();
        if (skipped != null && skipped.covers(facts.offset)) {
            return new ResetPast(skipped);
        }
        Why unwanted = unwanted(audience.subscriptions);
        if (unwanted != null) {
            return unwanted;
        }
        long past = Math.max(here.start(), here.cursor());
        if (past > facts.offset) {
            return new Acknowledged(past, 0);
        }
        return notReached(facts);
    }

    private static Why ofCopy(Facts facts, Copy copy) {
        return switch (copy.kind) {
            case PENDING -> new WaitingForRetry(copy.times, copy.atMs);
            case DEAD -> new DeadLettered(copy.times, copy.atMs, copy.position);
            case RETRY ->
                    facts.retryStart > copy.offset
                            ? new Acknowledged(facts.retryStart, copy.times)
                            : new RetryNotReached(
                                    copy.times,
                                    copy.offset - Math.max(0, facts.retryStart),
                                    facts.audience.online);
        };
    }

    private static @Nullable Why unwanted(List<Subscribed> members) {
        long wanting = members.stream().filter(Subscribed::wants).count();
        if (members.isEmpty() || wanting == members.size()) {
            return null;
        }
        return wanting > 0
                ? new ConflictingSubscription(members)
                : new FilteredOut(members.getFirst().clientId(), members.getFirst().expression());
    }

    private static Why notReached(Facts facts) {
        Audience audience = facts.audience;
        Standing here = facts.here;
        if (facts.offset < here.first()) {
            return new Expired();
        }
        if (facts.outlived) {
            return new Outlived();
        }
        if (!facts.readable) {
            return new NotReadable();
        }
        if (!facts.enabled) {
            return new Disabled();
        }
        if (!here.joined()) {
            return new NeverConsumed(audience.online);
        }
        long from = Math.max(Math.max(here.start(), here.cursor()), here.first());
        Barrier barrier = here.barrier();
        if (barrier != null && from >= barrier.limit()) {
            return new BehindBarrier(barrier);
        }
        if (facts.rateUntilMs > 0) {
            return new HeldByRate(facts.rateUntilMs, facts.offset - from);
        }
        if (audience.ordered && from < facts.offset) {
            return new BehindOrdered(from, here.lockedBy());
        }
        return new NotReached(here.start(), facts.offset - from, audience.online);
    }
}
