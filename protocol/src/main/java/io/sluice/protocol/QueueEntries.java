package io.sluice.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RequestCode#QUERY_CONSUME_QUEUE}.
 *
 * @param first the queue's oldest offset
 * @param end one past its newest
 * @param subscription what the group wants that was asked for; null if none was, or nobody of it is
 *     connected
 * @param filter the same for a person to read; null if no group was asked for
 * @param entries what was asked for
 */
public record QueueEntries(
        long first,
        long end,
        @Nullable SubscriptionData subscription,
        @Nullable String filter,
        List<Entry> entries) {

    /**
     * A message in a queue.
     *
     * @param position where it lies in the shard's log
     * @param sizeBytes its size
     * @param tagHash of its tag; 0 if it has none
     * @param wanted whether the group's filter lets it through
     */
    public record Entry(long position, int sizeBytes, long tagHash, boolean wanted) {

        private void encode(JsonWriter json) {
            json.beginObject()
                    .member("eval", wanted)
                    .member("physicOffset", position)
                    .member("physicSize", sizeBytes)
                    .member("tagsCode", tagHash)
                    .endObject();
        }
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .member("filterData", filter)
                .member("maxQueueIndex", end)
                .member("minQueueIndex", first)
                .name("queueData")
                .beginArray();
        entries.forEach(entry -> entry.encode(json));
        json.endArray();
        if (subscription != null) {
            json.name("subscriptionData");
            subscription.encode(json);
        }
        return json.endObject();
    }
}
