package io.sluice.engine.shard;

import io.sluice.engine.schedule.Transactions.Decision;

/**
 * One fact in the log. The shard's state is nothing but the records applied in order, live and in
 * recovery by the same {@link State#apply}. Bytes: {@link RecordCodec}.
 */
@SuppressWarnings("AvoidCommonTypeNames") // the design's word, used only inside this package
sealed interface Record {
    /**
     * A message was stored under the next offset of its queue.
     *
     * @param position where the stored message lies
     * @param sizeBytes its size
     */
    record MessageStored(
            int topicId,
            int queueId,
            int tagHash,
            long[] keyHashes,
            long storeMs,
            long position,
            int sizeBytes)
            implements Record {}

    /**
     * A message is to be stored when it is due.
     *
     * @param storeMs when it was scheduled
     * @param position where this record lies: a timer is known by it
     * @param sizeBytes the size of this record
     * @param replaces the timer that this one takes the place of; 0 if none
     * @param keyHashes those of the message
     */
    record TimerScheduled(
            long dueMs,
            long storeMs,
            long position,
            int sizeBytes,
            long replaces,
            long replacesDueMs,
            long[] keyHashes)
            implements Record {}

    /** All timers up to this one, by due time and position, have fired. */
    record TimersFired(long dueMs, long position) implements Record {}

    /**
     * The message that was scheduled at {@code position} and is due then is not to be delivered,
     * wherever its timer is by now.
     */
    record TimerCancelled(long dueMs, long position) implements Record {}

    /** A group began to consume a topic which had that many queues. */
    record GroupJoined(int groupId, int topicId, int queues) implements Record {}

    /** A group has consumed everything of a queue below {@code offset}. */
    record OffsetCommitted(int groupId, int topicId, int queueId, long offset) implements Record {}

    /** Everything of a queue below {@code offset} has expired. */
    record QueueExpired(int topicId, int queueId, long offset) implements Record {}

    /** Nothing in segments below {@code segment} is needed any more. */
    record SegmentsExpired(int segment) implements Record {}

    /** A topic's incarnation is gone. */
    record TopicForgotten(int topicId) implements Record {}

    /** A group's incarnation is gone. */
    record GroupForgotten(int groupId) implements Record {}

    /**
     * Messages were handed to one consumer of a group.
     *
     * @param number that of this handing out
     * @param deadlineMs until when it has them for itself, wall-clock ms
     * @param cursor the next offset that was never handed out
     * @param offsets the messages; others between the cursor before and this one are not wanted
     */
    record Leased(
            int groupId,
            int topicId,
            int queueId,
            long number,
            long deadlineMs,
            long cursor,
            long[] offsets)
            implements Record {}

    /**
     * Messages were read and wait to be handed out, or are so in the same batch.
     *
     * @param cursor the next offset that was never read
     * @param offsets the messages; others between the cursor before and this one are not wanted
     * @param marks what decides when each is handed out, see {@link io.sluice.engine.message.Mark}
     */
    record Deferred(
            int groupId, int topicId, int queueId, long cursor, long[] offsets, long[] marks)
            implements Record {}

    /** Leased messages were consumed, or are dead letters. */
    record Acknowledged(int groupId, int topicId, int queueId, long[] offsets) implements Record {}

    /** A lease has another deadline. */
    record LeaseExtended(int groupId, int topicId, int queueId, long offset, long deadlineMs)
            implements Record {}

    /** All leases of a group in a queue are void, and its committed offset is its place again. */
    record LeasesForgotten(int groupId, int topicId, int queueId) implements Record {}

    /**
     * A message is to be stored if its producer commits.
     *
     * @param id the transaction: where this record lies, or lay before it was moved
     * @param position where this record lies
     * @param sizeBytes the size of this record
     * @param group the producer group
     * @param storeMs when this record was written
     * @param delayMs how long after the commit the message is due; 0 at once
     * @param nextMs when the producers are asked for the first time
     * @param keyHashes those of the message
     */
    record HalfStored(
            long id,
            long position,
            int sizeBytes,
            int topicId,
            int queueId,
            String group,
            long storeMs,
            long delayMs,
            long nextMs,
            long[] keyHashes)
            implements Record {
        boolean isMoved() {
            return id != position;
        }
    }

    /** Producers are asked about a transaction for the {@code checks}th time, or no more. */
    record TransactionChecked(long id, long nextMs, int checks, boolean givenUp)
            implements Record {}

    /** A transaction was decided, for ever. */
    record TransactionDecided(long id, Decision decision, long atMs) implements Record {}

    /** A client of a group has got the order lock of a queue. */
    record QueueLocked(int groupId, int topicId, int queueId, String clientId) implements Record {}

    /** The order lock of a queue was given back. */
    record QueueUnlocked(int groupId, int topicId, int queueId) implements Record {}

    /**
     * An operator has sent a group to {@code offset} of a queue.
     *
     * @param atMs when, wall-clock ms
     */
    record OffsetReset(int groupId, int topicId, int queueId, long offset, long atMs)
            implements Record {}

    /**
     * Producers begin to spread keys over more queues of a topic: what lies in its queues now comes
     * before what comes later.
     */
    record BarrierDrawn(int topicId) implements Record {}

    /** A queue is a lite topic from now on, and gets its first message in the same batch. */
    record LiteCreated(int topicId, int queueId, String name) implements Record {}

    /** A lite topic is gone, and what it held; its queue may become another one. */
    record LiteExpired(int topicId, int queueId) implements Record {}
}
