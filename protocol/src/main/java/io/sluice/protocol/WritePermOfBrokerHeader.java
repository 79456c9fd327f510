package io.sluice.protocol;

/**
 * {@link RequestCode#WIPE_WRITE_PERM_OF_BROKER} and {@link RequestCode#ADD_WRITE_PERM_OF_BROKER}:
 * whether routes let producers write.
 *
 * @param brokerName the shard
 */
public record WritePermOfBrokerHeader(String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static WritePermOfBrokerHeader decode(Header header) {
        return new WritePermOfBrokerHeader(header.text("brokerName"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("brokerName", brokerName);
    }
}
