package io.sluice.compat.harness;

import java.util.Map;

/** Header fields of the raw requests that several tests send. */
public final class Fields {

    private static final int HAS_SUBSCRIPTION = 4;

    private Fields() {}

    /** Of {@link RequestCode#UPDATE_AND_CREATE_TOPIC}. */
    public static Map<String, String> createTopic(String topic, int queues) {
        return Map.of(
                "topic", topic,
                "defaultTopic", "TBW102",
                "readQueueNums", Integer.toString(queues),
                "writeQueueNums", Integer.toString(queues),
                "perm", "6",
                "topicFilterType", "SINGLE_TAG",
                "topicSysFlag", "0",
                "order", "false");
    }

    /** Of {@link RequestCode#SEND_MESSAGE}. */
    public static Map<String, String> send(String topic, int queueId) {
        return Map.ofEntries(
                Map.entry("producerGroup", "raw-producer"),
                Map.entry("topic", topic),
                Map.entry("defaultTopic", "TBW102"),
                Map.entry("defaultTopicQueueNums", "4"),
                Map.entry("queueId", Integer.toString(queueId)),
                Map.entry("sysFlag", "0"),
                Map.entry("bornTimestamp", Long.toString(System.currentTimeMillis())),
                Map.entry("flag", "0"),
                Map.entry("properties", "TAGS\u0001raw\u0002"),
                Map.entry("reconsumeTimes", "0"),
                Map.entry("unitMode", "false"),
                Map.entry("batch", "false"));
    }

    /** Of {@link RequestCode#PULL_MESSAGE}, of all tags and without waiting. */
    public static Map<String, String> pull(
            String group, String topic, int queueId, long offset, int countMax) {
        return Map.ofEntries(
                Map.entry("consumerGroup", group),
                Map.entry("topic", topic),
                Map.entry("queueId", Integer.toString(queueId)),
                Map.entry("queueOffset", Long.toString(offset)),
                Map.entry("maxMsgNums", Integer.toString(countMax)),
                Map.entry("sysFlag", Integer.toString(HAS_SUBSCRIPTION)),
                Map.entry("commitOffset", "0"),
                Map.entry("suspendTimeoutMillis", "0"),
                Map.entry("subscription", "*"),
                Map.entry("subVersion", "0"),
                Map.entry("expressionType", "TAG"));
    }

    /** Of requests about one group and queue. */
    public static Map<String, String> groupAndQueue(String group, String topic, int queueId) {
        return Map.of("consumerGroup", group, "topic", topic, "queueId", Integer.toString(queueId));
    }
}
