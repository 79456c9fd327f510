package io.sluice.faults;

import java.util.Arrays;

/**
 * What is known of one queue: message by message from the first offset that has not been audited
 * on, and as one number for every {@link #BLOCK} messages before it.
 */
final class QueueLedger {
    /** Messages whose bytes are remembered in one number. */
    static final int BLOCK = 4096;

    private static final long SEEN = 1L << 32;

    final QueueName name;
    private long audited;
    private long requiredEnd;

    /** By offset from {@link #audited} on: 1 + id of the message acknowledged there; 0 if none. */
    private long[] acknowledged = new long[1024];

    /** By offset from {@link #audited} on: the checksum of what a consumer was given there. */
    private long[] delivered = new long[1024];

    private long[] blocks = new long[16];
    private long hash;
    private long lastStoreMs;

    QueueLedger(QueueName name) {
        this.name = name;
    }

    /** Everything below has been read back and compared. */
    long audited() {
        return audited;
    }

    /** The end that the queue has to have at least. */
    long requiredEnd() {
        return Math.max(audited, requiredEnd);
    }

    long lastStoreMs() {
        return lastStoreMs;
    }

    /** Returns the id that was acknowledged at this unaudited offset before, or -1. */
    long acknowledge(long offset, long id) {
        int index = index(offset);
        long before = acknowledged[index] - 1;
        acknowledged[index] = id + 1;
        return before;
    }

    /** Returns whether a consumer was given the same before, or nothing. */
    boolean deliver(long offset, int checksum) {
        if (offset < audited) {
            return true;
        }
        int index = index(offset);
        long now = SEEN | Integer.toUnsignedLong(checksum);
        long before = delivered[index];
        delivered[index] = now;
        return before == 0 || before == now;
    }

    private int index(long offset) {
        int index = Math.toIntExact(offset - audited);
        if (index >= acknowledged.length) {
            int length = Math.max(index + 1, acknowledged.length * 2);
            acknowledged = Arrays.copyOf(acknowledged, length);
            delivered = Arrays.copyOf(delivered, length);
        }
        requiredEnd = Math.max(requiredEnd, offset + 1);
        return index;
    }

    /** The id of the message acknowledged at an unaudited offset; -1 if none is known. */
    long acknowledgedAt(long offset) {
        long index = offset - audited;
        return index < acknowledged.length ? acknowledged[(int) index] - 1 : -1;
    }

    /** Whether what is stored at an unaudited offset is what a consumer was given, if one was. */
    boolean isAsDelivered(long offset, int checksum) {
        long index = offset - audited;
        return index >= delivered.length
                || delivered[(int) index] == 0
                || delivered[(int) index] == (SEEN | Integer.toUnsignedLong(checksum));
    }

    /**
     * Takes the messages of {@code checksums} as audited, from {@link #audited} on, and forgets
     * them one by one.
     */
    void close(int[] checksums, int count, long storeMs) {
        for (int i = 0; i < count; i++) {
            hash = chain(hash, checksums[i]);
            if ((audited + i + 1) % BLOCK == 0) {
                int block = (int) ((audited + i) / BLOCK);
                if (block >= blocks.length) {
                    blocks = Arrays.copyOf(blocks, blocks.length * 2);
                }
                blocks[block] = hash;
                hash = 0;
            }
        }
        int left = Math.max(0, acknowledged.length - count);
        shift(acknowledged, count, left);
        shift(delivered, count, left);
        audited += count;
        lastStoreMs = Math.max(lastStoreMs, storeMs);
    }

    private static void shift(long[] values, int count, int left) {
        if (left > 0) {
            System.arraycopy(values, count, values, 0, left);
        }
        Arrays.fill(values, left, values.length, 0);
    }

    /** How many blocks are remembered. */
    int blocks() {
        return (int) (audited / BLOCK);
    }

    /** What {@link #chain} has to give over a block's messages. */
    long block(int block) {
        return blocks[block];
    }

    /** Adds a message's checksum to those of the messages before it. */
    static long chain(long hash, int checksum) {
        return (hash ^ checksum) * 0x9E3779B97F4A7C15L + 1;
    }
}
