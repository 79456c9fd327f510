package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#LOCATE_MESSAGE}; the body holds the message.
 *
 * @param topic its topic, which for one that was found by its place may not be the one asked for
 * @param queueId the queue it is in, or will be
 * @param messageId its offset message id
 * @param dueMs when it is due, or was, in ms since 1970; 0 if it does not wait for its time
 * @param transaction the one that it waits for, or waited for; 0 for none
 */
public record LocateMessageResponse(
        String topic, int queueId, String messageId, long dueMs, long transaction) {

    /**
     * Reads the fields of an answer.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static LocateMessageResponse decode(Header header) {
        return new LocateMessageResponse(
                header.text("topic"),
                header.intField("queueId"),
                header.text("messageId"),
                header.longField("dueTime"),
                header.longField("transaction"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("queueId", queueId)
                .field("messageId", messageId)
                .field("dueTime", dueMs)
                .field("transaction", transaction);
    }
}
