package io.sluice.engine.shard;

import io.sluice.engine.group.Joined;
import io.sluice.engine.group.Leases;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.schedule.Transactions.Decision;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a shard. Each is decided on the shard's executor, one after the other; a
 * reply is given there too, when everything that it depends on is durable.
 */
public sealed interface Command {
    /** Gives the reply that it cannot be done, if there is one to give. */
    default void refuse(Outcome.Refused<?> why) {}

    /** One that is answered. */
    sealed interface Asked<T> extends Command {
        Consumer<Outcome<T>> reply();

        @Override
        default void refuse(Outcome.Refused<?> why) {
            reply().accept(why.of());
        }
    }

    /** A place in a queue. */
    record QueueOffset(QueueRef queue, long offset) {}

    /**
     * Store messages in one queue, all or none.
     *
     * @param dueMs when they are to be stored, wall-clock ms; 0 for now
     * @param async whether to reply before they are durable
     * @param sameness 0 to store them in any case; else messages with the same fingerprint and the
     *     same number here that were sent lately are the same ones, and are stored once
     * @param lite the lite topic to store them in, whatever {@code queueId} says; null for none
     */
    record Append(
            int queueId,
            List<Message> messages,
            long dueMs,
            boolean async,
            long sameness,
            @Nullable LiteTopic lite,
            Consumer<Outcome<Appended>> reply)
            implements Asked<Appended> {}

    /**
     * A lite topic, which is created if it is not there.
     *
     * @param countMax how many its topic may have
     */
    record LiteTopic(String name, int countMax) {}

    /**
     * A group has consumed everything of a queue below {@code offset}.
     *
     * @param queues how many queues the topic has
     * @param raiseOnly whether a lower offset than the committed one is ignored
     * @param clientId who says so: what contradicts a lock or a reset changes nothing. Empty if
     *     that is not known; null for an operator, who may do anything
     */
    record CommitOffset(
            int groupId,
            QueueRef queue,
            int queues,
            long offset,
            boolean raiseOnly,
            @Nullable String clientId,
            Consumer<Outcome<Long>> reply)
            implements Asked<Long> {}

    /**
     * Where a group begins to read a queue; {@link io.sluice.engine.group.Offsets#NONE} if that is
     * the client's decision. Asking joins the group to the topic.
     *
     * @param join false to look only
     */
    record QueryOffset(
            int groupId, QueueRef queue, int queues, boolean join, Consumer<Outcome<Long>> reply)
            implements Asked<Long> {}

    /** One that may wait for something to come. */
    sealed interface Waiting extends Command {}

    /** Whoever asked does not wait any more: told at once that there is nothing, if it waits. */
    record Cancel(Waiting request) implements Command {}

    /**
     * Call {@code wake} once the queue's end is beyond {@code offset}, or at the deadline.
     *
     * @param wake its own: by it one is told from another
     */
    record Park(QueueRef queue, long offset, long deadlineNanos, Consumer<Wake> wake)
            implements Waiting {
        private static final int BARRIER = -1;
        private static final int NOWHERE = -2;

        /** Where those wait that a barrier of a topic holds. */
        public static QueueRef barrier(int topicId) {
            return new QueueRef(topicId, BARRIER);
        }

        /** Where nothing comes: who waits there waits for its deadline. */
        public static QueueRef nowhere(int topicId) {
            return new QueueRef(topicId, NOWHERE);
        }
    }

    /** Why a parked reader is woken. */
    enum Wake {
        /** There is something new. */
        ARRIVED,
        /** The deadline has come. */
        EXPIRED,
        /** The shard stops, cannot park more, or whoever asked has gone. */
        STOPPED
    }

    /** Lock queues for a client of a group; replies with those it holds. */
    record LockQueues(
            int groupId,
            String clientId,
            List<QueueRef> queues,
            Consumer<Outcome<List<QueueRef>>> reply)
            implements Asked<List<QueueRef>> {}

    /** Give locks back; replies with how many of them the client had. */
    record UnlockQueues(
            int groupId, String clientId, List<QueueRef> queues, Consumer<Outcome<Integer>> reply)
            implements Asked<Integer> {}

    /** Give all locks of a client that left a group back; replies with how many it had. */
    record UnlockClient(int groupId, String clientId, Consumer<Outcome<Integer>> reply)
            implements Asked<Integer> {}

    /** Forget a deleted topic. */
    record ForgetTopic(int topicId) implements Command {}

    /** Forget a deleted group. */
    record ForgetGroup(int groupId) implements Command {}

    /** Expire queues below offsets, and segments once nothing in them is retained. */
    record Expire(List<QueueOffset> queues, int segment) implements Command {}

    /** Timers are due and their records have been read. */
    record Fire(List<Due> due) implements Command {}

    /** A timer that is due, with its record, which is empty if that is damaged on storage. */
    record Due(long dueMs, long position, ByteBuffer record) {
        /** Whether its message cannot be delivered any more, and holds nothing back. */
        boolean isDamaged() {
            return !record.hasRemaining();
        }
    }

