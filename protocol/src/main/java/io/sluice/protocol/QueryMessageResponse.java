package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#QUERY_MESSAGE}; the body holds the messages.
 *
 * @param indexLastUpdateTimestampMs store time of the newest message indexed, in ms since 1970
 * @param indexLastUpdatePosition its position
 */
public record QueryMessageResponse(long indexLastUpdateTimestampMs, long indexLastUpdatePosition) {

    /**
     * Reads the fields of an answer.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static QueryMessageResponse decode(Header header) {
        return new QueryMessageResponse(
                header.longField("indexLastUpdateTimestamp"),
                header.longField("indexLastUpdatePhyoffset"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("indexLastUpdateTimestamp", indexLastUpdateTimestampMs)
                .field("indexLastUpdatePhyoffset", indexLastUpdatePosition);
    }
}
