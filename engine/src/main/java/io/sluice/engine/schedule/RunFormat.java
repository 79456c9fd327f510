package io.sluice.engine.schedule;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Footer.Section;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of {@link Section#TIMERS}: the timers of a segment that were pending when it was
 * sealed, sorted by due time and then position. Big-endian.
 *
 * <pre>
 *   entry i, at i * 20
 *    0  8  due time, wall-clock milliseconds
 *    8  8  log position of the scheduled record
 *   16  4  size of the scheduled record in bytes
 * </pre>
 *
 * <p>The methods that read may block and run on a reader.
 */
final class RunFormat {
    static final int ENTRY_SIZE_BYTES = 20;

    /** Entries read at once: as many as fit into 4 KiB. */
    static final int BLOCK_ENTRIES = 4096 / ENTRY_SIZE_BYTES;

    private RunFormat() {}

    /** Some entries in a row, from entry number {@code first} on. */
    record Block(long first, ByteBuffer bytes) {
        static final Block NONE = new Block(0, ByteBuffer.allocate(0));

        int count() {
            return bytes.capacity() / ENTRY_SIZE_BYTES;
        }

        boolean holds(long entry) {
            return entry >= first && entry < first + count();
        }

        long dueMs(long entry) {
            return bytes.getLong((int) (entry - first) * ENTRY_SIZE_BYTES);
        }

        long position(long entry) {
            return bytes.getLong((int) (entry - first) * ENTRY_SIZE_BYTES + 8);
        }

        int sizeBytes(long entry) {
            return bytes.getInt((int) (entry - first) * ENTRY_SIZE_BYTES + 16);
        }
    }

    static boolean before(long dueMs, long position, long otherDueMs, long otherPosition) {
        return dueMs < otherDueMs || (dueMs == otherDueMs && position < otherPosition);
    }

    static void writeEntry(ByteBuffer to, long dueMs, long position, int sizeBytes) {
        to.putLong(dueMs).putLong(position).putInt(sizeBytes);
    }

    static long entries(Footer footer) throws IOException {
        long sizeBytes = footer.sizeBytes(Section.TIMERS);
        if (sizeBytes % ENTRY_SIZE_BYTES != 0) {
            throw new CorruptLogException(
                    "a timer section of %d bytes is not made of entries of %d"
                            .formatted(sizeBytes, ENTRY_SIZE_BYTES));
        }
        return sizeBytes / ENTRY_SIZE_BYTES;
    }

    /** The block that begins with entry {@code first}; shorter at the end of the run. */
    static Block readBlock(Footer footer, long first) throws IOException {
        int count = (int) Math.min(BLOCK_ENTRIES, entries(footer) - first);
        int sizeBytes = count * ENTRY_SIZE_BYTES;
        ByteBuffer own = ByteBuffer.allocate(sizeBytes);
        if (count > 0) {
            own.put(footer.read(Section.TIMERS, first * ENTRY_SIZE_BYTES, sizeBytes));
        }
        Block block = new Block(first, own);
        for (long i = first + 1; i < first + count; i++) {
            if (!before(
                    block.dueMs(i - 1), block.position(i - 1), block.dueMs(i), block.position(i))) {
                throw new CorruptLogException("timer entries out of order at entry " + i);
            }
        }
        return block;
    }

    /** The number of the first entry after (due, position); the number of entries if none is. */
    static long firstAfter(Footer footer, long dueMs, long position) throws IOException {
        long low = 0;
        long high = entries(footer);
        while (low < high) {
            long middle = (low + high) >>> 1;
            ByteBuffer entry =
                    footer.read(Section.TIMERS, middle * ENTRY_SIZE_BYTES, ENTRY_SIZE_BYTES);
            long entryDueMs = entry.getLong();
            if (before(dueMs, position, entryDueMs, entry.getLong())) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
