package io.sluice.engine.shard;

import io.sluice.engine.group.Joined;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.QueueRef;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * What can be asked of a shard. Each is decided on the shard's executor, one after the other; a
 * reply is given there too, when everything that it depends on is durable.
 */
public sealed interface Command {
    /** Gives the reply that it cannot be done, if there is one to give. */
    default void refuse(Outcome.Refused<?> why) {}

    /** A place in a queue. */
    record QueueOffset(QueueRef queue, long offset) {}

    /**
     * Store messages in one queue, all or none.
     *
     * @param dueMs when they are to be stored, wall-clock ms; 0 for now
     * @param async whether to reply before they are durable
     */
    record Append(
            int queueId,
            List<Message> messages,
            long dueMs,
            boolean async,
            Consumer<Outcome<Appended>> reply)
            implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            reply.accept(why.of());
        }
    }

    /**
     * A group has consumed everything of a queue below {@code offset}.
     *
     * @param queues how many queues the topic has
     * @param raiseOnly whether a lower offset than the committed one is ignored
     */
    record CommitOffset(
            int groupId,
            QueueRef queue,
            int queues,
            long offset,
            boolean raiseOnly,
            Consumer<Outcome<Long>> reply)
            implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            reply.accept(why.of());
        }
    }

    /**
     * Where a group begins to read a queue; {@link io.sluice.engine.group.Offsets#NONE} if that is
     * the client's decision. Asking joins the group to the topic.
     *
     * @param join false to look only
     */
    record QueryOffset(
            int groupId, QueueRef queue, int queues, boolean join, Consumer<Outcome<Long>> reply)
            implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            reply.accept(why.of());
        }
    }

    /** Call {@code wake} once the queue's end is beyond {@code offset}, or at the deadline. */
    record Park(QueueRef queue, long offset, long deadlineNanos, Consumer<Wake> wake)
            implements Command {}

    /** Why a parked reader is woken. */
    enum Wake {
        /** There is something new. */
        ARRIVED,
        /** The deadline has come. */
        EXPIRED,
        /** The shard stops, or cannot park more. */
        STOPPED
    }

    /** Lock queues for a client of a group; replies with those it holds. */
    record LockQueues(
            int groupId,
            String clientId,
            List<QueueRef> queues,
            Consumer<Outcome<List<QueueRef>>> reply)
            implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            reply.accept(why.of());
        }
    }

    /** Give locks back. */
    record UnlockQueues(int groupId, String clientId, List<QueueRef> queues) implements Command {}

    /** Give all locks of a client that left a group back. */
    record UnlockClient(int groupId, String clientId) implements Command {}

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

    /** Timers of an expiring segment are to be scheduled anew, in the active one. */
    record MoveTimers(List<Due> timers) implements Command {}

    /**
     * The footer of a segment can be read, as those of all before it.
     *
     * @param timers how many timers it holds
     */
    record FooterReadable(int segment, long timers) implements Command {}

    /** What a group has joined, by topic id. */
    record QueryJoined(int groupId, Consumer<Outcome<List<Joined>>> reply) implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            reply.accept(why.of());
        }
    }

    /** Which groups have joined a topic, by group id. */
    record QueryMembers(int topicId, Consumer<Outcome<List<Joined>>> reply) implements Command {
        @Override
        public void refuse(Outcome.Refused<?> why) {
            reply.accept(why.of());
        }
    }
}
