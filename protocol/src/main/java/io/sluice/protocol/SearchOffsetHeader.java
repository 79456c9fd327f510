package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#SEARCH_OFFSET_BY_TIMESTAMP}: the offset of a time.
 *
 * @param topic the topic
 * @param queueId the queue
 * @param timestampMs the store time to look for, in ms since 1970
 * @param upper of several messages of that time the last, not the first; since 5.0
 * @param brokerName the shard the client means; old clients do not say
 */
public record SearchOffsetHeader(
        String topic, int queueId, long timestampMs, boolean upper, @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static SearchOffsetHeader decode(Header header) {
        return new SearchOffsetHeader(
                header.text("topic"),
                header.intField("queueId"),
                header.longField("timestamp"),
                "UPPER".equalsIgnoreCase(header.textOrNull("boundaryType")),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("queueId", queueId)
                .field("timestamp", timestampMs)
                .field("boundaryType", upper ? "UPPER" : "LOWER")
                .field("bname", brokerName);
    }
}
