package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The body of {@link RequestCode#UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST}.
 *
 * @param groups how each shall be
 */
public record SubscriptionGroupConfigList(List<SubscriptionGroupConfig> groups) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static SubscriptionGroupConfigList decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new SubscriptionGroupConfigList(
                json.objects("groupConfigList", SubscriptionGroupConfig::decode));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("groupConfigList").beginArray();
        groups.forEach(group -> group.encode(json));
        return json.endArray().endObject();
    }
}
