package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The answer to {@link RequestCode#GET_TOPIC_CONFIG}: how a topic is. What RocketMQ says of static
 * topics besides is not there.
 *
 * @param topicName its name
 * @param readQueueNums how many queues are read
 * @param writeQueueNums how many queues are written
 * @param perm bits: 4 readable, 2 writable, 1 inherited
 * @param attributes what was decided about it, by name
 * @param order whether queues keep their number for the sake of order
 */
public record TopicConfig(
        String topicName,
        int readQueueNums,
        int writeQueueNums,
        int perm,
        SortedMap<String, String> attributes,
        boolean order) {

    public TopicConfig {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static TopicConfig decode(ByteBuf in, int index, int sizeBytes) {
        return decode(JsonObject.read(in, index, sizeBytes));
    }

    static TopicConfig decode(JsonObject json) {
        Map<String, String> attributes =
                json.map(
                        "attributes",
                        name -> JsonObject.asText("attributes", name),
                        value -> JsonObject.asText("attributes", value));
        return new TopicConfig(
                json.text("topicName"),
                json.int32("readQueueNums", 0),
                json.int32("writeQueueNums", 0),
                json.int32("perm", 0),
                new TreeMap<>(attributes),
                json.bool("order", false));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        encode(json);
        return json;
    }

    void encode(JsonWriter json) {
        json.beginObject().name("attributes").beginObject();
        attributes.forEach(json::member);
        json.endObject()
                .member("order", order)
                .member("perm", perm)
                .member("readQueueNums", readQueueNums)
                .member("topicFilterType", "SINGLE_TAG")
                .member("topicName", topicName)
                .member("topicSysFlag", 0)
                .member("writeQueueNums", writeQueueNums)
                .endObject();
    }
}
