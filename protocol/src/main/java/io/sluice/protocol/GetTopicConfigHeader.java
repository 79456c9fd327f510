package io.sluice.protocol;

/**
 * {@link RequestCode#GET_TOPIC_CONFIG}: how a topic is.
 *
 * @param topic its name
 */
public record GetTopicConfigHeader(String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetTopicConfigHeader decode(Header header) {
        return new GetTopicConfigHeader(header.text("topic"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic);
    }
}
