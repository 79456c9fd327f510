package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far each group has come in each queue. Owned by the shard; changed only by applying records.
 *
 * <p>A group <b>joins</b> a topic when it first asks for a position or commits one. Which queues
 * the topic had at that moment is remembered, because it tells a queue that the group has simply
 * not read yet (the client decides where to begin) from one that was added later (nothing in it may
 * be skipped, so it is read from 0).
 */
public final class Offsets {
    /** No offset is known: the client decides where to begin. */
    public static final long NONE = -1;

    private static final class Progress {
        final int queuesAtJoin;
        long[] committed = {};

        Progress(int queuesAtJoin) {
            this.queuesAtJoin = queuesAtJoin;
        }

        long of(int queueId) {
            return queueId < committed.length ? committed[queueId] : NONE;
        }

        void set(int queueId, long offset) {
            if (queueId >= committed.length) {
                int known = committed.length;
                committed = Arrays.copyOf(committed, queueId + 1);
                Arrays.fill(committed, known, committed.length, NONE);
            }
            committed[queueId] = offset;
        }
    }

    /** By group id << 32 | topic id, in that order, so that a checkpoint is deterministic. */
    private final TreeMap<Long, Progress> progresses = new TreeMap<>();

    private static long key(int groupId, int topicId) {
        return (long) groupId << 32 | topicId;
    }

    /** Whether the group has joined the topic. */
    public boolean joined(int groupId, int topicId) {
        return progresses.containsKey(key(groupId, topicId));
    }

    /** The committed offset; {@link #NONE} if there is none. */
    public long committed(int groupId, int topicId, int queueId) {
        Progress progress = progresses.get(key(groupId, topicId));
        return progress == null ? NONE : progress.of(queueId);
    }

    /** Where the group begins to read: the committed offset, 0 in a queue added since, or NONE. */
    public long start(int groupId, int topicId, int queueId) {
        Progress progress = progresses.get(key(groupId, topicId));
        if (progress == null) {
            return NONE;
        }
        long committed = progress.of(queueId);
        return committed == NONE && queueId >= progress.queuesAtJoin ? 0 : committed;
    }

    /** Applies that a group joined a topic which has {@code queues} queues. */
    public void join(int groupId, int topicId, int queues) {
        progresses.putIfAbsent(key(groupId, topicId), new Progress(queues));
    }

    /** Applies a commit by a group that has joined. */
    public void commit(int groupId, int topicId, int queueId, long offset) {
        Progress progress = progresses.get(key(groupId, topicId));
        if (progress != null) {
            progress.set(queueId, offset);
        }
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        progresses.subMap(key(groupId, 0), key(groupId + 1, 0)).clear();
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        progresses.keySet().removeIf(key -> key.intValue() == topicId);
    }

    /** The groups that have joined a topic, sorted. */
    public List<Integer> groupIds() {
        return progresses.keySet().stream().map(key -> (int) (key >>> 32)).distinct().toList();
    }

    /** The groups that have joined one topic, sorted. */
    public List<Integer> groupIdsOf(int topicId) {
        return progresses.keySet().stream()
                .filter(key -> key.intValue() == topicId)
                .map(key -> (int) (key >>> 32))
                .toList();
    }

    /** The topics that a group has joined, sorted. */
    public List<Integer> topicIds() {
        return progresses.keySet().stream().map(Long::intValue).sorted().distinct().toList();
    }

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = 4;
        for (Progress progress : progresses.values()) {
            size += 16 + progress.committed.length * Long.BYTES;
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(progresses.size());
        for (Map.Entry<Long, Progress> entry : progresses.entrySet()) {
            Progress progress = entry.getValue();
            out.putLong(entry.getKey());
            out.putInt(progress.queuesAtJoin).putInt(progress.committed.length);
            for (long offset : progress.committed) {
                out.putLong(offset);
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
        for (int left = in.getInt(); left > 0; left--) {
            long key = in.getLong();
            Progress progress = new Progress(in.getInt());
            int queues = in.getInt();
            if (queues < 0 || queues > in.remaining() / Long.BYTES) {
                throw new IllegalArgumentException("offsets of %d queues".formatted(queues));
            }
            progress.committed = new long[queues];
            for (int i = 0; i < progress.committed.length; i++) {
                progress.committed[i] = in.getLong();
            }
            progresses.put(key, progress);
        }
    }
}
