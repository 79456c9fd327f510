package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#CHECK_TRANSACTION_STATE}: to a client: what became of the transaction of the
 * message in the body? It answers with an {@link EndTransactionHeader}.
 *
 * @param topic the message's topic
 * @param tranStateTableOffset comes back in the answer
 * @param commitLogOffset the transaction; comes back in the answer
 * @param msgId the client's id of the message
 * @param transactionId the same
 * @param offsetMsgId the {@link MessageId} that the send was answered
 * @param brokerName comes back in the answer
 */
public record CheckTransactionStateHeader(
        String topic,
        long tranStateTableOffset,
        long commitLogOffset,
        @Nullable String msgId,
        @Nullable String transactionId,
        @Nullable String offsetMsgId,
        @Nullable String brokerName) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static CheckTransactionStateHeader decode(Header header) {
        return new CheckTransactionStateHeader(
                header.text("topic"),
                header.longField("tranStateTableOffset"),
                header.longField("commitLogOffset"),
                header.textOrNull("msgId"),
                header.textOrNull("transactionId"),
                header.textOrNull("offsetMsgId"),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("tranStateTableOffset", tranStateTableOffset)
                .field("commitLogOffset", commitLogOffset)
                .field("msgId", msgId)
                .field("transactionId", transactionId)
                .field("offsetMsgId", offsetMsgId)
                .field("bname", brokerName);
    }
}
