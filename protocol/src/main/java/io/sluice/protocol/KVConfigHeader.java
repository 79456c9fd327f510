package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#PUT_KV_CONFIG}, {@link RequestCode#GET_KV_CONFIG} and {@link
 * RequestCode#DELETE_KV_CONFIG}: an entry of the name service's table.
 *
 * @param namespace in which part of the table
 * @param key under which name
 * @param value only to put it
 */
public record KVConfigHeader(String namespace, String key, @Nullable String value) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static KVConfigHeader decode(Header header) {
        return new KVConfigHeader(
                header.text("namespace"), header.text("key"), header.textOrNull("value"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("namespace", namespace).field("key", key).field("value", value);
    }
}
