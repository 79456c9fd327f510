package io.sluice.engine.queue;

import io.sluice.engine.log.Batch;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A log that is one sealed segment, of which only the footer is ever asked for. */
final class OneFooterLog implements Log {
    static final int SEGMENT = 1;

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
    public int segmentOf(long position) {
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
