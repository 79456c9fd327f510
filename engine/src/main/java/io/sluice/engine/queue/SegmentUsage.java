package io.sluice.engine.queue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the topics hold in one sealed segment: all that retention needs to know about it.
 *
 * @param segment the segment
 * @param lastMs when the newest message until then was stored or scheduled, wall-clock ms
 * @param topics sorted by topic id
 */
public record SegmentUsage(int segment, long lastMs, List<TopicUsage> topics) {
    /**
     * @param topicId the topic's incarnation
     * @param sizeBytes the size of its messages
     * @param lastStoreMs when the newest of them was stored
     */
    public record TopicUsage(int topicId, long sizeBytes, long lastStoreMs) {}

    private static final int HEAD_SIZE_BYTES = 16;
    private static final int TOPIC_SIZE_BYTES = 20;

    int checkpointSizeBytes() {
        return HEAD_SIZE_BYTES + topics.size() * TOPIC_SIZE_BYTES;
    }

    void writeTo(ByteBuffer out) {
        out.putInt(segment).putLong(lastMs).putInt(topics.size());
        for (TopicUsage usage : topics) {
            out.putInt(usage.topicId).putLong(usage.sizeBytes).putLong(usage.lastStoreMs);
        }
    }

    static SegmentUsage readFrom(ByteBuffer in) {
        int segment = in.getInt();
        long lastMs = in.getLong();
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / TOPIC_SIZE_BYTES) {
            throw new IllegalArgumentException("usage of %d topics".formatted(count));
        }
        List<TopicUsage> topics = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            topics.add(new TopicUsage(in.getInt(), in.getLong(), in.getLong()));
        }
        return new SegmentUsage(segment, lastMs, List.copyOf(topics));
    }
}
