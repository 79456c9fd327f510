package io.sluice.engine.queue;

import io.sluice.engine.log.Batch;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A log that is one sealed segment of a million bytes; nobody may ask for more than its footer. */
final class OneFooterLog implements Log {
    static final int SEGMENT = 1;

    /** Positions of the segment have it in their upper half. */
    static final long BASE = (long) SEGMENT << 32;

    private static final int SEGMENT_BYTES = 1_000_000;

    private final Footer footer;

    OneFooterLog(Footer footer) {
        this.footer = footer;
    }

    @Override
    public @Nullable Footer footer(int segment) {
        return segment == SEGMENT ? footer : null;
    }

    @Override
    public int firstSegment() {
        return SEGMENT;
    }

    @Override
    public int segmentOf(long position) {
        return (int) (position >>> 32);
    }

    @Override
    public boolean mayHold(long position, int sizeBytes) {
        return position >= BASE && position - BASE <= SEGMENT_BYTES - sizeBytes;
    }

    private static UnsupportedOperationException unasked() {
        return new UnsupportedOperationException("only the footer is asked for");
    }

    @Override
    public void recover(Replay replay, Listener listener) {
        throw unasked();
    }

    @Override
    public @Nullable Batch open(int recordsSizeBytesMin, boolean reserve) {
        throw unasked();
    }

    @Override
    public void commit(Batch batch) {
        throw unasked();
    }

    @Override
    public int inFlight() {
        throw unasked();
    }

    @Override
    public boolean full() {
        throw unasked();
    }

    @Override
    public int recordsSizeBytesMax() {
        throw unasked();
    }

    @Override
    public void seal(int segment, ByteBuffer checkpoint, Footer.Source source) {
        throw unasked();
    }

    @Override
    public void trim(int segment) {
        throw unasked();
    }

    @Override
    public long durablePosition() {
        throw unasked();
    }

    @Override
    public long segmentSizeBytes(int segment) {
        throw unasked();
    }

    @Override
    public boolean readResident(long position, int sizeBytes, ByteBuffer target) {
        throw unasked();
    }

    @Override
    public void read(long position, int sizeBytes, ByteBuffer target) {
        throw unasked();
    }

    @Override
    public void scan(int segment, Scan to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw unasked();
    }
}
