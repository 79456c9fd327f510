package io.sluice.protocol;

import java.util.List;

/**
 * The answer to {@link RequestCode#QUERY_CONSUME_TIME_SPAN}.
 *
 * @param spans of each queue
 */
public record ConsumeTimeSpans(List<Span> spans) {

    /**
     * Times of a queue and of a group in it, in ms since 1970.
     *
     * @param queue the queue
     * @param firstMs when its oldest message was stored
     * @param lastMs when its newest was
     * @param consumedMs when the last one that the group consumed was
     * @param delayMs for how long the next one has been waiting, in ms; 0 if there is none
     */
    public record Span(
            MessageQueue queue, long firstMs, long lastMs, long consumedMs, long delayMs) {

        private void encode(JsonWriter json) {
            json.beginObject()
                    .member("consumeTimeStamp", consumedMs)
                    .member("delayTime", delayMs)
                    .member("maxTimeStamp", lastMs)
                    .name("messageQueue");
            queue.encode(json);
            json.member("minTimeStamp", firstMs).endObject();
        }
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("consumeTimeSpanSet").beginArray();
        spans.forEach(span -> span.encode(json));
        return json.endArray().endObject();
    }
}
