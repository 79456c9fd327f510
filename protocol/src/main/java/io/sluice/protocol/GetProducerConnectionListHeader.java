package io.sluice.protocol;

/**
 * {@link RequestCode#GET_PRODUCER_CONNECTION_LIST}: which clients send in a group.
 *
 * @param producerGroup the group
 */
public record GetProducerConnectionListHeader(String producerGroup) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetProducerConnectionListHeader decode(Header header) {
        return new GetProducerConnectionListHeader(header.text("producerGroup"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("producerGroup", producerGroup);
    }
}
