package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to {@link RequestCode#GET_ALL_SUBSCRIPTIONGROUP_CONFIG}.
 *
 * @param groups all groups
 */
public record SubscriptionGroupList(List<SubscriptionGroupConfig> groups) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static SubscriptionGroupList decode(ByteBuf in, int index, int sizeBytes) {
        var table =
                JsonObject.read(in, index, sizeBytes)
                        .map(
                                "subscriptionGroupTable",
                                name -> JsonObject.asText("subscriptionGroupTable", name),
                                value ->
                                        SubscriptionGroupConfig.decode(
                                                JsonObject.of("subscriptionGroupTable", value)));
        return new SubscriptionGroupList(new ArrayList<>(table.values()));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter();
        json.beginObject().name("subscriptionGroupTable").beginObject();
        for (SubscriptionGroupConfig group : groups) {
            json.name(group.groupName());
            group.encode(json);
        }
        return json.endObject().endObject();
    }
}
