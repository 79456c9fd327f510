package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#GET_EARLIEST_MSG_STORETIME}: when a queue's first message was stored.
 *
 * @param topic the topic
 * @param queueId the queue
 * @param brokerName the shard the client means; old clients do not say
 */
public record GetEarliestMsgStoretimeHeader(
        String topic, int queueId, @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetEarliestMsgStoretimeHeader decode(Header header) {
        return new GetEarliestMsgStoretimeHeader(
                header.text("topic"), header.intField("queueId"), header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("queueId", queueId).field("bname", brokerName);
    }
}
