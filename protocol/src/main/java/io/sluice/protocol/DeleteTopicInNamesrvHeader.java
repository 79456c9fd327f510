package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#DELETE_TOPIC_IN_NAMESRV}: forgets a topic's route.
 *
 * @param topic the topic
 * @param clusterName in which cluster; in all if absent
 */
public record DeleteTopicInNamesrvHeader(String topic, @Nullable String clusterName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static DeleteTopicInNamesrvHeader decode(Header header) {
        return new DeleteTopicInNamesrvHeader(
                header.text("topic"), header.textOrNull("clusterName"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("clusterName", clusterName);
    }
}
