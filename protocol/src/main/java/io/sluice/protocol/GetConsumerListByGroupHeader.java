package io.sluice.protocol;

/**
 * {@link RequestCode#GET_CONSUMER_LIST_BY_GROUP}: which clients are in a group.
 *
 * @param consumerGroup the group
 */
public record GetConsumerListByGroupHeader(String consumerGroup) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetConsumerListByGroupHeader decode(Header header) {
        return new GetConsumerListByGroupHeader(header.text("consumerGroup"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup);
    }
}
