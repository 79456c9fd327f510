package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The body of {@link RequestCode#UPDATE_AND_CREATE_TOPIC_LIST}.
 *
 * @param topics how each shall be; names of attributes begin with {@code +} or {@code -}
 */
public record TopicConfigList(List<TopicConfig> topics) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static TopicConfigList decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new TopicConfigList(json.objects("topicConfigList", TopicConfig::decode));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("topicConfigList").beginArray();
        topics.forEach(topic -> topic.encode(json));
        return json.endArray().endObject();
    }
}
