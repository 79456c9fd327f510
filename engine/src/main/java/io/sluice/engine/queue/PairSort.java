package io.sluice.engine.queue;

/** Sorts pairs of longs that lie side by side in one array: no object for a pair. */
final class PairSort {
    private static final int RADIX_BITS = 8;
    private static final int BUCKETS = 1 << RADIX_BITS;

    private PairSort() {}

    /**
     * The pairs by the unsigned value of their first half; pairs that are equal in it keep their
     * order. A least-significant-digit radix sort: eight passes, each linear.
     */
    static long[] sort(long[] pairs) {
        long[] from = pairs;
        long[] to = new long[pairs.length];
        for (int shift = 0; shift < Long.SIZE; shift += RADIX_BITS) {
            pass(from, to, shift);
            long[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    private static void pass(long[] from, long[] to, int shift) {
        int[] starts = new int[BUCKETS + 1];
        for (int i = 0; i < from.length; i += 2) {
            starts[digit(from[i], shift) + 1]++;
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            starts[bucket + 1] += starts[bucket];
        }
        for (int i = 0; i < from.length; i += 2) {
            int at = starts[digit(from[i], shift)]++ * 2;
            to[at] = from[i];
            to[at + 1] = from[i + 1];
        }
    }

    private static int digit(long value, int shift) {
        return (int) (value >>> shift) & BUCKETS - 1;
    }
}
