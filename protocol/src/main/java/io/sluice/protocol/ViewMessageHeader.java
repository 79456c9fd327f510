package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#VIEW_MESSAGE_BY_ID}: reads the message at a position.
 *
 * @param topic its topic, which old clients do not say
 * @param offset its position in the shard's log
 */
public record ViewMessageHeader(@Nullable String topic, long offset) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ViewMessageHeader decode(Header header) {
        return new ViewMessageHeader(header.textOrNull("topic"), header.longField("offset"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("offset", offset);
    }
}
