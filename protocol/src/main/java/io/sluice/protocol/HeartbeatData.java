package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The body of {@link RequestCode#HEART_BEAT}: which groups a client is in.
 *
 * @param clientId the client
 * @param producerGroups the producer groups it is in
 * @param consumers the consumer groups it is in
 * @param fingerprint a hash of all the rest; 0 if the client does not use it
 * @param withoutSubscriptions whether subscriptions are left out because a heartbeat with the same
 *     fingerprint has been answered before; since 5.0
 */
public record HeartbeatData(
        String clientId,
        List<String> producerGroups,
        List<Consumer> consumers,
        int fingerprint,
        boolean withoutSubscriptions) {

    /** How a consumer gets its messages. */
    public enum ConsumeType {
        /** Pulled by the application. */
        CONSUME_ACTIVELY,
        /** Pushed to the application. */
        CONSUME_PASSIVELY,
        /** Popped. */
        CONSUME_POP
    }

    /** Who of a group gets a message. */
    public enum MessageModel {
        /** Every member. */
        BROADCASTING,
        /** One member. */
        CLUSTERING
    }

    /** Where a group begins in a queue that is new to it. */
    public enum ConsumeFromWhere {
        CONSUME_FROM_LAST_OFFSET,
        CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST,
        CONSUME_FROM_MIN_OFFSET,
        CONSUME_FROM_MAX_OFFSET,
        CONSUME_FROM_FIRST_OFFSET,
        CONSUME_FROM_TIMESTAMP
    }

    /**
     * A consumer group that the client is in.
     *
     * @param groupName the group
     * @param consumeType how the client gets its messages
     * @param messageModel who of the group gets a message
     * @param consumeFromWhere where the group begins in a queue that is new to it
     * @param subscriptions what it wants
     * @param unitMode as the client has it
     */
    public record Consumer(
            String groupName,
            ConsumeType consumeType,
            MessageModel messageModel,
            ConsumeFromWhere consumeFromWhere,
            List<SubscriptionData> subscriptions,
            boolean unitMode) {

        static Consumer decode(JsonObject json) {
            return new Consumer(
                    json.text("groupName"),
                    json.constant("consumeType", ConsumeType.class, ConsumeType.CONSUME_PASSIVELY),
                    json.constant("messageModel", MessageModel.class, MessageModel.CLUSTERING),
                    json.constant(
                            "consumeFromWhere",
                            ConsumeFromWhere.class,
                            ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET),
                    json.objects("subscriptionDataSet", SubscriptionData::decode),
                    json.bool("unitMode", false));
        }

        void encode(JsonWriter json) {
            json.beginObject()
                    .member("consumeFromWhere", consumeFromWhere.name())
                    .member("consumeType", consumeType.name())
                    .member("groupName", groupName)
                    .member("messageModel", messageModel.name())
                    .name("subscriptionDataSet")
                    .beginArray();
            subscriptions.forEach(subscription -> subscription.encode(json));
            json.endArray().member("unitMode", unitMode).endObject();
        }
    }

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not a heartbeat
     */
    public static HeartbeatData decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new HeartbeatData(
                json.text("clientID"),
                json.objects("producerDataSet", producer -> producer.text("groupName")),
                json.objects("consumerDataSet", Consumer::decode),
                json.int32("heartbeatFingerprint", 0),
                json.bool("withoutSub", json.bool("isWithoutSub", false)));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().member("clientID", clientId).name("consumerDataSet").beginArray();
        consumers.forEach(consumer -> consumer.encode(json));
        json.endArray()
                .member("heartbeatFingerprint", fingerprint)
                .name("producerDataSet")
                .beginArray();
        for (String group : producerGroups) {
            json.beginObject().member("groupName", group).endObject();
        }
        return json.endArray().member("withoutSub", withoutSubscriptions).endObject();
    }
}
