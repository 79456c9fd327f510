package io.sluice.protocol;

/**
 * {@link RequestCode#QUERY_TOPICS_BY_CONSUMER}: which topics a group consumes.
 *
 * @param group the group
 */
public record QueryTopicsByConsumerHeader(String group) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryTopicsByConsumerHeader decode(Header header) {
        return new QueryTopicsByConsumerHeader(header.text("group"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group);
    }
}
