package io.sluice.engine.log;

/**
 * The last of a run of batches: what the next batch must refer to.
 *
 * @param position where that batch ends, and the next one begins unless that is in a new segment
 * @param epoch the epoch of that batch; 0 before the first
 * @param sequence its sequence number; 0 before the first
 * @param checksum its checksum; 0 before the first
 */
record ChainEnd(long position, long epoch, long sequence, int checksum) {
    /** Before the first batch of a log. */
    static final ChainEnd NONE = new ChainEnd(0, 0, 0, 0);

    int segment() {
        return Position.segment(position);
    }

    /** Whether {@code batch} is the one that was written next. */
    boolean accepts(BatchHeader batch) {
        boolean sameEpoch = batch.epoch() == epoch && sequence > 0;
        boolean nextEpoch = batch.epoch() == epoch + 1 && batch.kind() == BatchHeader.Kind.EPOCH;
        return (sameEpoch || nextEpoch)
                && batch.sequence() == sequence + 1
                && batch.previousChecksum() == checksum;
    }

    /** The end after {@code batch}, which takes {@code paddedSizeBytes}. */
    ChainEnd after(BatchHeader batch, int paddedSizeBytes) {
        return new ChainEnd(
                batch.base() + paddedSizeBytes, batch.epoch(), batch.sequence(), batch.checksum());
    }
}
