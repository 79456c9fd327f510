package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#MESSAGE_STATUS}: what became of a message. Answered with {@link
 * MessageStatus}.
 *
 * @param topic its topic
 * @param id as in {@link LocateMessageHeader}
 * @param group the group; null for all that read the topic
 */
public record MessageStatusHeader(String topic, String id, @Nullable String group) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing
     */
    public static MessageStatusHeader decode(Header header) {
        return new MessageStatusHeader(
                header.text("topic"), header.text("id"), header.textOrNull("group"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("id", id).field("group", group);
    }
}
