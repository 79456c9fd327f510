package io.sluice.protocol;

import java.util.Map;

/**
 * Where a shard's replicas are.
 *
 * @param cluster the cluster
 * @param brokerName the shard
 * @param addresses host:port by replica; 0 is the master
 */
public record BrokerData(String cluster, String brokerName, Map<Long, String> addresses) {

    /** The replica that takes writes. */
    public static final long MASTER = 0;

    static BrokerData decode(JsonObject json) {
        return new BrokerData(
                json.text("cluster", ""),
                json.text("brokerName"),
                json.map(
                        "brokerAddrs",
                        key -> JsonObject.parse("brokerAddrs", key),
                        value -> JsonObject.asText("brokerAddrs", value)));
    }

    void encode(JsonWriter json, boolean standard) {
        json.beginObject().name("brokerAddrs").beginObject();
        addresses.forEach((id, address) -> json.name(id, standard).value(address));
        json.endObject()
                .member("brokerName", brokerName)
                .member("cluster", cluster)
                .member("enableActingMaster", false)
                .endObject();
    }
}
