package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#UPDATE_AND_GET_GROUP_FORBIDDEN}: whether a group may read a topic.
 *
 * @param group the group
 * @param topic the topic
 * @param readable whether it may from now on; absent to ask only
 */
public record UpdateGroupForbiddenHeader(String group, String topic, @Nullable Boolean readable) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static UpdateGroupForbiddenHeader decode(Header header) {
        return new UpdateGroupForbiddenHeader(
                header.text("group"),
                header.text("topic"),
                header.has("readable") ? header.booleanField("readable") : null);
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group)
                .field("topic", topic)
                .field("readable", readable == null ? null : readable.toString());
    }
}
