package io.sluice.protocol;

import java.util.List;
import java.util.SortedMap;

/**
 * The answer to {@link RequestCode#GET_ALL_PRODUCER_INFO}.
 *
 * @param groups the members of each producer group, by its name
 */
public record ProducerTable(SortedMap<String, List<ClientConnection>> groups) {

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("data").beginObject();
        groups.forEach((name, clients) -> {
            json.name(name).beginArray();
            clients.forEach(client -> client.encodeProducer(json));
            json.endArray();
        });
        return json.endObject().endObject();
    }
}
