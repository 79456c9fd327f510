package io.sluice.engine.shard;

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
     */
    record TimerScheduled(
            long dueMs,
            long storeMs,
            long position,
            int sizeBytes,
            long replaces,
            long replacesDueMs)
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
}
