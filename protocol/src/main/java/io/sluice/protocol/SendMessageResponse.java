package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The answer to the three SEND codes.
 *
 * @param msgId the {@link MessageId}; of a batch those of its messages, in order, with commas
 *     between
 * @param queueId the queue the message went to
 * @param queueOffset its offset there; of a batch that of its first message
 * @param transactionId of a prepared message its UNIQ_KEY
 * @param batchUniqId of a batch that is indexed as one its unique id
 */
public record SendMessageResponse(
        String msgId,
        int queueId,
        long queueOffset,
        @Nullable String transactionId,
        @Nullable String batchUniqId) {

    /**
     * Reads the fields of an answer.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static SendMessageResponse decode(Header header) {
        return new SendMessageResponse(
                header.text("msgId"),
                header.intField("queueId"),
                header.longField("queueOffset"),
                header.textOrNull("transactionId"),
                header.textOrNull("batchUniqId"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("msgId", msgId)
                .field("queueId", queueId)
                .field("queueOffset", queueOffset)
                .field("transactionId", transactionId)
                .field("batchUniqId", batchUniqId);
    }

    /** Writes the fields for one ordinary message, without making a String. */
    public static FrameWriter encode(FrameWriter writer, MessageId id, int queueId, long offset) {
        return writer.field("msgId", id).field("queueId", queueId).field("queueOffset", offset);
    }
}
