package io.sluice.protocol;

import java.util.List;

/**
 * The answer to {@link RequestCode#GET_CONSUMER_CONNECTION_LIST}.
 *
 * @param clients the members of the group
 * @param type how they get their messages
 * @param model who of them gets a message
 * @param from where they begin in a queue that is new to the group
 * @param subscriptions what they want
 */
public record ConsumerConnection(
        List<ClientConnection> clients,
        HeartbeatData.ConsumeType type,
        HeartbeatData.MessageModel model,
        HeartbeatData.ConsumeFromWhere from,
        List<SubscriptionData> subscriptions) {

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        ClientConnection.encode(json, clients);
        json.member("consumeFromWhere", from.name())
                .member("consumeType", type.name())
                .member("messageModel", model.name())
                .name("subscriptionTable")
                .beginObject();
        for (SubscriptionData subscription : subscriptions) {
            json.name(subscription.topic());
            subscription.encode(json);
        }
        return json.endObject().endObject();
    }
}
