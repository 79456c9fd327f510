package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#QUERY_CONSUMER_OFFSET}: where a group is in a queue.
 *
 * @param consumerGroup the group
 * @param topic the topic
 * @param queueId the queue
 * @param setZeroIfNotFound whether a group that is new to a queue whose first messages are still
 *     there starts at 0; false asks for {@link ResponseCode#QUERY_NOT_FOUND} instead
 * @param brokerName the shard the client means; old clients do not say
 */
public record QueryConsumerOffsetHeader(
        String consumerGroup,
        String topic,
        int queueId,
        boolean setZeroIfNotFound,
        @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryConsumerOffsetHeader decode(Header header) {
        return new QueryConsumerOffsetHeader(
                header.text("consumerGroup"),
                header.text("topic"),
                header.intField("queueId"),
                header.booleanField("setZeroIfNotFound", true),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup)
                .field("topic", topic)
                .field("queueId", queueId)
                .field("setZeroIfNotFound", setZeroIfNotFound)
                .field("bname", brokerName);
    }
}
