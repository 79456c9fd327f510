package io.sluice.engine.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One queue: its offsets, and its entries in the segments that are still in memory.
 *
 * <p>The shard appends; nothing appended can be seen by other threads until the shard {@link
 * #publish publishes} it, which it does when the batch is durable.
 */
public final class Queue {
    /** No queue gets so far; what is beyond may be counted on from without an overflow. */
    static final long OFFSET_MAX = Long.MAX_VALUE - Integer.MAX_VALUE;

    final int topicId;
    final int queueId;
    private final QueueRef ref;
    private long next;
    private long grownIn;
    private volatile long published;
    private volatile long first;
    private volatile Run[] runs = {};

    Queue(int topicId, int queueId, long first, long next) {
        this.topicId = topicId;
        this.queueId = queueId;
        this.ref = new QueueRef(topicId, queueId);
        this.first = first;
        this.next = next;
        this.published = next;
    }

    /** Its identity. */
    public QueueRef ref() {
        return ref;
    }

    /** The oldest offset that has not expired; equal to {@link #end} if there is none. */
    public long first() {
        return first;
    }

    /** One past the newest offset that may be seen. */
    public long end() {
        return published;
    }

    /** The offset that the next message gets. Shard only. */
    public long next() {
        return next;
    }

    /** Adds an entry under offset {@link #next}. Shard only. */
    void append(int segment, long position, long storeMs, int sizeBytes, int tagHash) {
        Run[] all = runs;
        Run last = all.length == 0 ? null : all[all.length - 1];
        if (last == null || last.segment != segment) {
            last = new Run(segment, next);
            all = Arrays.copyOf(all, all.length + 1);
            all[all.length - 1] = last;
            runs = all;
        }
        last.append(position, storeMs, sizeBytes, tagHash);
        next++;
    }

    /**
     * Notes that the queue grew in batch {@code batch}, counted from 1; false if that was noted
     * already. Shard only.
     */
    public boolean markGrownIn(long batch) {
        if (grownIn == batch) {
            return false;
        }
        grownIn = batch;
        return true;
    }

    /** Lets everything below {@code offset} be seen. Shard only. */
    public void publish(long offset) {
        published = offset;
    }

    /** Expires everything below {@code offset}. Shard only. */
    void expireBelow(long offset) {
        first = Math.max(first, Math.min(offset, next));
    }

    /** Forgets the in-memory entries of segments up to {@code segment}. Shard only. */
    void forgetRuns(int segment) {
        Run[] all = runs;
        int kept = 0;
        while (kept < all.length && all[kept].segment <= segment) {
            kept++;
        }
        if (kept > 0) {
            runs = Arrays.copyOfRange(all, kept, all.length);
        }
    }

    /**
     * The runs in memory, oldest first, each with the offsets up to the next one's. A reader takes
     * them once: between two calls the shard may have forgotten some.
     */
    Run[] runs() {
        return runs;
    }

    /** The in-memory run that holds {@code offset}, an offset below {@link #end}; null if none. */
    @Nullable Run runOf(long offset) {
        Run[] all = runs;
        int i = indexOf(all, offset);
        return i < 0 ? null : all[i];
    }

    /** The index of the run of {@code all} that holds {@code offset}; -1 if it is older. */
    static int indexOf(Run[] all, long offset) {
        int i = all.length - 1;
        while (i >= 0 && all[i].firstOffset > offset) {
            i--;
        }
        return i;
    }

    /** The run of {@code segment}; null if it has none. */
    @Nullable Run runIn(int segment) {
        for (Run run : runs) {
            if (run.segment == segment) {
                return run;
            }
        }
        return null;
    }
}
