package io.sluice.server.grpc;

/**
 * Spreads keys over buckets so that one bucket more moves as few keys as possible (Lamping and
 * Veach, "A fast, minimal memory, consistent hash algorithm", 2014); RocketMQ's proxy does the
 * same.
 */
final class JumpHash {
    private static final long MULTIPLIER = 2862933555777941757L;

    private JumpHash() {}

    /** The bucket of {@code key}, from 0 to {@code buckets - 1}. */
    static int bucket(long key, int buckets) {
        long state = key;
        int bucket = 0;
        while (true) {
            state = MULTIPLIER * state + 1;
            double step = ((int) (state >>> 33) + 1) / 0x1.0p31;
            int next = (int) ((bucket + 1) / step);
            if (next < 0 || next >= buckets) {
                return bucket;
            }
            bucket = next;
        }
    }
}
