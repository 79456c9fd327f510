package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#GET_MIN_OFFSET}: where a queue begins.
 *
 * @param topic the topic
 * @param queueId the queue
 * @param brokerName the shard the client means; old clients do not say
 */
public record GetMinOffsetHeader(String topic, int queueId, @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetMinOffsetHeader decode(Header header) {
        return new GetMinOffsetHeader(
                header.text("topic"), header.intField("queueId"), header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("queueId", queueId).field("bname", brokerName);
    }
}
