package io.sluice.protocol;

/**
 * {@link RequestCode#NOTIFY_CONSUMER_IDS_CHANGED}: to a client: a group's members have changed.
 *
 * @param consumerGroup the group
 */
public record NotifyConsumerIdsChangedHeader(String consumerGroup) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static NotifyConsumerIdsChangedHeader decode(Header header) {
        return new NotifyConsumerIdsChangedHeader(header.text("consumerGroup"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("consumerGroup", consumerGroup);
    }
}
