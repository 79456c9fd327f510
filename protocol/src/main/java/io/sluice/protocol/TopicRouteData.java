package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RequestCode#GET_ROUTEINFO_BY_TOPIC}: where a topic's queues are.
 *
 * @param queues how many queues each shard has
 * @param brokers where those shards are
 * @param orderTopicConf of an ordered topic the fixed queues, as {@code shard:queues;...}
 */
public record TopicRouteData(
        List<QueueData> queues, List<BrokerData> brokers, @Nullable String orderTopicConf) {

    /** RocketMQ 4.9.4: from here on clients get standard JSON whether they ask for it or not. */
    private static final int VERSION_STANDARD_JSON = 401;

    /**
     * The queues of a topic on one shard.
     *
     * @param brokerName the shard
     * @param readQueueNums how many queues are read
     * @param writeQueueNums how many queues are written
     * @param perm bits: 4 readable, 2 writable, 1 inherited
     * @param topicSysFlag as RocketMQ has it
     */
    public record QueueData(
            String brokerName, int readQueueNums, int writeQueueNums, int perm, int topicSysFlag) {

        static QueueData decode(JsonObject json) {
            return new QueueData(
                    json.text("brokerName"),
                    json.int32("readQueueNums", 0),
                    json.int32("writeQueueNums", 0),
                    json.int32("perm", 0),
                    json.int32("topicSysFlag", json.int32("topicSynFlag", 0)));
        }

        /** Writes the flag under both names: clients before 4.8 misspell it. */
        void encode(JsonWriter json) {
            json.beginObject()
                    .member("brokerName", brokerName)
                    .member("perm", perm)
                    .member("readQueueNums", readQueueNums)
                    .member("topicSynFlag", topicSysFlag)
                    .member("topicSysFlag", topicSysFlag)
                    .member("writeQueueNums", writeQueueNums)
                    .endObject();
        }
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not a route
     */
    public static TopicRouteData decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new TopicRouteData(
                json.objects("queueDatas", QueueData::decode),
                json.objects("brokerDatas", BrokerData::decode),
                json.textOrNull("orderTopicConf"));
    }

    /**
     * Writes a body as the client wants it: old clients, some of which take the text apart by hand,
     * look for replica numbers without quotes ({@code {0:"host:port"}}).
     */
    public JsonWriter encode(Header request, GetRouteInfoHeader fields) {
        return encode(
                request.version() >= VERSION_STANDARD_JSON || fields.acceptStandardJsonOnly());
    }

    /** Writes a body. */
    JsonWriter encode(boolean standard) {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("brokerDatas").beginArray();
        brokers.forEach(broker -> broker.encode(json, standard));
        json.endArray()
                .name("filterServerTable")
                .beginObject()
                .endObject()
                .member("orderTopicConf", orderTopicConf)
                .name("queueDatas")
                .beginArray();
        queues.forEach(queue -> queue.encode(json));
        return json.endArray().endObject();
    }
}
