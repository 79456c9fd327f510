package io.sluice.engine.shard;

import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * What became of leasing.
 *
 * @param number that of the handing out, from 1: with an offset it is the receipt; 0 if what was
 *     read is no longer what is next, and nothing was leased
 * @param atMs when, wall-clock ms
 * @param attempts of each message, how often it has been handed out, this time included; 0 if it
 *     was not, and was deferred
 * @param deferred how many messages of the queue are deferred now
 */
public record Grant(long number, long atMs, int[] attempts, int deferred) {
    static final Grant MOVED = new Grant(0, 0, new int[0], 0);

    /** How many messages were handed out. */
    public int count() {
        return (int) IntStream.of(attempts).filter(attempt -> attempt > 0).count();
    }

    /** Whether nothing was handed out. */
    public boolean isEmpty() {
        return count() == 0;
    }

    /** Whether somebody was faster: ask for another offer. */
    public boolean hasMoved() {
        return number == 0;
    }

    /**
     * Keeps of the messages that were read those that were handed out, which say in {@code
     * reconsumeTimes} how often that was before.
     *
     * @param messages as many as attempts, stored layout
     * @return their offsets
     */
    public long[] keep(ByteBuffer messages) {
        long[] offsets = new long[count()];
        int count = 0;
        int from = 0;
        int to = 0;
        for (int attempt : attempts) {
            int size = StoredMessage.sizeBytes(messages, from);
            if (attempt > 0) {
                if (to < from) {
                    messages.put(to, messages, from, size);
                }
                if (attempt > 1) {
                    int times = StoredMessage.reconsumeTimes(messages, to) + attempt - 1;
                    StoredMessage.reconsumed(messages, to, times);
                }
                offsets[count++] = StoredMessage.queueOffset(messages, to);
                to += size;
            }
            from += size;
        }
        messages.limit(to);
        return offsets;
    }
}
