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

    /** Whether a delayed message was taken back. */
    enum Recall {
        /** Nobody asked for it. */
        NONE,
        /** Somebody did: it may be delivered, or not. */
        ASKED,
        /** It was answered that it is: it may not be delivered. */
        DONE
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
    final int delayMs;
    final boolean keyed;
    final int ttlMs;
    final int firstIn; // which life
    final long firstMs;
    long dueMs; // at the earliest, of all requests
    long latestDueMs;
    final long[] where;
    final long[] positions;
    final Recall[] recalls;
    private long toldDueMs;
    long earliestStoreMs;
    Fate fate = Fate.UNKNOWN;

    /** Whether it is the message of a transaction. */
    boolean half;

    /** The life of the broker in which it was acknowledged; 0 if it was not. */
    int acknowledgedIn;

    /** When that was, in ns. */
    long acknowledgedNanos;

    /** How often it was sent, and how often that was refused. */
    int requests = 1;

    int refusals;

    /** How many of the repeated requests have not been answered. */
    int openRepeats;

    /** Whether it may have been sent again so late that it counts as another message. */
    boolean mayBeTwice;

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
            int delayMs,
            boolean keyed,
            int ttlMs,
            int life,
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
        this.delayMs = delayMs;
        this.keyed = keyed;
        this.ttlMs = ttlMs;
        this.firstIn = life;
        this.firstMs = nowMs;
        this.dueMs = delayMs == 0 ? 0 : nowMs + delayMs;
        this.latestDueMs = dueMs;
        this.earliestStoreMs = nowMs;
        this.where = new long[count];
        this.positions = new long[count];
        this.recalls = new Recall[count];
        Arrays.fill(where, NOWHERE);
        Arrays.fill(recalls, Recall.NONE);
    }

    /** When its sender was told that it is due. */
    public long toldDueMs() {
        return toldDueMs;
    }

    void toldDueMs(long ms) {
        toldDueMs = ms;
    }

    /**
     * It is sent again: if it was not stored before, it is due later, or the clock was set back.
     */
    void mayBeDue(long ms) {
        dueMs = Math.min(dueMs, ms);
        latestDueMs = Math.max(latestDueMs, ms);
    }

    /** When it may be stored at the earliest. */
    long earliestDueMs() {
        return fate == Fate.DONE && !mayBeTwice ? toldDueMs : dueMs;
    }

    boolean delayed() {
        return dueMs != 0;
    }

    /** For how long it may be delivered, in ms; 0 for ever. */
    public int ttlMs() {
        return ttlMs;
    }

    /** Whether its time to live is over at a time, wall-clock ms. */
    boolean isOver(long ms) {
        return ttlMs > 0 && ms - firstMs > ttlMs;
    }

    /** Where it was sent. */
    public QueueRef home() {
        return new QueueRef(topicId, queueId);
    }

    /** How many messages it has. */
    public int count() {
        return count;
    }

    /** After how long it is to be stored, in ms; 0 at once. */
    public int delayMs() {
        return delayMs;
    }

    /** The properties of its messages. */
    public byte[] properties() {
        return properties.clone();
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
