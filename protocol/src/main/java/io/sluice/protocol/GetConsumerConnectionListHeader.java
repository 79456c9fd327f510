package io.sluice.protocol;

/**
 * {@link RequestCode#GET_CONSUMER_CONNECTION_LIST}: which clients consume in a group.
 *
 * @param consumerGroup the group
 */
public record GetConsumerConnectionListHeader(String consumerGroup) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetConsumerConnectionListHeader decode(Header header) {
        return new GetConsumerConnectionListHeader(header.text("consumerGroup"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup);
    }
}
