package io.sluice.protocol;

/**
 * {@link RequestCode#INVOKE_BROKER_TO_RESET_OFFSET}: an operator sends a group to other offsets of
 * a topic. Answered with a {@link ResetOffsetBody}.
 *
 * @param group the group
 * @param topic the topic
 * @param queueId only this queue; {@link #ALL} for all, which is what old clients mean
 * @param offset where to go in that queue; {@link #NONE} to go by time
 * @param timestampMs to the first message stored then or later, in ms since 1970; negative for the
 *     end
 * @param force whether also to go forwards; without it only queues in which that is back are reset
 */
public record ResetOffsetHeader(
        String group, String topic, int queueId, long offset, long timestampMs, boolean force) {
    public static final int ALL = -1;
    public static final long NONE = -1;

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ResetOffsetHeader decode(Header header) {
        return new ResetOffsetHeader(
                header.text("group"),
                header.text("topic"),
                header.intField("queueId", ALL),
                header.longField("offset", NONE),
                header.longField("timestamp"),
                header.booleanField("isForce", true));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group)
                .field("topic", topic)
                .field("queueId", queueId)
                .field("offset", offset)
                .field("timestamp", timestampMs)
                .field("isForce", force);
    }
}
