package io.sluice.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RequestCode#QUERY_ASSIGNMENT}.
 *
 * @param mode how the queues are to be read
 * @param queues the client's queues; null if that cannot be said, so that it keeps those it has
 */
public record AssignmentList(MessageRequestMode.Mode mode, @Nullable List<MessageQueue> queues) {

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter().beginObject();
        if (queues != null) {
            json.name("messageQueueAssignments").beginArray();
            for (MessageQueue queue : queues) {
                json.beginObject().name("messageQueue");
                queue.encode(json);
                json.member("mode", mode.name()).endObject();
            }
            json.endArray();
        }
        return json.endObject();
    }
}
