package io.sluice.engine.queue;

import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.TopicSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lite topics: queues of a topic that have names. One is there from its first message on, and
 * goes when none has come for a time; then its queue id is free for another, whose offsets go on
 * where it ended, so that no place in the log and no receipt ever means two messages. About 350
 * bytes for each, its queue included. Owned by the shard; changed only by applying records.
 */
public final class LiteTopics {
    private static final class Lite {
        final String name;
        final int queueId;
        long lastMs;

        Lite(String name, int queueId, long lastMs) {
            this.name = name;
            this.queueId = queueId;
            this.lastMs = lastMs;
        }
    }

    private static final class OfTopic {
        final Map<String, Lite> byName = new HashMap<>();

        /** By queue id, in the order of their last messages: that in which they expire. */
        final LinkedHashMap<Integer, Lite> byUse = new LinkedHashMap<>();

        final BitSet taken = new BitSet();

        void add(Lite lite) {
            if (taken.get(lite.queueId) || byName.putIfAbsent(lite.name, lite) != null) {
                throw new IllegalArgumentException(
                        "a second lite topic %s, or of queue %d"
                                .formatted(lite.name, lite.queueId));
            }
            byUse.put(lite.queueId, lite);
            taken.set(lite.queueId);
        }
    }

    private static final int HEAD_SIZE_BYTES = 8;
    private static final int EACH_SIZE_BYTES = 14;

    /** By topic id, so that a checkpoint is deterministic. */
    private final TreeMap<Integer, OfTopic> topics = new TreeMap<>();

    private @Nullable Lite of(int topicId, int queueId) {
        OfTopic topic = topics.isEmpty() ? null : topics.get(topicId);
        return topic == null ? null : topic.byUse.get(queueId);
    }

    // Looking.

    /** The queue of a lite topic; -1 if there is none of that name. */
    public int queueId(int topicId, String name) {
        OfTopic topic = topics.get(topicId);
        Lite lite = topic == null ? null : topic.byName.get(name);
        return lite == null ? -1 : lite.queueId;
    }

    /** The name of the lite topic that a queue is; null if it is none. */
    public @Nullable String name(int topicId, int queueId) {
        Lite lite = of(topicId, queueId);
        return lite == null ? null : lite.name;
    }

    /** How many lite topics a topic has. */
    public int count(int topicId) {
        OfTopic topic = topics.get(topicId);
        return topic == null ? 0 : topic.byUse.size();
    }

    /** The queue id that the next lite topic of a topic gets. */
    public int nextQueueId(int topicId) {
        OfTopic topic = topics.get(topicId);
        return topic == null ? 0 : topic.taken.nextClearBit(0);
    }

    /** The topics that have lite topics, sorted. */
    public List<Integer> topicIds() {
        return List.copyOf(topics.keySet());
    }

    /**
     * The lite topics of a topic whose last message was stored before {@code ms}, oldest first.
     *
     * @param countMax so many at most
     */
    public List<QueueRef> idleSince(int topicId, long ms, int countMax) {
        List<QueueRef> idle = new ArrayList<>();
        OfTopic topic = topics.get(topicId);
        if (topic != null) {
            for (Lite lite : topic.byUse.values()) {
                if (lite.lastMs >= ms || idle.size() == countMax) {
                    break;
                }
                idle.add(new QueueRef(topicId, lite.queueId));
            }
        }
        return idle;
    }

    // Applying.

    /** A lite topic was created, together with its first message. */
    public void created(int topicId, int queueId, String name, long atMs) {
        topics.computeIfAbsent(topicId, id -> new OfTopic()).add(new Lite(name, queueId, atMs));
    }

    /** A queue got a message. */
    public void used(int topicId, int queueId, long storeMs) {
        OfTopic topic = topics.isEmpty() ? null : topics.get(topicId);
        Lite lite = topic == null ? null : topic.byUse.remove(queueId);
        if (topic != null && lite != null) {
            lite.lastMs = storeMs;
            topic.byUse.put(queueId, lite);
        }
    }

    /** A lite topic has expired. */
    public void expired(int topicId, int queueId) {
        OfTopic topic = topics.get(topicId);
        Lite lite = topic == null ? null : topic.byUse.remove(queueId);
        if (topic == null || lite == null) {
            throw new IllegalArgumentException("no lite topic of queue " + queueId);
        }
        topic.byName.remove(lite.name);
        topic.taken.clear(queueId);
        if (topic.byUse.isEmpty()) {
            topics.remove(topicId);
        }
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        topics.remove(topicId);
    }

    // Checkpoint: of each topic its id and lite topics: queue id 4, last use 8, name: size 2,
    // UTF-8.

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = Integer.BYTES;
        for (OfTopic topic : topics.values()) {
            size += HEAD_SIZE_BYTES;
            for (Lite lite : topic.byUse.values()) {
                size += EACH_SIZE_BYTES + lite.name.length(); // names are ASCII
            }
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(topics.size());
        for (Map.Entry<Integer, OfTopic> topic : topics.entrySet()) {
            out.putInt(topic.getKey()).putInt(topic.getValue().byUse.size());
            for (Lite lite : topic.getValue().byUse.values()) {
                out.putInt(lite.queueId).putLong(lite.lastMs);
                out.putShort((short) lite.name.length());
                out.put(lite.name.getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    /**
     * Restores what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     * @throws java.nio.BufferUnderflowException if it is cut short
     */
    public void readFrom(ByteBuffer in) {
        for (int left = in.getInt(); left > 0; left--) {
            int topicId = in.getInt();
            int count = in.getInt();
            if (count < 1) {
                throw new IllegalArgumentException(count + " lite topics");
            }
            for (; count > 0; count--) {
                int queueId = in.getInt();
                long lastMs = in.getLong();
                int length = in.getShort();
                if (length < 1 || length > Names.LITE_LENGTH_MAX) {
                    throw new IllegalArgumentException("a name of " + length + " letters");
                }
                byte[] name = new byte[length];
                in.get(name);
                String text = new String(name, StandardCharsets.US_ASCII);
                if (!mayBe(queueId, text)) {
                    throw new IllegalArgumentException("a lite topic of queue " + queueId);
                }
                created(topicId, queueId, text, lastMs);
            }
        }
    }

    /** Whether a lite topic may have that queue and that name. */
    public static boolean mayBe(int queueId, String name) {
        return queueId >= 0
                && queueId < TopicSettings.QUEUE_IDS_MAX
                && Names.liteFault(name) == null;
    }
}
