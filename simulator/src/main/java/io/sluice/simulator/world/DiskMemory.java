package io.sluice.simulator.world;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Arrays for the bytes of simulated files, used again from one history to the next. Owned by one
 * thread. Sizes are powers of two; at most {@link #KEPT_BYTES} are kept.
 */
public final class DiskMemory {
    private static final int SIZE_BITS_MIN = 9;
    private static final long KEPT_BYTES = 64L << 20;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private final ArrayDeque<byte[]>[] free = new ArrayDeque[32];

    private long keptBytes;

    public DiskMemory() {
        Arrays.setAll(free, bits -> new ArrayDeque<>());
    }

    private static int bits(int sizeBytes) {
        return Math.max(SIZE_BITS_MIN, 32 - Integer.numberOfLeadingZeros(sizeBytes - 1));
    }

    /** An array of at least this size, holding anything. */
    byte[] take(int sizeBytesMin) {
        int bits = bits(Math.max(1, sizeBytesMin));
        byte[] bytes = free[bits].pollLast();
        if (bytes == null) {
            return new byte[1 << bits];
        }
        keptBytes -= bytes.length;
        return bytes;
    }

    /** An array of at least this size, all zeroes. */
    byte[] takeZeroed(int sizeBytesMin) {
        byte[] bytes = take(sizeBytesMin);
        Arrays.fill(bytes, (byte) 0);
        return bytes;
    }

    /** Takes back an array that {@link #take} gave and nobody uses any more. */
    void give(byte[] bytes) {
        if (bytes.length >= 1 << SIZE_BITS_MIN && keptBytes + bytes.length <= KEPT_BYTES) {
            free[bits(bytes.length)].addLast(bytes);
            keptBytes += bytes.length;
        }
    }
}
