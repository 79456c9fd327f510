package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RequestCode#GET_ALL_TOPIC_LIST_FROM_NAMESERVER}.
 *
 * @param topics their names
 */
public record TopicList(List<String> topics) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static TopicList decode(ByteBuf in, int index, int sizeBytes) {
        return new TopicList(JsonObject.read(in, index, sizeBytes).texts("topicList"));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        return encode(null);
    }

    /**
     * Writes a body.
     *
     * @param brokerAddress where to ask for more, as host:port; null for nowhere
     */
    public JsonWriter encode(@Nullable String brokerAddress) {
        return new JsonWriter()
                .beginObject()
                .member("brokerAddr", brokerAddress)
                .member("topicList", topics)
                .endObject();
    }
}
