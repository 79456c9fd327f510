package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@link RequestCode#CHECK_CLIENT_CONFIG}: is this subscription understood? Clients ask
 * before they use SQL92.
 *
 * @param clientId the client
 * @param group its group
 * @param subscription what it wants
 * @param namespace the client's namespace, if it has one
 */
public record CheckClientRequestBody(
        String clientId,
        String group,
        @Nullable SubscriptionData subscription,
        @Nullable String namespace) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static CheckClientRequestBody decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        JsonObject subscription = json.objectOrNull("subscriptionData");
        return new CheckClientRequestBody(
                json.text("clientId"),
                json.text("group"),
                subscription == null ? null : SubscriptionData.decode(subscription),
                json.textOrNull("namespace"));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .member("clientId", clientId)
                .member("group", group)
                .member("namespace", namespace);
        if (subscription != null) {
            json.name("subscriptionData");
            subscription.encode(json);
        }
        return json.endObject();
    }
}
