package io.sluice.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@link RequestCode#END_TRANSACTION}: commits or rolls back a transactional message. Clients send
 * it one-way.
 *
 * @param topic the message's topic; old clients do not say
 * @param producerGroup the group of the producer that sent the message
 * @param tranStateTableOffset the queue offset that the send was answered
 * @param commitLogOffset the position that the send was answered: the transaction
 * @param commitOrRollback {@link #COMMIT}, {@link #ROLLBACK}, or {@link #UNKNOWN}
 * @param fromTransactionCheck whether it answers a {@link RequestCode#CHECK_TRANSACTION_STATE}
 * @param msgId the client's id of the message
 * @param transactionId the same, mostly
 * @param brokerName the shard the client means; old clients do not say
 */
public record EndTransactionHeader(
        @Nullable String topic,
        String producerGroup,
        long tranStateTableOffset,
        long commitLogOffset,
        int commitOrRollback,
        boolean fromTransactionCheck,
        String msgId,
        @Nullable String transactionId,
        @Nullable String brokerName) {

    /** {@link #commitOrRollback}: the producer does not know. */
    public static final int UNKNOWN = 0;

    /** {@link #commitOrRollback}: commit. */
    public static final int COMMIT = 8;

    /** {@link #commitOrRollback}: roll back. */
    public static final int ROLLBACK = 12;

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static EndTransactionHeader decode(Header header) {
        return new EndTransactionHeader(
                header.textOrNull("topic"),
                header.text("producerGroup"),
                header.longField("tranStateTableOffset"),
                header.longField("commitLogOffset"),
                header.intField("commitOrRollback"),
                header.booleanField("fromTransactionCheck", false),
                header.text("msgId"),
                header.textOrNull("transactionId"),
                header.textOrNull("bname"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("topic", topic)
                .field("producerGroup", producerGroup)
                .field("tranStateTableOffset", tranStateTableOffset)
                .field("commitLogOffset", commitLogOffset)
                .field("commitOrRollback", commitOrRollback)
                .field("fromTransactionCheck", fromTransactionCheck)
                .field("msgId", msgId)
                .field("transactionId", transactionId)
                .field("bname", brokerName);
    }
}
