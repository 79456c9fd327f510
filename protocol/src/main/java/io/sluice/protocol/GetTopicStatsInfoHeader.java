package io.sluice.protocol;

/**
 * {@link RequestCode#GET_TOPIC_STATS_INFO}: where a topic's queues begin and end.
 *
 * @param topic the topic
 */
public record GetTopicStatsInfoHeader(String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetTopicStatsInfoHeader decode(Header header) {
        return new GetTopicStatsInfoHeader(header.text("topic"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic);
    }
}
