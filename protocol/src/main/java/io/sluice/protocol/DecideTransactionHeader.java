package io.sluice.protocol;

/**
 * {@link RequestCode#DECIDE_TRANSACTION}: an operator commits or rolls back a transaction.
 *
 * @param id the transaction
 * @param commit whether to commit it
 */
public record DecideTransactionHeader(long id, boolean commit) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static DecideTransactionHeader decode(Header header) {
        return new DecideTransactionHeader(header.longField("id"), header.booleanField("commit"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("id", id).field("commit", commit);
    }
}
