package io.sluice.protocol;

import java.util.List;

/**
 * The answer to {@link RequestCode#GET_ALL_TOPIC_CONFIG}. All of them at once: clients that ask for
 * a part take the whole as well.
 *
 * @param topics how each is
 */
public record AllTopics(List<TopicConfig> topics) {

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("totalTopicNum", topics.size());
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("topicConfigTable").beginObject();
        for (TopicConfig topic : topics) {
            json.name(topic.topicName());
            topic.encode(json);
        }
        return json.endObject().endObject();
    }
}
