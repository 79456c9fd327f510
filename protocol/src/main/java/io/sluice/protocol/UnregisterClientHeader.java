package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#UNREGISTER_CLIENT}: a client leaves its groups.
 *
 * @param clientId the client
 * @param producerGroup the producer group it leaves, if any
 * @param consumerGroup the consumer group it leaves, if any
 */
public record UnregisterClientHeader(
        String clientId, @Nullable String producerGroup, @Nullable String consumerGroup) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static UnregisterClientHeader decode(Header header) {
        return new UnregisterClientHeader(
                header.text("clientID"),
                header.textOrNull("producerGroup"),
                header.textOrNull("consumerGroup"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("clientID", clientId)
                .field("producerGroup", producerGroup)
                .field("consumerGroup", consumerGroup);
    }
}
