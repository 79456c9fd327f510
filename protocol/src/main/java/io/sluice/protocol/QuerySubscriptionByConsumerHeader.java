package io.sluice.protocol;

/**
 * {@link RequestCode#QUERY_SUBSCRIPTION_BY_CONSUMER}: what a group wants of a topic.
 *
 * @param group the group
 * @param topic the topic
 */
public record QuerySubscriptionByConsumerHeader(String group, String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QuerySubscriptionByConsumerHeader decode(Header header) {
        return new QuerySubscriptionByConsumerHeader(header.text("group"), header.text("topic"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group).field("topic", topic);
    }
}
