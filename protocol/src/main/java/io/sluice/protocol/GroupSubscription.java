package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RequestCode#QUERY_SUBSCRIPTION_BY_CONSUMER}.
 *
 * @param group the group
 * @param topic the topic
 * @param subscription what the group wants of it; null if nothing, or nobody of it is connected
 */
public record GroupSubscription(
        String group, String topic, @Nullable SubscriptionData subscription) {

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().member("group", group);
        if (subscription != null) {
            json.name("subscriptionData");
            subscription.encode(json);
        }
        return json.member("topic", topic).endObject();
    }
}
