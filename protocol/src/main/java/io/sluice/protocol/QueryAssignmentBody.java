package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.HeartbeatData.MessageModel;

/**
 * The body of {@link RequestCode#QUERY_ASSIGNMENT}: a client that leaves it to the server asks
 * which queues are its own.
 *
 * @param topic the topic
 * @param consumerGroup the group
 * @param clientId the client
 * @param strategyName how to share the queues out
 * @param messageModel whether to share them at all
 */
public record QueryAssignmentBody(
        String topic,
        String consumerGroup,
        String clientId,
        String strategyName,
        MessageModel messageModel) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static QueryAssignmentBody decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new QueryAssignmentBody(
                json.text("topic"),
                json.text("consumerGroup"),
                json.text("clientId"),
                json.text("strategyName", "AVG"),
                json.constant("messageModel", MessageModel.class, MessageModel.CLUSTERING));
    }
}
