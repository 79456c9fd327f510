package io.sluice.protocol;

import java.util.Map;

/**
 * The answer to {@link RequestCode#GET_TOPIC_STATS_INFO}.
 *
 * @param queues by queue
 * @param putTps messages per second that the topic gets
 */
public record TopicStats(Map<MessageQueue, Range> queues, double putTps) {

    /**
     * What a queue holds.
     *
     * @param first its oldest offset
     * @param end one past its newest
     * @param lastStoreMs when the newest was stored, in ms since 1970; 0 if there is none
     */
    public record Range(long first, long end, long lastStoreMs) {}

    /** Writes a body, with queues as names of members. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("offsetTable").beginObject();
        queues.forEach((queue, range) -> {
            queue.encodeName(json);
            json.beginObject()
                    .member("lastUpdateTimestamp", range.lastStoreMs)
                    .member("maxOffset", range.end)
                    .member("minOffset", range.first)
                    .endObject();
        });
        return json.endObject().member("topicPutTps", putTps).endObject();
    }
}
