package io.sluice.engine.group;

import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.message.Mark;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are leased: handed to one consumer of a group, and to no other before the deadline
 * unless they are acknowledged. Owned by the shard; changed only by applying records.
 *
 * <p>Per group and queue there is a cursor, the next offset that was never handed out, and the open
 * leases below it:
 *
 * <pre>
 *   offset    3   4   5   6   7   8   9
 *             L   a   L   a   a   -   -      L leased, a acknowledged, - never handed out
 *             ^committed              ^cursor
 * </pre>
 *
 * Whatever lies between the committed offset and the cursor and is not leased was acknowledged. So
 * the committed offset is that of the first open lease, or the cursor if there is none, and a queue
 * without open leases needs no state at all: its cursor is its committed offset.
 *
 * <p>A message that was read and may not be handed out yet, since its message group is held or
 * others are more urgent, is deferred: an open lease that nobody holds, of attempt 0.
 */
public final class Leases {
    /**
     * Open leases per group and queue at most; then nothing new is handed out. RocketMQ's {@code
     * popInflightMessageThreshold}. About 2 MB, so that consumers that acknowledge nothing do not
     * take the heap.
     */
    public static final int OPEN_MAX = 10_000;

    /** Receipts travel with a number of 31 bits: after so many a number comes again. */
    private static final long NUMBER_MAX = Integer.MAX_VALUE;

    private static final int QUEUE_SIZE_BYTES = 24;
    private static final int LEASE_SIZE_BYTES = 36;

    /** The deadline of what nobody holds: it is over. */
    static final long DEFERRED_MS = 0;

    /**
     * One message in one consumer's hands.
     *
     * @param number that of the handing out: with the offset it is the receipt. No number comes
     *     again soon, so a receipt of an earlier holder fits nothing.
     * @param deadlineMs until when the holder has it for itself, wall-clock ms
     * @param attempt how often it has been handed out; 0 if it never was, and was deferred
     * @param mark what decides when it is handed out, see {@link Mark}
     */
    public record Lease(long offset, long number, long deadlineMs, int attempt, long mark) {
        public boolean hasRunOut(long nowMs) {
            return deadlineMs <= nowMs;
        }

        /** Whether it was read, and waits to be handed out for the first time. */
        public boolean isDeferred() {
            return attempt == 0;
        }

        /** A message that was read, and waits to be handed out. */
        public static Lease deferred(long offset, long mark) {
            return new Lease(offset, 0, DEFERRED_MS, 0, mark);
        }
    }

    private record Key(int groupId, int topicId, int queueId) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparingInt(Key::groupId)
                        .thenComparingInt(Key::topicId)
                        .thenComparingInt(Key::queueId);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private static final class OfQueue {
        final OpenLeases open = new OpenLeases();
        long cursor;

        OfQueue(long cursor) {
            this.cursor = cursor;
        }

        long committed() {
            return open.isEmpty() ? cursor : open.firstOffset();
        }
    }

    private static final OpenLeases NONE = new OpenLeases();

    /** Only queues with open leases, in this order, so that a checkpoint is deterministic. */
    private final TreeMap<Key, OfQueue> queues = new TreeMap<>();

    private long lastNumber;

    private @Nullable OfQueue of(int groupId, int topicId, int queueId) {
        return queues.get(new Key(groupId, topicId, queueId));
    }

    // Looking.

    /** The number that the next handing out gets, from 1 to {@link #NUMBER_MAX} and over again. */
    public long nextNumber() {
        return lastNumber % NUMBER_MAX + 1;
    }

    /**
     * The next offset that was never handed out.
     *
     * @param committed the committed offset, which it is if nothing is leased
     */
    public long cursor(int groupId, int topicId, int queueId, long committed) {
        OfQueue queue = of(groupId, topicId, queueId);
        return queue == null ? committed : queue.cursor;
    }

    /** How many leases are open, those included that have run out. */
    public int open(int groupId, int topicId, int queueId) {
        OfQueue queue = of(groupId, topicId, queueId);
        return queue == null ? 0 : queue.open.count();
    }

    /** The open lease of a message; null if there is none. */
    public @Nullable Lease lease(int groupId, int topicId, int queueId, long offset) {
        OfQueue queue = of(groupId, topicId, queueId);
        return queue == null ? null : queue.open.get(offset);
    }

    /** The open leases of a queue. */
    public OpenLeases in(int groupId, int topicId, int queueId) {
        OfQueue queue = of(groupId, topicId, queueId);
        return queue == null ? NONE : queue.open;
    }

    /** When the first of the open leases that are still held runs out; Long.MAX_VALUE if none. */
    public long nextDeadlineMs(int groupId, int topicId, int queueId, long nowMs) {
        OfQueue queue = of(groupId, topicId, queueId);
        return queue == null ? Long.MAX_VALUE : queue.open.nextDeadlineMs(nowMs);
    }

    // Applying. What returns an offset returns the committed one that follows.

    /**
     * Applies that {@code offsets} were handed out, and that everything up to {@code cursor} which
     * is not among them and was not handed out before is not wanted: it counts as acknowledged.
     *
     * @param committed the committed offset before
     */
    public long leased(
            int groupId,
            int topicId,
            int queueId,
            long committed,
            long number,
            long deadlineMs,
            long cursor,
            long[] offsets) {
        Key key = new Key(groupId, topicId, queueId);
        OfQueue queue = queues.computeIfAbsent(key, k -> new OfQueue(committed));
        for (long offset : offsets) {
            Lease before = queue.open.get(offset);
            int attempt = before == null ? 1 : before.attempt + 1;
            long mark = before == null ? Mark.NONE : before.mark;
            queue.open.put(new Lease(offset, number, deadlineMs, attempt, mark));
        }
        queue.cursor = Math.max(queue.cursor, cursor);
        lastNumber = number;
        return settled(key, queue);
    }

