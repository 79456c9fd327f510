package io.sluice.protocol;

/**
 * {@link RequestCode#LOCATE_MESSAGE}: finds one message. The answer's body is the message in the
 * stored layout, its header a {@link LocateMessageResponse}.
 *
 * @param topic its topic
 * @param id its offset message id, its unique key, or {@code queue:offset}
 */
public record LocateMessageHeader(String topic, String id) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing
     */
    public static LocateMessageHeader decode(Header header) {
        return new LocateMessageHeader(header.text("topic"), header.text("id"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic).field("id", id);
    }
}
