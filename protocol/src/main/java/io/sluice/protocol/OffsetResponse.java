package io.sluice.protocol;

/**
 * The answer to whatever asks for an offset: 14, 29, 30 and 31.
 *
 * @param offset the offset in the queue
 */
public record OffsetResponse(long offset) {

    /**
     * Reads the fields of an answer.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static OffsetResponse decode(Header header) {
        return new OffsetResponse(header.longField("offset"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("offset", offset);
    }
}