    /**
     * Applies that messages were read and marked: those that were not open before are deferred. And
     * that everything else from the cursor to {@code cursor} is not wanted.
     *
     * @param committed the committed offset before
     */
    public long deferred(
            int groupId,
            int topicId,
            int queueId,
            long committed,
            long cursor,
            long[] offsets,
            long[] marks) {
        Key key = new Key(groupId, topicId, queueId);
        OfQueue queue = queues.computeIfAbsent(key, k -> new OfQueue(committed));
        for (int i = 0; i < offsets.length; i++) {
            Lease before = queue.open.get(offsets[i]);
            queue.open.put(
                    before == null
                            ? Lease.deferred(offsets[i], marks[i])
                            : new Lease(
                                    offsets[i],
                                    before.number,
                                    before.deadlineMs,
                                    before.attempt,
                                    marks[i]));
        }
        queue.cursor = Math.max(queue.cursor, cursor);
        return settled(key, queue);
    }

    /** Applies that leases have another deadline. */
    public void extended(int groupId, int topicId, int queueId, long offset, long deadlineMs) {
        OfQueue queue = of(groupId, topicId, queueId);
        Lease lease = queue == null ? null : queue.open.get(offset);
        if (queue != null && lease != null) {
            queue.open.put(new Lease(offset, lease.number, deadlineMs, lease.attempt, lease.mark));
        }
    }

    /**
     * Applies that messages were acknowledged.
     *
     * @param committed the committed offset before
     */
    public long acknowledged(
            int groupId, int topicId, int queueId, long committed, long[] offsets) {
        Key key = new Key(groupId, topicId, queueId);
        OfQueue queue = queues.get(key);
        if (queue == null) {
            return committed;
        }
        for (long offset : offsets) {
            boolean _ = queue.open.remove(offset);
        }
        return settled(key, queue);
    }

    /**
     * Applies that a group committed {@code offset} by itself: what is below is acknowledged, and
     * if that goes back, all leases are void.
     */
    public long committed(int groupId, int topicId, int queueId, long offset) {
        Key key = new Key(groupId, topicId, queueId);
        OfQueue queue = queues.get(key);
        if (queue == null) {
            return offset;
        }
        if (offset <= queue.committed() || offset >= queue.cursor) {
            queues.remove(key);
            return offset;
        }
        queue.open.removeBelow(offset);
        return settled(key, queue);
    }

    private long settled(Key key, OfQueue queue) {
        if (queue.open.isEmpty()) {
            queues.remove(key);
        }
        return queue.committed();
    }

    /** A committed offset that has changed by itself. */
    public interface Moved {
        void to(int groupId, long offset);
    }

    /** Applies that everything of a queue below {@code offset} has expired, for all groups. */
    public void expired(int topicId, int queueId, long offset, Moved moved) {
        for (Key key : List.copyOf(queues.keySet())) {
            OfQueue queue = queues.get(key);
            if (key.topicId == topicId
                    && key.queueId == queueId
                    && queue != null
                    && queue.committed() < offset) {
                queue.open.removeBelow(offset);
                queue.cursor = Math.max(queue.cursor, offset);
                moved.to(key.groupId, settled(key, queue));
            }
        }
    }

    /** Forgets the leases of one queue. */
    public void forgetQueue(int groupId, int topicId, int queueId) {
        queues.remove(new Key(groupId, topicId, queueId));
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        queues.keySet().removeIf(key -> key.groupId == groupId);
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        queues.keySet().removeIf(key -> key.topicId == topicId);
    }

    // Checkpoint.

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = Long.BYTES + Integer.BYTES + queues.size() * QUEUE_SIZE_BYTES;
        for (OfQueue queue : queues.values()) {
            size += queue.open.count() * LEASE_SIZE_BYTES;
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putLong(lastNumber).putInt(queues.size());
        for (Map.Entry<Key, OfQueue> entry : queues.entrySet()) {
            Key key = entry.getKey();
            OfQueue queue = entry.getValue();
            out.putInt(key.groupId).putInt(key.topicId).putInt(key.queueId);
            out.putLong(queue.cursor).putInt(queue.open.count());
            for (Lease lease : queue.open.all()) {
                out.putLong(lease.offset).putLong(lease.number);
                out.putLong(lease.deadlineMs).putInt(lease.attempt).putLong(lease.mark);
            }
        }
    }

    /**
     * Restores what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     * @throws java.nio.BufferUnderflowException if it is cut short
     */
    public void readFrom(ByteBuffer in) {
        lastNumber = in.getLong();
        for (int left = in.getInt(); left > 0; left--) {
            Key key = new Key(in.getInt(), in.getInt(), in.getInt());
            OfQueue queue = new OfQueue(in.getLong());
            int count = in.getInt();
            if (key.queueId < 0
                    || key.queueId >= TopicSettings.QUEUE_IDS_MAX
                    || count < 1
                    || count > in.remaining() / LEASE_SIZE_BYTES) {
                throw new IllegalArgumentException(
                        "%d leases of queue %d".formatted(count, key.queueId));
            }
            for (int i = 0; i < count; i++) {
                queue.open.put(readLease(in));
            }
            queues.put(key, queue);
        }
    }

    private static Lease readLease(ByteBuffer in) {
        Lease lease =
                new Lease(in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getLong());
        if (lease.offset < 0 || lease.attempt < 0 || !Mark.isUsable(lease.mark)) {
            throw new IllegalArgumentException(lease.toString());
        }
        return lease;
    }
}
