package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads single records where they may lie. */
final class RecordReader {
    private static final int HEAD_SIZE_BYTES = 8;

    private RecordReader() {}

    /**
     * The record at {@code position}; null if there is none, or a damaged one. May block.
     *
     * @param mayBe whether a record may begin with these bytes
     * @param isIntact whether the record is as it was written
     */
    static @Nullable ByteBuffer read(
            Log log, long position, Predicate<ByteBuffer> mayBe, Predicate<ByteBuffer> isIntact)
            throws IOException {
        if (!log.mayHold(position, HEAD_SIZE_BYTES)) {
            return null;
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD_SIZE_BYTES);
        log.read(position, HEAD_SIZE_BYTES, head);
        int sizeBytes = head.getInt(0);
        if (!mayBe.test(head) || !log.mayHold(position, sizeBytes)) {
            return null;
        }
        ByteBuffer record = ByteBuffer.allocate(sizeBytes);
        log.read(position, sizeBytes, record);
        record.flip();
        return isIntact.test(record) ? record : null;
    }
}
