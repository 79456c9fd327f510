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
     * @param consumerOffset what the group has committed; {@link #NONE} if nothing
     * @param pullOffset where the messages end that its clients were given; not below what is
     *     committed
     * @param lastTimestampMs store time of the last message consumed, in ms since 1970; 0 if none
     */
    public record Progress(
            long brokerOffset, long consumerOffset, long pullOffset, long lastTimestampMs) {
        /** Nothing was committed. RocketMQ's clients see 0, others also a member that says so. */
        public static final long NONE = -1;

        private static final String UNCOMMITTED = "uncommitted";

        static Progress decode(JsonObject json) {
            return new Progress(
                    json.int64("brokerOffset", 0),
                    json.bool(UNCOMMITTED, false) ? NONE : json.int64("consumerOffset", 0),
                    json.int64("pullOffset", 0),
                    json.int64("lastTimestamp", 0));
        }

        void encode(JsonWriter json) {
            long offset = Math.max(consumerOffset, 0);
            json.beginObject()
                    .member("brokerOffset", brokerOffset)
                    .member("consumerOffset", offset)
                    .member("lastTimestamp", lastTimestampMs)
                    .member("pullOffset", Math.max(offset, pullOffset));
            if (consumerOffset < 0) {
                json.member(UNCOMMITTED, true);
            }
            json.endObject();
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

    /** How many messages are left, over all queues. */
    public long lag() {
        return queues.values().stream()
                .mapToLong(queue -> queue.brokerOffset() - Math.max(queue.consumerOffset(), 0))
                .sum();
    }

    /** How many messages clients were given and have not committed, over all queues. */
    public long inFlight() {
        return queues.values().stream()
                .mapToLong(queue -> queue.pullOffset() - Math.max(queue.consumerOffset(), 0))
                .filter(count -> count > 0)
                .sum();
    }

    /** Writes a body that says nothing of a rate. */
    public JsonWriter encode() {
        return encode(0);
    }

    /**
     * Writes a body.
     *
     * @param consumeTps messages per second that the group gets
     */
    public JsonWriter encode(double consumeTps) {
        JsonWriter json = new JsonWriter();
        encode(json, consumeTps);
        return json;
    }

    /** With queues as names of members, as every RocketMQ does here. */
    void encode(JsonWriter json, double consumeTps) {
        json.beginObject().member("consumeTps", consumeTps).name("offsetTable").beginObject();
        queues.forEach((queue, progress) -> {
            queue.encodeName(json);
            progress.encode(json);
        });
        json.endObject().endObject();
    }
}
