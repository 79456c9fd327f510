package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#CLONE_GROUP_OFFSET}: sends a group to where another one is.
 *
 * @param from the group that is there
 * @param to the group that is sent
 * @param topic only in this topic; null for all that {@code from} consumes
 */
public record CloneGroupOffsetHeader(String from, String to, @Nullable String topic) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static CloneGroupOffsetHeader decode(Header header) {
        String topic = header.textOrNull("topic");
        return new CloneGroupOffsetHeader(
                header.text("srcGroup"),
                header.text("destGroup"),
                topic == null || topic.isBlank() ? null : topic);
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("srcGroup", from).field("destGroup", to).field("topic", topic);
    }
}
