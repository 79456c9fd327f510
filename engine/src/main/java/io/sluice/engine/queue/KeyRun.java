package io.sluice.engine.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The keys of one segment while it is in memory: (hash, position) pairs in the order in which the
 * messages came. Adding is two stores; a lookup scans, which is fast enough for what is asked of
 * the newest messages and costs senders nothing. Sorted only when the segment is sealed.
 *
 * <p>The shard adds; any thread looks up.
 */
final class KeyRun {
    /** Takes the position of each pair whose hash matches. */
    interface Sink {
        void found(long position);
    }

    static final int PAIR_SIZE_BYTES = 16;
    private static final int CHUNK_BITS = 13;
    private static final int CHUNK_PAIRS = 1 << CHUNK_BITS;
    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(KeyRun.class, "count", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final int segment;
    private volatile long[][] chunks = {};
    private int count;

    KeyRun(int segment) {
        this.segment = segment;
    }

    /** Shard only. */
    void add(long hash, long position) {
        int index = count;
        long[][] all = chunks;
        int number = index >> CHUNK_BITS;
        if (number == all.length) {
            all = Arrays.copyOf(all, number + 1);
            all[number] = new long[CHUNK_PAIRS * 2];
            chunks = all;
        }
        int at = (index & CHUNK_PAIRS - 1) * 2;
        all[number][at] = hash;
        all[number][at + 1] = position;
        COUNT.setRelease(this, index + 1);
    }

    /** Hands the positions under {@code hash} to {@code sink}, oldest first. */
    void find(long hash, Sink sink) {
        int end = (int) COUNT.getAcquire(this);
        long[][] all = chunks;
        for (int i = 0; i < end; i++) {
            long[] chunk = all[i >> CHUNK_BITS];
            int at = (i & CHUNK_PAIRS - 1) * 2;
            if (chunk[at] == hash) {
                sink.found(chunk[at + 1]);
            }
        }
    }

    /** All pairs by hash, then position; for sealing, once nothing is added any more. */
    long[] sorted() {
        int end = (int) COUNT.getAcquire(this);
        return PairSort.sort(flat(end));
    }

    private long[] flat(int end) {
        long[] pairs = new long[end * 2];
        for (int i = 0; i < end; i += CHUNK_PAIRS) {
            int pairsHere = Math.min(CHUNK_PAIRS, end - i);
            System.arraycopy(chunks[i >> CHUNK_BITS], 0, pairs, i * 2, pairsHere * 2);
        }
        return pairs;
    }
}
