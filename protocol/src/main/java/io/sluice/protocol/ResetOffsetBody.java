package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * The answer to {@link RequestCode#INVOKE_BROKER_TO_RESET_OFFSET}: where the group is now.
 *
 * @param offsets by queue
 */
public record ResetOffsetBody(Map<MessageQueue, Long> offsets) {
    private static final String TABLE = "offsetTable";

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static ResetOffsetBody decode(ByteBuf in, int index, int sizeBytes) {
        return new ResetOffsetBody(
                JsonObject.read(in, index, sizeBytes)
                        .map(
                                TABLE,
                                queue ->
                                        MessageQueue.decode(JsonObject.of(TABLE, Json.read(queue))),
                                value -> JsonObject.parse(TABLE, JsonObject.asText(TABLE, value))));
    }

    /** Writes a body, with queues as names of members, as every RocketMQ does here. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name(TABLE).beginObject();
        offsets.forEach((queue, offset) -> {
            json.beginObject()
                    .member("brokerName", queue.brokerName())
                    .member("queueId", queue.queueId())
                    .member("topic", queue.topic())
                    .endName();
            json.value(offset);
        });
        return json.endObject().endObject();
    }
}
