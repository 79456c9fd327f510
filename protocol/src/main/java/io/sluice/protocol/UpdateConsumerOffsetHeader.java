package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#UPDATE_CONSUMER_OFFSET}: a group commits where it is in a queue.
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue
 * @param commitOffset the offset of the next message to consume
 * @param brokerName the shard the client means; old clients do not say
 */
public record UpdateConsumerOffsetHeader(
        String consumerGroup,
        String topic,
        int queueId,
        long commitOffset,
        @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static UpdateConsumerOffsetHeader decode(Header header) {
        return new UpdateConsumerOffsetHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.longField("commitOffset"),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup)
                .field("topic", topic)
                .field("queueId", queueId)
                .field("commitOffset", commitOffset)
                .field("bname", brokerName);
    }
}
