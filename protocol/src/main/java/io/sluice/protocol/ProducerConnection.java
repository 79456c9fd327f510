package io.sluice.protocol;

import java.util.List;

/**
 * The answer to {@link RequestCode#GET_PRODUCER_CONNECTION_LIST}.
 *
 * @param clients the members of the group
 */
public record ProducerConnection(List<ClientConnection> clients) {

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        ClientConnection.encode(json, clients);
        return json.endObject();
    }
}
