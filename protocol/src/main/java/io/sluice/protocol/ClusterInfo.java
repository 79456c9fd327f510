package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;

/**
 * The answer to {@link RequestCode#GET_BROKER_CLUSTER_INFO}: which brokers there are.
 *
 * @param brokers every shard by name
 * @param clusters the names of every cluster's shards
 */
public record ClusterInfo(Map<String, BrokerData> brokers, Map<String, List<String>> clusters) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static ClusterInfo decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new ClusterInfo(
                json.map(
                        "brokerAddrTable",
                        name -> name,
                        value -> BrokerData.decode(JsonObject.of("brokerAddrTable", value))),
                json.map(
                        "clusterAddrTable",
                        name -> name,
                        value -> JsonObject.asTexts("clusterAddrTable", value)));
    }

    /** Writes a body, with replica numbers without quotes, as every RocketMQ does here. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("brokerAddrTable").beginObject();
        brokers.forEach((name, broker) -> {
            json.name(name);
            broker.encode(json, false);
        });
        json.endObject().name("clusterAddrTable").beginObject();
        clusters.forEach(json::member);
        return json.endObject().endObject();
    }
}
