package io.sluice.engine.log;

import java.nio.ByteBuffer;

/**
 * A batch that is filled in the slab that will be written and read. The shard's until it is
 * committed, then the writer's, which only finishes the header.
 */
final class LocalBatch extends Batch {
    private final Slab slab;
    private final ActiveFile file;
    private final long base;
    private final ByteBuffer buffer;
    private final BatchHeader.Kind kind;
    private int length;
    private int paddedSizeBytes;
    private long epoch;
    private long sequence;
    private boolean segmentEnd;

    LocalBatch(Slab slab, ActiveFile file, long base, int roomBytes, BatchHeader.Kind kind) {
        this.slab = slab;
        this.file = file;
        this.base = base;
        this.kind = kind;
        this.buffer = slab.room(base, roomBytes).position(BatchHeader.SIZE_BYTES);
    }

    @Override
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public long positionAt(int index) {
        return base + index;
    }

    @Override
    public int segment() {
        return file.segment();
    }

    @Override
    public int recordsSizeBytes() {
        return buffer.position() - BatchHeader.SIZE_BYTES;
    }

    /** Fixes the content: nothing but the header changes afterwards. */
    void close(int alignmentBytes, long batchEpoch, long batchSequence, int shard, long timeMs) {
        length = buffer.position();
        paddedSizeBytes = Slabs.align(length, alignmentBytes);
        epoch = batchEpoch;
        sequence = batchSequence;
        buffer.limit(paddedSizeBytes);
        while (buffer.remaining() >= Long.BYTES) {
            buffer.putLong(0);
        }
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
        BatchHeader.begin(buffer, 0, this, shard, timeMs);
    }

    Slab slab() {
        return slab;
    }

    ActiveFile file() {
        return file;
    }

    BatchHeader.Kind kind() {
        return kind;
    }

    long base() {
        return base;
    }

    /** Where the next batch of this segment begins. */
    long end() {
        return base + paddedSizeBytes;
    }

    int length() {
        return length;
    }

    long epoch() {
        return epoch;
    }

    long sequence() {
        return sequence;
    }

    /** Remembers that the next batch lies in a new segment. Shard only. */
    void endsSegment() {
        segmentEnd = true;
    }

    boolean isSegmentEnd() {
        return segmentEnd;
    }

    /** Whether one write can take both, this one being written right after {@code before}. */
    boolean continues(LocalBatch before) {
        return slab == before.slab && base == before.end();
    }
}
