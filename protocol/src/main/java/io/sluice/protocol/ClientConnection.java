package io.sluice.protocol;

import java.util.List;

/**
 * A client that is connected, as operators see it.
 *
 * @param clientId the client
 * @param address where it is, as host:port
 * @param language what it is written in
 * @param version the ordinal of RocketMQ's version list
 * @param seenMs when it was heard of last, in ms since 1970
 */
public record ClientConnection(
        String clientId, String address, Language language, int version, long seenMs) {

    private void encode(JsonWriter json) {
        json.beginObject()
                .member("clientAddr", address)
                .member("clientId", clientId)
                .member("language", language.name())
                .member("version", version)
                .endObject();
    }

    /** As RocketMQ's list of all producers has it, with other names for the same. */
    void encodeProducer(JsonWriter json) {
        json.beginObject()
                .member("clientId", clientId)
                .member("language", language.name())
                .member("lastUpdateTimestamp", seenMs)
                .member("remoteIP", address)
                .member("version", version)
                .endObject();
    }

    static void encode(JsonWriter json, List<ClientConnection> clients) {
        json.name("connectionSet").beginArray();
        clients.forEach(client -> client.encode(json));
        json.endArray();
    }
}