    /**
     * A delayed message is not to be delivered. A handle comes from a client, so the record tells
     * whether it is right.
     *
     * @param position where the timer was scheduled first; it may have been moved since
     * @param record what lies there; empty if its segment has been deleted
     */
    record Recall(
            int topicId,
            long dueMs,
            long position,
            ByteBuffer record,
            Consumer<Outcome<Long>> reply)
            implements Asked<Long> {}

    /** Timers of an expiring segment are to be scheduled anew, in the active one. */
    record MoveTimers(List<Due> timers) implements Command {}

    /**
     * The footer of a segment can be read, as those of all before it.
     *
     * @param timers how many timers it holds
     */
    record FooterReadable(int segment, long timers) implements Command {}

    /**
     * A consumer of a group wants messages: it is offered a queue to read when there is something
     * to lease, or nothing at the deadline.
     *
     * @param queues how many queues the topic has
     * @param queueId negative for any
     * @param fromEnd whether a group that is new begins at the end, or at the first message
     * @param countMax messages at most
     * @param besides how many more are offered again, since of those that come first so many cannot
     *     be handed out
     * @param ahead how many messages may be read and wait, or in the order of message groups may be
     *     read this time, if that is more than {@code countMax}
     * @param look whether it only wants to know that there is something
     * @param deadlineNanos as {@link io.sluice.engine.time.Clock#nanos}
     * @param attemptId names what is asked for: who asks for it again, in order, gets what it was
     *     given; null if it is not asked for again
     * @param liteClientId the client whose lite topics are meant, see {@link SubscribeLite}, and no
     *     other queue; null for queues by their ids
     */
    record Receive(
            int groupId,
            int topicId,
            int queues,
            int queueId,
            Ordering ordering,
            boolean fromEnd,
            int countMax,
            int besides,
            int ahead,
            boolean look,
            long deadlineNanos,
            @Nullable String attemptId,
            @Nullable String liteClientId,
            Consumer<Outcome<Offer>> reply)
            implements Asked<Offer>, Waiting {
        QueueRef queue(int number) {
            return new QueueRef(topicId, number);
        }
    }

    /**
     * A client of a group says of which lite topics of a topic it wants messages, whether they are
     * there yet or not. Replies with what others have no longer, or it has not got, since each is
     * one client's; they are to be told.
     *
     * @param countMax how many it may want
     * @param exclusive whether a lite topic is one client's in the group: that of who adds it last;
     *     who replaces all its own takes none from others
     * @param startOver whether the group begins anew in what the client takes from others, or, with
     *     {@link LiteAction#REMOVE}, no longer wants
     * @param start where the group goes on in what the client adds; null to go on where it is
     */
    record SubscribeLite(
            int groupId,
            int topicId,
            String clientId,
            LiteAction action,
            Set<String> names,
            int countMax,
            boolean exclusive,
            boolean startOver,
            @Nullable LiteStart start,
            Consumer<Outcome<List<LiteTaken>>> reply)
            implements Asked<List<LiteTaken>> {}

    /** Lite topics that had no message for long are to go. */
    record ExpireLites() implements Command {}

    /** Whoever was offered a queue does not lease anything of it. */
    record StopReading(int groupId, QueueRef queue) implements Command {}

    /** How many receivers wait for a queue; for any of the topic if the queue is negative. */
    record CountReceivers(int groupId, int topicId, int queueId, Consumer<Outcome<Integer>> reply)
            implements Asked<Integer> {}

    /**
     * Lease what was read after an {@link Offer}, if it is still what comes next.
     *
     * @param again leases that nobody holds, as offered, or of what was read and marked; or the
     *     attempt's own
     * @param repeated whether they are the attempt's own
     * @param attemptId as in {@link Receive}
     * @param cursor where reading began, as offered
     * @param nextCursor where reading ended
     * @param fresh new messages to be handed out; by message group those of them that may be
     * @param marked what was read and has a mark: what of it is not handed out is deferred. By
     *     message group it ends with all of {@code fresh}. New messages that are in neither are
     *     passed over for ever
     * @param ordering in which order the group receives
     * @param freshMax how many new messages may be handed out
     */
    record Lease(
            int groupId,
            QueueRef queue,
            List<Leases.Lease> again,
            long cursor,
            long nextCursor,
            long[] fresh,
            Marked marked,
            Ordering ordering,
            int freshMax,
            boolean repeated,
            @Nullable String attemptId,
            long invisibleMs,
            Consumer<Outcome<Grant>> reply)
            implements Asked<Grant> {}

    /**
     * Messages that were handed out together have been consumed; replies with how many of them were
     * still leased by that handing out.
     *
     * @param number that of the handing out
     */
    record Acknowledge(
            int groupId,
            QueueRef queue,
            long number,
            long[] offsets,
            Consumer<Outcome<Integer>> reply)
            implements Asked<Integer> {}

    /**
     * A lease shall last {@code invisibleMs} from now; replies with the time now, wall-clock ms.
     */
    record Extend(
            int groupId,
            QueueRef queue,
            long offset,
            long number,
            long invisibleMs,
            Consumer<Outcome<Long>> reply)
            implements Asked<Long> {}

