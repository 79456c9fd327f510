package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The body of {@link RequestCode#UNLOCK_BATCH_MQ}: an orderly consumer gives queues back.
 *
 * @param consumerGroup the group
 * @param clientId the client
 * @param queues the queues
 */
public record UnlockBatchRequestBody(
        String consumerGroup, String clientId, List<MessageQueue> queues) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static UnlockBatchRequestBody decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new UnlockBatchRequestBody(
                json.text("consumerGroup"),
                json.text("clientId"),
                json.objects("mqSet", MessageQueue::decode));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().member("clientId", clientId).member("consumerGroup", consumerGroup);
        MessageQueue.encode(json, "mqSet", queues);
        return json.member("onlyThisBroker", false).endObject();
    }
}
