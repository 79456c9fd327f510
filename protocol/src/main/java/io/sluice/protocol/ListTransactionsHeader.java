package io.sluice.protocol;

/**
 * {@link RequestCode#LIST_TRANSACTIONS}: which transactions are undecided?
 *
 * @param after those with a larger id; 0 for all
 * @param countMax how many at most
 */
public record ListTransactionsHeader(long after, int countMax) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static ListTransactionsHeader decode(Header header) {
        return new ListTransactionsHeader(
                header.longField("after", 0), header.intField("countMax"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("after", after).field("countMax", countMax);
    }
}
