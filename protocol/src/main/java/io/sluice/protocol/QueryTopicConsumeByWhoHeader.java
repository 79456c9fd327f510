package io.sluice.protocol;

/**
 * {@link RequestCode#QUERY_TOPIC_CONSUME_BY_WHO}: which groups consume a topic.
 *
 * @param topic the topic
 */
public record QueryTopicConsumeByWhoHeader(String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryTopicConsumeByWhoHeader decode(Header header) {
        return new QueryTopicConsumeByWhoHeader(header.text("topic"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic);
    }
}
