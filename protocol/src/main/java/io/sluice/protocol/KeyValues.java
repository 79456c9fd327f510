package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A body of names and texts: {@code {"table":{name:text,...}}}, RocketMQ's KVTable.
 *
 * @param table by name
 */
public record KeyValues(SortedMap<String, String> table) {
    /**
     * Reads a body.
     *
     * @throws JsonException if it is not JSON
     */
    public static KeyValues decode(ByteBuf in, int index, int sizeBytes) {
        SortedMap<String, String> table = new TreeMap<>();
        if (Json.read(in, index, sizeBytes) instanceof Map<?, ?> body
                && body.get("table") instanceof Map<?, ?> entries) {
            entries.forEach((name, value) -> table.put(String.valueOf(name), "" + value));
        }
        return new KeyValues(table);
    }

    /** Writes a body. */
    public JsonWriter encode() {
        JsonWriter json = new JsonWriter().beginObject().name("table").beginObject();
        new LinkedHashMap<>(table).forEach(json::member);
        return json.endObject().endObject();
    }
}
