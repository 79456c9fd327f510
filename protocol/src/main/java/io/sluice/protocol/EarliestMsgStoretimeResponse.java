package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#GET_EARLIEST_MSG_STORETIME}.
 *
 * @param timestampMs in ms since 1970; -1 if the queue is empty
 */
public record EarliestMsgStoretimeResponse(long timestampMs) {

    /**
     * Reads the fields of an answer.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static EarliestMsgStoretimeResponse decode(Header header) {
        return new EarliestMsgStoretimeResponse(header.longField("timestamp"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("timestamp", timestampMs);
    }
}
