package io.sluice.protocol;

/**
 * {@link RequestCode#DELETE_TOPIC_IN_BROKER}: deletes a topic with its messages.
 *
 * @param topic the topic
 */
public record DeleteTopicHeader(String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static DeleteTopicHeader decode(Header header) {
        return new DeleteTopicHeader(header.text("topic"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic);
    }
}
