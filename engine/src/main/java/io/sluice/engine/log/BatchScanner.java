package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the batches of one segment's file through a window of memory. Recovery only: blocks on
 * storage, judges nothing beyond a batch's own checksum.
 */
final class BatchScanner {
    private static final int WINDOW_BYTES = 1 << 20;

    private final SegmentFile file;
    private final int segment;
    private final int shard;
    private final long sizeBytes;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer window;
    private ByteBuffer view;
    private long windowAt;
    private int windowBytes;

    BatchScanner(SegmentFile file, int segment, int shard) throws IOException {
        this.file = file;
        this.segment = segment;
        this.shard = shard;
        this.sizeBytes = file.sizeBytes();
        this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, Math.max(1, sizeBytes)));
        this.view = window.duplicate();
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** The intact batch that was written at {@code offset} of this segment; null if none is. */
    @Nullable BatchHeader at(long offset) throws IOException {
        if (offset + BatchHeader.SIZE_BYTES > sizeBytes) {
            return null;
        }
        int at = load(offset, BatchHeader.SIZE_BYTES);
        long base = Position.of(segment, (int) offset);
        int length = BatchHeader.claimedLength(window, at, base);
        if (length < BatchHeader.SIZE_BYTES || offset + length > sizeBytes) {
            return null;
        }
        at = load(offset, length);
        BatchHeader header = BatchHeader.verified(window, at, length, view, crc);
        return header != null && header.shard() == shard ? header : null;
    }

    /** The records of a batch that {@link #at} returned last; valid until the next call. */
    ByteBuffer records(BatchHeader header) throws IOException {
        int at = load(Position.offset(header.base()), header.length());
        return window.slice(at + BatchHeader.SIZE_BYTES, header.length() - BatchHeader.SIZE_BYTES)
                .asReadOnlyBuffer();
    }

    /** Makes {@code count} bytes at {@code offset} available; returns where in the window. */
    private int load(long offset, int count) throws IOException {
        if (offset < windowAt || offset + count > windowAt + windowBytes) {
            if (count > window.capacity()) {
                window = ByteBuffer.allocate(count);
                view = window.duplicate();
            }
            window.clear();
            windowBytes = 0;
            windowAt = offset;
            int read = file.read(window, offset);
            if (read < count) {
                throw new CorruptLogException(
                        file.name() + " ended while it was read; is another process using it?");
            }
            windowBytes = read;
        }
        return (int) (offset - windowAt);
    }
}
