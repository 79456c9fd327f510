package io.sluice.protocol;

import java.util.List;

/**
 * A queue as clients name it.
 *
 * @param topic the topic
 * @param brokerName the shard
 * @param queueId the queue's number on that shard
 */
public record MessageQueue(String topic, String brokerName, int queueId) {

    static MessageQueue decode(JsonObject json) {
        return new MessageQueue(
                json.text("topic"), json.text("brokerName"), json.int32("queueId", 0));
    }

    void encode(JsonWriter json) {
        members(json).endObject();
    }

    /** As the name of the member whose value comes next. */
    void encodeName(JsonWriter json) {
        members(json).endName();
    }

    private JsonWriter members(JsonWriter json) {
        return json.beginObject()
                .member("brokerName", brokerName)
                .member("queueId", queueId)
                .member("topic", topic);
    }

    static void encode(JsonWriter json, String name, List<MessageQueue> queues) {
        json.name(name).beginArray();
        queues.forEach(queue -> queue.encode(json));
        json.endArray();
    }
}
