package io.sluice.engine.queue;

import java.io.IOException;
import java.util.Arrays;

/**
 * The messages that one read chose, as places in the log, and the offset at which the next read
 * goes on. Filled by {@link QueueIndex}; used by one thread.
 */
public final class Selection {
    /** Entries looked at by one read at most, so that a filter that matches nothing stays cheap. */
    static final int SCANNED_MAX = 16_384;

    private final int countMax;
    private final long sizeBytesMax;
    private final long end;
    private long[] positions = new long[32];
    private int[] sizes = new int[32];
    private int count;
    private long sizeBytes;
    private int scanned;
    private long nextOffset;
    private boolean complete;

    /**
     * @param countMax messages at most, at least 1
     * @param sizeBytesMax bytes in total at most; the first message is taken whatever its size
     */
    public Selection(int countMax, long sizeBytesMax, long offset) {
        this(countMax, sizeBytesMax, offset, Long.MAX_VALUE);
    }

    /**
     * @param end nothing from this offset on is looked at
     */
    public Selection(int countMax, long sizeBytesMax, long offset, long end) {
        this.end = end;
        this.countMax = countMax;
        this.sizeBytesMax = sizeBytesMax;
        this.nextOffset = offset;
    }

    /** How many messages were chosen. */
    public int count() {
        return count;
    }

    /** Their size in bytes in total. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The position of message {@code index}. */
    public long position(int index) {
        return positions[index];
    }

    /** The size in bytes of message {@code index}. */
    public int sizeBytes(int index) {
        return sizes[index];
    }

    /** Where the next read goes on: one past the last entry that was looked at. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Whether a limit was reached, so that reading on adds nothing. */
    boolean complete() {
        return complete;
    }

    /**
     * Looks at the next entry; false if it was left: for the next read, if this one is {@link
     * #complete}, else since its message is not in memory.
     *
     * @throws IOException if the sieve may block and could not read the message
     */
    boolean offer(Sieve sieve, long position, int size, int tagHash) throws IOException {
        if (scanned == SCANNED_MAX || count == countMax || nextOffset >= end || sieve.isTired()) {
            complete = true;
            return false;
        }
        switch (sieve.verdict(position, size, tagHash)) {
            case WANTED -> {
                if (count > 0 && sizeBytes + size > sizeBytesMax) {
                    complete = true;
                    return false;
                }
                add(position, size);
            }
            case UNWANTED -> {}
            case ELSEWHERE -> {
                return false;
            }
        }
        scanned++;
        nextOffset++;
        return true;
    }

    private void add(long position, int size) {
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, count * 2);
            sizes = Arrays.copyOf(sizes, count * 2);
        }
        positions[count] = position;
        sizes[count++] = size;
        sizeBytes += size;
    }
}
