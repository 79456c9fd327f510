package io.sluice.protocol;

/**
 * {@link RequestCode#RESEND_MESSAGE}: gives a message to one group once more. Answered with {@link
 * SendMessageResponse}, which tells where the copy lies in the group's retry topic.
 *
 * @param group the group, which must exist
 * @param topic the message's topic
 * @param id as in {@link LocateMessageHeader}
 */
public record ResendMessageHeader(String group, String topic, String id) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing
     */
    public static ResendMessageHeader decode(Header header) {
        return new ResendMessageHeader(
                header.text("group"), header.text("topic"), header.text("id"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("group", group).field("topic", topic).field("id", id);
    }
}
