package io.sluice.protocol;

/**
 * {@link RequestCode#GET_CONSUMER_RUNNING_INFO}: how a client is doing, in its own words.
 *
 * @param consumerGroup the group
 * @param clientId which member of it
 * @param jstackEnable whether to tell what its threads do
 */
public record GetConsumerRunningInfoHeader(
        String consumerGroup, String clientId, boolean jstackEnable) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static GetConsumerRunningInfoHeader decode(Header header) {
        return new GetConsumerRunningInfoHeader(
                header.text("consumerGroup"),
                header.text("clientId"),
                header.booleanField("jstackEnable", false));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup)
                .field("clientId", clientId)
                .field("jstackEnable", jstackEnable);
    }
}
