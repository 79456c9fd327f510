package io.sluice.protocol;

/**
 * {@link RequestCode#NEXT_DUE}: which messages are due next. Answered with {@link NextDue}.
 *
 * @param countMax how many at most
 */
public record NextDueHeader(int countMax) {

    /**
     * Reads the fields of a request.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static NextDueHeader decode(Header header) {
        return new NextDueHeader(header.intField("countMax"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("countMax", countMax);
    }
}
