package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * The answer to {@link RequestCode#GET_CONSUME_STATS}: how far a group is.
 *
 * @param queues by queue
 */
public record ConsumeStats(Map<MessageQueue, Progress> queues) {

    /**
     * How far it is in one queue.
     *
     * @param brokerOffset where the queue ends
     * @param consumerOffset what the group has committed; 0 if nothing
     * @param lastTimestampMs store time of the last message consumed, in ms since 1970; 0 if none
     */
    public record Progress(long brokerOffset, long consumerOffset, long lastTimestampMs) {

        static Progress decode(JsonObject json) {
            return new Progress(
                    json.int64("brokerOffset", 0),
                    json.int64("consumerOffset", 0),
                    json.int64("lastTimestamp", 0));
        }
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static ConsumeStats decode(ByteBuf in, int index, int sizeBytes) {
        return new ConsumeStats(
                JsonObject.read(in, index, sizeBytes)
                        .map(
                                "offsetTable",
                                queue ->
                                        MessageQueue.decode(
                                                JsonObject.of("offsetTable", Json.read(queue))),
                                value -> Progress.decode(JsonObject.of("offsetTable", value))));
    }

    /** Writes a body, with queues as names of members, as every RocketMQ does here. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().member("consumeTps", 0).name("offsetTable").beginObject();
        queues.forEach((queue, progress) -> {
            json.beginObject()
                    .member("brokerName", queue.brokerName())
                    .member("queueId", queue.queueId())
                    .member("topic", queue.topic())
                    .endName();
            json.beginObject()
                    .member("brokerOffset", progress.brokerOffset())
                    .member("consumerOffset", progress.consumerOffset())
                    .member("lastTimestamp", progress.lastTimestampMs())
                    .member("pullOffset", progress.consumerOffset())
                    .endObject();
        });
        return json.endObject().endObject();
    }
}
