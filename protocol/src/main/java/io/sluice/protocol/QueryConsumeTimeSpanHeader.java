package io.sluice.protocol;

/**
 * {@link RequestCode#QUERY_CONSUME_TIME_SPAN}: how far behind a group is, in time.
 *
 * @param topic the topic
 * @param group the group
 */
public record QueryConsumeTimeSpanHeader(String topic, String group) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryConsumeTimeSpanHeader decode(Header header) {
        return new QueryConsumeTimeSpanHeader(header.text("topic"), header.text("group"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("group", group);
    }
}
