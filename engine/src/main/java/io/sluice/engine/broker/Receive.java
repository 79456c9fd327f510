package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A request to be handed messages of one queue for a time, in which nobody else of the group gets
 * them. What is not acknowledged by then comes again, with one more attempt counted in its {@code
 * reconsumeTimes}; after the group's last attempt it is a dead letter.
 *
 * @param queueId negative for any queue of the topic
 * @param countMax messages at most, 1 to {@link #COUNT_MAX}
 * @param sizeBytesMax bytes at most; one message is returned whatever its size
 * @param filter which new messages are wanted; the others are passed over for the whole group
 * @param invisibleMs for how long, 1 to {@link #INVISIBLE_MS_MAX}
 * @param ordering in which order; the receivers of a group should agree
 * @param fromEnd whether a group that is new begins at the end of a queue, or at its first message
 * @param suspendMs how long to wait if there is nothing, in ms; 0 to be answered at once
 * @param buffers gives a buffer of the size asked for, into which the messages are copied; what it
 *     gave before is not needed any more
 * @param asker who waits
 * @param attemptId names what is asked for: if the answer was lost, and the same is asked for again
 *     in order, it is given at once; null if it is not asked for again
 * @param liteClientId the client whose lite topics are meant, and no queue by its id; null for none
 * @param reply called once, on any thread
 */
public record Receive(
        Group group,
        Topic topic,
        int queueId,
        int countMax,
        int sizeBytesMax,
        MessageFilter filter,
        long invisibleMs,
        Ordering ordering,
        boolean fromEnd,
        long suspendMs,
        IntFunction<ByteBuffer> buffers,
        Asker asker,
        @Nullable String attemptId,
        @Nullable String liteClientId,
        Consumer<Outcome<Received>> reply) {
    /** A request by the ids of queues. */
    public Receive(
            Group group,
            Topic topic,
            int queueId,
            int countMax,
            int sizeBytesMax,
            MessageFilter filter,
            long invisibleMs,
            Ordering ordering,
            boolean fromEnd,
            long suspendMs,
            IntFunction<ByteBuffer> buffers,
            Asker asker,
            @Nullable String attemptId,
            Consumer<Outcome<Received>> reply) {
        this(
                group,
                topic,
                queueId,
                countMax,
                sizeBytesMax,
                filter,
                invisibleMs,
                ordering,
                fromEnd,
                suspendMs,
                buffers,
                asker,
                attemptId,
                null,
                reply);
    }

    /** The same, of the lite topics that a client wants, in the order of each. */
    public Receive ofLites(String clientId) {
        return new Receive(
                group,
                topic,
                -1,
                countMax,
                sizeBytesMax,
                filter,
                invisibleMs,
                Ordering.QUEUE,
                false,
                suspendMs,
                buffers,
                asker,
                attemptId,
                clientId,
                reply);
    }

    /** Messages in one answer at most: their leases are one record. */
    public static final int COUNT_MAX = 256;

    /** Why it cannot be answered; null if it can. */
    Outcome.@Nullable Refused<Received> fault() {
        if (topic.lite() != (liteClientId != null)) {
            return Outcome.refused(
                    Refusal.INVALID,
                    "topic %s has messages of the type %s: lite consumers receive those of lite topics, and no others"
                            .formatted(topic.name(), topic.messageType()));
        }
        return countMax < 1 || countMax > COUNT_MAX
                ? Outcome.refused(
                        Refusal.INVALID,
                        "1 to %d messages can be had at once, not %d"
                                .formatted(COUNT_MAX, countMax))
                : Receiver.fault(topic, queueId, invisibleMs);
    }

    /** The longest time that messages may be held without asking again, in ms. */
    public static final long INVISIBLE_MS_MAX = 12 * 3_600_000L;

    /**
     * What was handed out.
     *
     * @param queueId the queue; negative if there was nothing
     * @param number that of this handing out: with a message's offset it is the receipt
     * @param atMs when, wall-clock ms: the time runs from then on
     * @param messages the messages, stored layout, one after the other; empty if there are none
     * @param offsets their offsets, in the same order
     * @param left how many messages of the queue have not been handed out yet
     */
    public record Received(
            int queueId, long number, long atMs, ByteBuffer messages, long[] offsets, long left) {
        /** Says what it holds, not where that lies in memory: the same in every run. */
        @Override
        public String toString() {
            return "Received[queueId=%d, number=%d, atMs=%d, offsets=%s, left=%d]"
                    .formatted(queueId, number, atMs, Arrays.toString(offsets), left);
        }
    }
}
