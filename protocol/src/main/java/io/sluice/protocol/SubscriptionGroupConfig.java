package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@link RequestCode#UPDATE_AND_CREATE_SUBSCRIPTIONGROUP}: a consumer group. What only
 * concerns RocketMQ's own replicas is not read.
 *
 * @param groupName its name
 * @param consumeEnable whether it may consume
 * @param consumeFromMinEnable whether it may begin with the oldest message
 * @param consumeBroadcastEnable whether it may broadcast
 * @param consumeMessageOrderly whether popped messages keep their order
 * @param retryQueueNums how many queues its retry topic has
 * @param retryMaxTimes how often a message is retried before it is a dead letter
 * @param notifyConsumerIdsChangedEnable whether its clients are told when others come and go
 * @param consumeTimeoutMinutes how long consuming one message may take
 * @param retryPolicy how long retries wait; null if that is not said
 * @param attributes what it has in an answer; in a request changes such as {@code +name: value} and
 *     {@code -name}
 */
public record SubscriptionGroupConfig(
        String groupName,
        boolean consumeEnable,
        boolean consumeFromMinEnable,
        boolean consumeBroadcastEnable,
        boolean consumeMessageOrderly,
        int retryQueueNums,
        int retryMaxTimes,
        boolean notifyConsumerIdsChangedEnable,
        int consumeTimeoutMinutes,
        @Nullable GroupRetryPolicy retryPolicy,
        Map<String, String> attributes) {

    public SubscriptionGroupConfig(
            String groupName,
            boolean consumeEnable,
            boolean consumeFromMinEnable,
            boolean consumeBroadcastEnable,
            boolean consumeMessageOrderly,
            int retryQueueNums,
            int retryMaxTimes,
            boolean notifyConsumerIdsChangedEnable,
            int consumeTimeoutMinutes) {
        this(
                groupName,
                consumeEnable,
                consumeFromMinEnable,
                consumeBroadcastEnable,
                consumeMessageOrderly,
                retryQueueNums,
                retryMaxTimes,
                notifyConsumerIdsChangedEnable,
                consumeTimeoutMinutes,
                null,
                Map.of());
    }

    private static final int RETRY_QUEUES = 1;
    private static final int RETRIES = 16;
    private static final int CONSUME_TIMEOUT_MINUTES = 15;

    /** A group with RocketMQ's defaults. */
    public static SubscriptionGroupConfig named(String groupName) {
        return new SubscriptionGroupConfig(
                groupName,
                true,
                true,
                true,
                false,
                RETRY_QUEUES,
                RETRIES,
                true,
                CONSUME_TIMEOUT_MINUTES);
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static SubscriptionGroupConfig decode(ByteBuf in, int index, int sizeBytes) {
        return decode(JsonObject.read(in, index, sizeBytes));
    }

    static SubscriptionGroupConfig decode(JsonObject json) {
        JsonObject retryPolicy = json.objectOrNull("groupRetryPolicy");
        return new SubscriptionGroupConfig(
                json.text("groupName"),
                json.bool("consumeEnable", true),
                json.bool("consumeFromMinEnable", true),
                json.bool("consumeBroadcastEnable", true),
                json.bool("consumeMessageOrderly", false),
                json.int32("retryQueueNums", RETRY_QUEUES),
                json.int32("retryMaxTimes", RETRIES),
                json.bool("notifyConsumerIdsChangedEnable", true),
                json.int32("consumeTimeoutMinute", CONSUME_TIMEOUT_MINUTES),
                retryPolicy == null ? null : GroupRetryPolicy.decode(retryPolicy),
                json.map(
                        "attributes",
                        name -> name,
                        value -> JsonObject.asText("attributes", value)));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        encode(json);
        return json;
    }

    void encode(JsonWriter json) {
        json.beginObject();
        if (!attributes.isEmpty()) {
            json.name("attributes").beginObject();
            attributes.forEach(json::member);
            json.endObject();
        }
        if (retryPolicy != null) {
            json.name("groupRetryPolicy");
            retryPolicy.encode(json);
        }
        json.member("consumeBroadcastEnable", consumeBroadcastEnable)
                .member("consumeEnable", consumeEnable)
                .member("consumeFromMinEnable", consumeFromMinEnable)
                .member("consumeMessageOrderly", consumeMessageOrderly)
                .member("consumeTimeoutMinute", consumeTimeoutMinutes)
                .member("groupName", groupName)
                .member("notifyConsumerIdsChangedEnable", notifyConsumerIdsChangedEnable)
                .member("retryMaxTimes", retryMaxTimes)
                .member("retryQueueNums", retryQueueNums)
                .endObject();
    }
}
