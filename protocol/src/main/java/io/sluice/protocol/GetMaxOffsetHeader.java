package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#GET_MAX_OFFSET}: where a queue ends.
 *
 * @param topic the topic
 * @param queueId the queue
 * @param committed whether only what consumers may see counts
 * @param brokerName the shard the client means; old clients do not say
 */
public record GetMaxOffsetHeader(
        String topic, int queueId, boolean committed, @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetMaxOffsetHeader decode(Header header) {
        return new GetMaxOffsetHeader(
                header.text("topic"),
                header.intField("queueId"),
                header.booleanField("committed", true),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("queueId", queueId)
                .field("committed", committed)
                .field("bname", brokerName);
    }
}