    /**
     * The last attempt has run out, or nobody wants the message any more: store the dead letter,
     * and acknowledge the message.
     *
     * @param number that of the last handing out
     * @param deadLetter null if there is to be none
     */
    record Bury(
            int groupId,
            QueueRef queue,
            long offset,
            long number,
            @Nullable Message deadLetter,
            Consumer<Outcome<Long>> reply)
            implements Asked<Long> {}

    /**
     * Store a message that is not to be seen until its transaction is committed. Replies with the
     * transaction's id.
     *
     * @param firstCheckMs how long from now on producers are not asked; negative for the rule
     * @param delayMs how long after the commit the message is due; 0 at once
     */
    record PrepareHalf(
            int queueId,
            Message message,
            long firstCheckMs,
            long delayMs,
            Consumer<Outcome<Long>> reply)
            implements Asked<Long> {}

    /**
     * Decide a transaction. Replies with what was decided, by whom ever: the first decision stands.
     *
     * @param group the producer group that decides; null if an operator does
     */
    record EndTransaction(
            long id, @Nullable String group, boolean commit, Consumer<Outcome<Decision>> reply)
            implements Asked<Decision> {}

    /** Commit a transaction whose half message has been read. */
    record CommitHalf(EndTransaction wanted, long position, ByteBuffer record) implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            wanted.refuse(why);
        }
    }

    /** The half message of an undecided transaction is wanted. */
    record ReadHalf(long id, Consumer<Outcome<HalfMessage>> reply) implements Asked<HalfMessage> {}

    /** Which transactions are undecided, from the first after {@code afterId} on? */
    record ListTransactions(
            long afterId, int countMax, Consumer<Outcome<List<Transactions.Open>>> reply)
            implements Asked<List<Transactions.Open>> {}

    /** Ask the producers of an undecided transaction anew, as if it had just come. */
    record ResumeChecks(long id, Consumer<Outcome<Long>> reply) implements Asked<Long> {}

    /** Something is to be done about undecided transactions. */
    record CheckTransactions() implements Command {}

    /** Half messages of an expiring segment are to be stored again, in the active one. */
    record MoveHalves(List<Half> halves) implements Command {}

    /** The record of an undecided transaction, as it was read from a position. */
    record Half(long id, long position, ByteBuffer record) {}

    /**
     * An operator sends a group to other offsets of queues of one topic, all or none.
     *
     * @param queues how many queues the topic has
     */
    record ResetOffsets(
            int groupId,
            int topicId,
            int queues,
            List<QueueOffset> offsets,
            Consumer<Outcome<Integer>> reply)
            implements Asked<Integer> {}

    /** Producers begin to spread keys over more queues; replies when that is noted. */
    record DrawBarrier(int topicId, Consumer<Outcome<Integer>> reply) implements Asked<Integer> {}

    /**
     * May a client of a group read on in a queue? Asked where {@link Gates} say so.
     *
     * @param from where it wants to read on
     * @param countMax how many messages it wants at most
     * @param patience parked {@linkplain Park#barrier at the barrier} in place of a reply that it
     *     has to wait; null to be told
     */
    record AskPassage(
            int groupId,
            QueueRef queue,
            long from,
            int countMax,
            String clientId,
            @Nullable Park patience,
            Consumer<Outcome<Passage>> reply)
            implements Asked<Passage> {}

    /**
     * What a client of a group may read.
     *
     * @param limit messages below this offset
     * @param movedTo where it has to go on instead of where it wanted to; {@link #NOT_MOVED}
     */
    record Passage(long limit, long movedTo) {
        public static final long NOT_MOVED = -1;
    }

    /** What a group has joined, by topic id. */
    record QueryJoined(int groupId, Consumer<Outcome<List<Joined>>> reply)
            implements Asked<List<Joined>> {}

    /** Which groups have joined a topic, by group id. */
    record QueryMembers(int topicId, Consumer<Outcome<List<Joined>>> reply)
            implements Asked<List<Joined>> {}

    /**
     * How a group stands to a queue, and to a message in it, or on its way into it. Changes
     * nothing.
     *
     * @param offset the message's offset; {@link io.sluice.engine.group.Offsets#NONE} for none
     * @param pending the timer that it waits for, or waited for; null for none
     * @param transaction the one it belongs to; 0 for none
     */
    record Examine(
            int groupId,
            QueueRef queue,
            long offset,
            @Nullable PendingMessage pending,
            long transaction,
            Consumer<Outcome<Standing>> reply)
            implements Asked<Standing> {}

    /** The timers that come next, earliest first. */
    record NextTimers(int countMax, Consumer<Outcome<TimerList>> reply)
            implements Asked<TimerList> {}

    /** A timer: when it is due, and where its record lies. */
    record TimerRef(long dueMs, long position, int sizeBytes) {}

    /**
     * Some timers.
     *
     * @param pending how many there are in all, as far as that is known
     */
    record TimerList(List<TimerRef> next, long pending) {}
}
