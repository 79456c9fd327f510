package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * Where the queues of a topic ended when producers began to spread keys over more queues. A group
 * that consumes in order has what lies beyond such a barrier, in any queue, only when it has
 * consumed what lies before it in all of them: so a key that has moved to another queue is not
 * overtaken by itself. Owned by the shard; changed only by applying records.
 */
public final class Barriers {
    /** So many are kept for a topic at most; then the oldest goes. */
    static final int COUNT_MAX = 64;

    private final TreeMap<Integer, List<long[]>> byTopic = new TreeMap<>();

    /** Whether a topic has any. */
    public boolean any(int topicId) {
        return !byTopic.isEmpty() && byTopic.containsKey(topicId);
    }

    /** Whether one drawn with these ends would tell anything that the last one does not. */
    public boolean isNew(int topicId, long[] ends) {
        boolean empty = true;
        for (long end : ends) {
            empty &= end == 0;
        }
        List<long[]> known = byTopic.get(topicId);
        return !empty && (known == null || !isSame(known.getLast(), ends));
    }

    /** Queues that have had nothing do not count. */
    private static boolean isSame(long[] one, long[] other) {
        for (int i = 0; i < Math.max(one.length, other.length); i++) {
            if ((i < one.length ? one[i] : 0) != (i < other.length ? other[i] : 0)) {
                return false;
            }
        }
        return true;
    }

    /**
     * How many of the topic's barriers a group has behind it.
     *
     * @param consumed up to where the group has consumed a queue, or the queue has expired
     */
    public int passed(int topicId, IntToLongFunction consumed) {
        List<long[]> known = byTopic.get(topicId);
        int passed = 0;
        while (known != null && passed < known.size() && isPassed(known.get(passed), consumed)) {
            passed++;
        }
        return passed;
    }

    private static boolean isPassed(long[] ends, IntToLongFunction consumed) {
        return firstBehind(ends, consumed) < 0;
    }

    /** The first queue that has not been consumed up to its end; negative if all have. */
    private static int firstBehind(long[] ends, IntToLongFunction consumed) {
        for (int queueId = 0; queueId < ends.length; queueId++) {
            if (ends[queueId] > 0 && consumed.applyAsLong(queueId) < ends[queueId]) {
                return queueId;
            }
        }
        return -1;
    }

    /**
     * The queue because of which a group that has {@code passed} barriers has to stop; negative if
     * there is none.
     */
    public int firstBehind(int topicId, int passed, IntToLongFunction consumed) {
        List<long[]> known = byTopic.get(topicId);
        return known == null || passed >= known.size()
                ? -1
                : firstBehind(known.get(passed), consumed);
    }

    /** Where a group that has {@code passed} barriers has to stop; Long.MAX_VALUE for nowhere. */
    public long limit(int topicId, int passed, int queueId) {
        List<long[]> known = byTopic.get(topicId);
        if (known == null || passed >= known.size()) {
            return Long.MAX_VALUE;
        }
        long[] ends = known.get(passed);
        return queueId < ends.length ? ends[queueId] : 0;
    }

    /**
     * Applies that a barrier was drawn.
     *
     * @param ends where the topic's queues end
     * @param first the oldest offset of a queue that has not expired
     */
    public void drawn(int topicId, long[] ends, IntToLongFunction first) {
        List<long[]> known = byTopic.computeIfAbsent(topicId, id -> new ArrayList<>());
        known.removeIf(old -> isPassed(old, first));
        if (known.size() == COUNT_MAX) {
            known.removeFirst();
        }
        known.add(ends);
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        byTopic.remove(topicId);
    }

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = Integer.BYTES;
        for (List<long[]> known : byTopic.values()) {
            size += 2 * Integer.BYTES;
            for (long[] ends : known) {
                size += Integer.BYTES + ends.length * Long.BYTES;
            }
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(byTopic.size());
        byTopic.forEach((topicId, known) -> {
            out.putInt(topicId).putInt(known.size());
            for (long[] ends : known) {
                out.putInt(ends.length);
                for (long end : ends) {
                    out.putLong(end);
                }
            }
        });
    }

    /**
     * Restores what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     * @throws java.nio.BufferUnderflowException if it is cut short
     */
    public void readFrom(ByteBuffer in) {
        for (int left = in.getInt(); left > 0; left--) {
            int topicId = in.getInt();
            List<long[]> known = new ArrayList<>();
            int count = in.getInt();
            if (count < 1 || count > COUNT_MAX) {
                throw new IllegalArgumentException("%d barriers".formatted(count));
            }
            for (int i = 0; i < count; i++) {
                known.add(ends(in));
            }
            byTopic.put(topicId, known);
        }
    }

    private static long[] ends(ByteBuffer in) {
        int queues = in.getInt();
        if (queues < 0 || queues > in.remaining() / Long.BYTES) {
            throw new IllegalArgumentException("a barrier of %d queues".formatted(queues));
        }
        long[] ends = new long[queues];
        for (int i = 0; i < queues; i++) {
            ends[i] = in.getLong();
        }
        return ends;
    }
}
