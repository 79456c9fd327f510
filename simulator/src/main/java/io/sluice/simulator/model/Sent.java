package io.sluice.simulator.model;

import io.sluice.engine.queue.QueueRef;
import java.util.Arrays;

/** One request to store messages in a queue, and what is known of it. */
public final class Sent {
    /** What was answered. */
    enum Fate {
        /** Nothing yet, or the process ended before it answered: it may be there. */
        UNKNOWN,
        /** It is stored. */
        DONE,
        /** It was refused, and nothing of it may be there. */
        REFUSED
    }

    static final long NOWHERE = -1;

    final int id;
    final String topic;
    final int topicId;
    final int queueId;
    final int count;
    final int sizeBytes;
    final byte[] properties;
    final int tag;
    final int key;
    final long dueMs;
    final long[] where;
    final long[] positions;
    long earliestStoreMs;
    Fate fate = Fate.UNKNOWN;

    /** Whether it is the message of a transaction. */
    boolean half;

    /** The life of the broker in which it was acknowledged; 0 if it was not. */
    int acknowledgedIn;

    /** When that was, in ns. */
    long acknowledgedNanos;

    /** Whether it was answered before it was durable, so that a crash may take it back. */
    boolean early;

    Sent(
            int id,
            String topic,
            int topicId,
            int queueId,
            int count,
            int sizeBytes,
            byte[] properties,
            int tag,
            int key,
            long dueMs,
            long nowMs) {
        this.id = id;
        this.topic = topic;
        this.topicId = topicId;
        this.queueId = queueId;
        this.count = count;
        this.sizeBytes = sizeBytes;
        this.properties = properties;
        this.tag = tag;
        this.key = key;
        this.dueMs = dueMs;
        this.earliestStoreMs = nowMs;
        this.where = new long[count];
        this.positions = new long[count];
        Arrays.fill(where, NOWHERE);
    }

    boolean delayed() {
        return dueMs != 0;
    }

    /** Where it was sent. */
    public QueueRef home() {
        return new QueueRef(topicId, queueId);
    }

    /** How many messages it has. */
    public int count() {
        return count;
    }

    /** The tag of its messages, 0 if they have none. */
    public int tag() {
        return tag;
    }

    /** The key of its messages, 0 if they have none. */
    public int key() {
        return key;
    }

    /** The position that its sender was told for message {@code index}. */
    public long position(int index) {
        return positions[index];
    }

    @Override
    public String toString() {
        return "send %d of %d to queue %d of topic %d, %s%s"
                .formatted(id, count, queueId, topicId, fate, delayed() ? ", due " + dueMs : "");
    }
}
