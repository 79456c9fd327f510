package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#CONSUME_MESSAGE_DIRECTLY}: a client consumes one message, whatever its
 * offsets.
 *
 * @param consumerGroup the group
 * @param clientId which member of it
 * @param msgId the offset id of the message; see {@link MessageId}
 * @param topic where it lies, as the asking side has it
 * @param brokerName the shard that it lies on
 */
public record ConsumeMessageDirectlyHeader(
        String consumerGroup,
        String clientId,
        String msgId,
        @Nullable String topic,
        @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ConsumeMessageDirectlyHeader decode(Header header) {
        return new ConsumeMessageDirectlyHeader(
                header.text("consumerGroup"),
                header.text("clientId"),
                header.text("msgId"),
                header.textOrNull("topic"),
                header.textOrNull("brokerName"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup)
                .field("clientId", clientId)
                .field("msgId", msgId)
                .field("topic", topic)
                .field("brokerName", brokerName);
    }
}
