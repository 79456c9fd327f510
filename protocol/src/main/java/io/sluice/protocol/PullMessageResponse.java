package io.sluice.protocol;

/**
 * The answer to {@link RequestCode#PULL_MESSAGE}; the body holds the messages.
 *
 * @param suggestWhichBrokerId the replica to pull from next; 0 is the master
 * @param nextBeginOffset where to go on
 * @param minOffset where the queue begins
 * @param maxOffset where the queue ends
 */
public record PullMessageResponse(
        long suggestWhichBrokerId, long nextBeginOffset, long minOffset, long maxOffset) {

    /**
     * Reads the fields of an answer.
     *
     * @throws HeaderException if one is missing or malformed
     */
    public static PullMessageResponse decode(Header header) {
        return new PullMessageResponse(
                header.longField("suggestWhichBrokerId"),
                header.longField("nextBeginOffset"),
                header.longField("minOffset"),
                header.longField("maxOffset"));
    }

    /** Writes the fields. */
    public FrameWriter encode(FrameWriter writer) {
        return writer.field("suggestWhichBrokerId", suggestWhichBrokerId)
                .field("nextBeginOffset", nextBeginOffset)
                .field("minOffset", minOffset)
                .field("maxOffset", maxOffset);
    }
}
