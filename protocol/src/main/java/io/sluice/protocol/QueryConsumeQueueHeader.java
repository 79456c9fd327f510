package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#QUERY_CONSUME_QUEUE}: what the index of a queue says.
 *
 * @param topic the topic
 * @param queueId which of its queues
 * @param index the first offset
 * @param count how many
 * @param consumerGroup the group by whose filter to judge each; none if absent
 */
public record QueryConsumeQueueHeader(
        String topic, int queueId, long index, int count, @Nullable String consumerGroup) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryConsumeQueueHeader decode(Header header) {
        return new QueryConsumeQueueHeader(
                header.text("topic"),
                header.intField("queueId"),
                header.longField("index"),
                header.intField("count"),
                header.textOrNull("consumerGroup"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("queueId", queueId)
                .field("index", index)
                .field("count", count)
                .field("consumerGroup", consumerGroup);
    }
}
