package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far consumers say they are: RocketMQ's GetConsumerStatusBody.
 *
 * @param own by queue, where the client is that says so; empty in what the server answers
 * @param members by client id, what each member of a group has said; empty in a client's answer
 */
public record ConsumerStatus(
        Map<MessageQueue, Long> own, SortedMap<String, Map<MessageQueue, Long>> members) {
    /**
     * Reads a client's answer.
     *
     * @throws JsonException if it is not one
     */
    public static ConsumerStatus decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject body = JsonObject.read(in, index, sizeBytes);
        Map<MessageQueue, Long> own =
                body.map(
                        "messageQueueTable",
                        queue ->
                                MessageQueue.decode(
                                        JsonObject.of("messageQueueTable", Json.read(queue))),
                        value ->
                                JsonObject.parse(
                                        "messageQueueTable", JsonObject.asText("offset", value)));
        return new ConsumerStatus(own, new TreeMap<>());
    }

    /** Writes a body, with queues as names of members, as every RocketMQ does here. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter().beginObject().name("consumerTable").beginObject();
        members.forEach((clientId, offsets) -> encode(json.name(clientId), offsets));
        encode(json.endObject().name("messageQueueTable"), own);
        return json.endObject();
    }

    private static void encode(JsonWriter json, Map<MessageQueue, Long> offsets) {
        json.beginObject();
        offsets.forEach((queue, offset) -> {
            queue.encodeName(json);
            json.value(offset);
        });
        json.endObject();
    }
}
