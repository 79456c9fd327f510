package io.sluice.engine.schedule;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The positions of cancelled timers that the watermark has not passed: a hash set with open
 * addressing, 20 bytes for each slot and no object. Owned by the shard thread.
 *
 * <pre>
 *   in a checkpoint, big-endian       each, sorted by position
 *    0  4  number                      0  8  position
 *    4     tombstones                  8  8  due time, wall-clock milliseconds
 *                                     16  4  segment, or ~segment
 * </pre>
 *
 * <p>A timer that was cancelled before its segment was sealed is not in the segment's footer. Its
 * tombstone stays, so that it is still known to be cancelled, but under ~segment, so that it does
 * not count among the footer's entries.
 */
final class Tombstones {
    static final int ENTRY_SIZE_BYTES = 20;

    private static final int CAPACITY_MIN = 16;

    /** Which tombstones are meant. */
    private interface Filter {
        boolean test(int segment, long dueMs, long position);
    }

    private long[] positions = new long[CAPACITY_MIN]; // 0, which names no record, is free
    private long[] dues = new long[CAPACITY_MIN];
    private int[] segments = new int[CAPACITY_MIN];
    private int size;

    int size() {
        return size;
    }

    long heldBytes() {
        return (long) positions.length * (Long.BYTES + Long.BYTES + Integer.BYTES);
    }

    boolean contains(long position) {
        return size > 0 && positions[slotOf(position)] == position;
    }

    /** False if it was there. */
    boolean add(int segment, long dueMs, long position) {
        if (size * 2 >= positions.length) {
            rebuild(positions.length * 2, (s, d, p) -> true);
        }
        int slot = slotOf(position);
        if (positions[slot] == position) {
            return false;
        }
        positions[slot] = position;
        dues[slot] = dueMs;
        segments[slot] = segment;
        size++;
        return true;
    }

    /** The segment is sealed, without the timers cancelled so far. */
    void leave(int segment) {
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] != 0 && segments[i] == segment) {
                segments[i] = ~segment;
            }
        }
    }

    /** How many of the footer of {@code segment}, or of its run in memory, are cancelled. */
    int countIn(int segment) {
        return count((its, dueMs, position) -> its == segment);
    }

    /** Drops those that the watermark has passed. */
    void dropUpTo(long watermarkDueMs, long watermarkPosition) {
        retain((its, dueMs, position) ->
                RunFormat.before(watermarkDueMs, watermarkPosition, dueMs, position));
    }

    /** Drops those of segments below. */
    void dropBelow(int firstSegment) {
        retain((its, dueMs, position) -> (its < 0 ? ~its : its) >= firstSegment);
    }

    private int count(Filter filter) {
        int count = 0;
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] != 0 && filter.test(segments[i], dues[i], positions[i])) {
                count++;
            }
        }
        return count;
    }

    private void retain(Filter filter) {
        int kept = count(filter);
        if (kept < size) {
            int capacity = CAPACITY_MIN;
            while (kept * 2 >= capacity) {
                capacity *= 2;
            }
            rebuild(capacity, filter);
        }
    }

    int checkpointSizeBytes() {
        return Integer.BYTES + size * ENTRY_SIZE_BYTES;
    }

    void checkpoint(ByteBuffer to) {
        long[] sorted = Arrays.stream(positions).filter(position -> position != 0).toArray();
        Arrays.sort(sorted);
        to.putInt(sorted.length);
        for (long position : sorted) {
            int slot = slotOf(position);
            to.putLong(position).putLong(dues[slot]).putInt(segments[slot]);
        }
    }

    void restore(ByteBuffer from) {
        for (int i = from.getInt(); i > 0; i--) {
            long position = from.getLong();
            long dueMs = from.getLong();
            add(from.getInt(), dueMs, position);
        }
    }

    private void rebuild(int capacity, Filter filter) {
        long[] oldPositions = positions;
        long[] oldDues = dues;
        int[] oldSegments = segments;
        positions = new long[capacity];
        dues = new long[capacity];
        segments = new int[capacity];
        size = 0;
        for (int i = 0; i < oldPositions.length; i++) {
            if (oldPositions[i] != 0 && filter.test(oldSegments[i], oldDues[i], oldPositions[i])) {
                add(oldSegments[i], oldDues[i], oldPositions[i]);
            }
        }
    }

    /** The slot that holds the position, or the free one where it belongs. */
    private int slotOf(long position) {
        long mixed = position * 0x9E3779B97F4A7C15L;
        int mask = positions.length - 1;
        int slot = (int) (mixed >>> 32) & mask;
        while (positions[slot] != 0 && positions[slot] != position) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
