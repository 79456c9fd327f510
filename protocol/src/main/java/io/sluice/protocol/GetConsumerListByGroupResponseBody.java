package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The answer to {@link RequestCode#GET_CONSUMER_LIST_BY_GROUP}.
 *
 * @param clientIds the group's clients; all of them must see the same, in whatever order
 */
public record GetConsumerListByGroupResponseBody(List<String> clientIds) {

    /**
     * Reads a body.
     *
     * @throws JsonException if it is not one
     */
    public static GetConsumerListByGroupResponseBody decode(ByteBuf in, int index, int sizeBytes) {
        JsonObject json = JsonObject.read(in, index, sizeBytes);
        return new GetConsumerListByGroupResponseBody(json.texts("consumerIdList"));
    }

    /** Writes a body. */
    public JsonWriter encode() {
        return new JsonWriter().beginObject().member("consumerIdList", clientIds).endObject();
    }
}
