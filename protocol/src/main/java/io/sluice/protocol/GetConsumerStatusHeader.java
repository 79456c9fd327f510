package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#INVOKE_BROKER_TO_GET_CONSUMER_STATUS}, and what the server then asks of each
 * client, {@link RequestCode#GET_CONSUMER_STATUS_FROM_CLIENT}: how far a consumer says it is.
 *
 * @param topic the topic
 * @param group the group
 * @param clientId which member of it; null or empty for all. (RocketMQ calls the field {@code
 *     clientAddr}.)
 */
public record GetConsumerStatusHeader(String topic, String group, @Nullable String clientId) {
    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing
     */
    public static GetConsumerStatusHeader decode(Header header) {
        return new GetConsumerStatusHeader(
                header.text("topic"), header.text("group"), header.textOrNull("clientAddr"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("group", group).field("clientAddr", clientId);
    }
}
