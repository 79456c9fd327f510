package io.sluice.engine.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One queue's entries in one segment, in memory. An entry is three longs:
 *
 * <pre>
 *   0  position        8   where the stored message lies
 *   8  store time      8   ms
 *  16  size            4   bytes of the stored message
 *  20  tag hash        4
 * </pre>
 *
 * and is written to the segment's footer just so. The shard appends; any thread reads entries whose
 * offset it has seen published by {@link Queue}, which orders the writes here before its reads.
 * Entries never move once they are written, so growing costs no copy beyond the first chunk.
 */
final class Run {
    static final int ENTRY_SIZE_BYTES = 24;
    private static final int ENTRY_LONGS = 3;
    private static final int CHUNK_BITS = 10;
    private static final int CHUNK_ENTRIES = 1 << CHUNK_BITS;
    private static final int FIRST_ENTRIES = 4;

    final int segment;
    final long firstOffset;
    private volatile long[][] chunks = {new long[FIRST_ENTRIES * ENTRY_LONGS]};
    private int count;
    private long sizeBytesTotal;

    Run(int segment, long firstOffset) {
        this.segment = segment;
        this.firstOffset = firstOffset;
    }

    /** Shard only, or anyone once the segment has ended. */
    int count() {
        return count;
    }

    /** Shard only. */
    void append(long position, long storeMs, int sizeBytes, int tagHash) {
        long[] chunk = roomFor(count);
        int at = (count & CHUNK_ENTRIES - 1) * ENTRY_LONGS;
        chunk[at] = position;
        chunk[at + 1] = storeMs;
        chunk[at + 2] = (long) sizeBytes << 32 | (tagHash & 0xFFFFFFFFL);
        count++;
        sizeBytesTotal += sizeBytes;
    }

    /** The size of all messages of this run in bytes. Shard only. */
    long sizeBytesTotal() {
        return sizeBytesTotal;
    }

    private long[] roomFor(int index) {
        long[][] all = chunks;
        int number = index >> CHUNK_BITS;
        if (number == all.length) {
            all = Arrays.copyOf(all, number + 1);
            all[number] = new long[CHUNK_ENTRIES * ENTRY_LONGS];
            chunks = all;
        } else if (index * ENTRY_LONGS == all[number].length && number == 0) {
            all = all.clone();
            all[0] = Arrays.copyOf(all[0], all[0].length * 2);
            chunks = all;
        }
        return all[number];
    }

    long position(int index) {
        return at(index, 0);
    }

    long storeMs(int index) {
        return at(index, 1);
    }

    int sizeBytes(int index) {
        return (int) (at(index, 2) >>> 32);
    }

    int tagHash(int index) {
        return (int) at(index, 2);
    }

    private long at(int index, int field) {
        return chunks[index >> CHUNK_BITS][(index & CHUNK_ENTRIES - 1) * ENTRY_LONGS + field];
    }

    /** Writes entry {@code index} in the footer's form. */
    void write(int index, ByteBuffer out) {
        out.putLong(at(index, 0)).putLong(at(index, 1)).putLong(at(index, 2));
    }
}
