package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#RECALL_MESSAGE}: a delayed message is not to be delivered. Answered with the
 * field {@code msgId}, the UNIQ_KEY of that message.
 *
 * @param producerGroup who asks; may be missing
 * @param topic the topic that the message was sent to
 * @param recallHandle what the answer to the send said
 */
public record RecallMessageHeader(
        @Nullable String producerGroup, String topic, String recallHandle) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing
     */
    public static RecallMessageHeader decode(Header header) {
        return new RecallMessageHeader(
                header.textOrNull("producerGroup"),
                header.text("topic"),
                header.text("recallHandle"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("producerGroup", producerGroup)
                .field("topic", topic)
                .field("recallHandle", recallHandle);
    }
}
