package io.sluice.protocol;

import java.util.List;
import java.util.SortedMap;

/**
 * The answer to {@link RequestCode#GET_BROKER_CONSUME_STATS}.
 *
 * @param brokerAddress the broker, as host:port
 * @param groups how far each group is in each of its topics
 */
public record ConsumeStatsList(String brokerAddress, SortedMap<String, List<Topic>> groups) {

    /**
     * How far a group is in a topic.
     *
     * @param consumeTps messages per second that it gets
     */
    public record Topic(ConsumeStats stats, double consumeTps) {}

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .member("brokerAddr", brokerAddress)
                .name("consumeStatsList")
                .beginArray();
        long lag = 0;
        long inFlight = 0;
        for (var group : groups.entrySet()) {
            json.beginObject().name(group.getKey()).beginArray();
            for (Topic topic : group.getValue()) {
                topic.stats.encode(json, topic.consumeTps);
                lag += topic.stats.lag();
                inFlight += topic.stats.inFlight();
            }
            json.endArray().endObject();
        }
        return json.endArray()
                .member("totalDiff", lag)
                .member("totalInflightDiff", inFlight)
                .endObject();
    }
}
