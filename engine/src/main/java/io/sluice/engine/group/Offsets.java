package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
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
        int known;

        Progress(int queuesAtJoin) {
            this.queuesAtJoin = queuesAtJoin;
        }

        long of(int queueId) {
            return queueId < known ? committed[queueId] : NONE;
        }

        void set(int queueId, long offset) {
            if (queueId >= committed.length) {
                int half = committed.length / 2; // lite topics come one by one, and are many
                committed = Arrays.copyOf(committed, Math.max(queueId + 1, known + half));
            }
            if (queueId >= known) {
                Arrays.fill(committed, known, queueId, NONE);
                known = queueId + 1;
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

    /**
     * Forgets where the groups are in a queue: what comes there next is another's.
     *
     * @return those that have a place in it
     */
    public List<Integer> forgetQueue(int topicId, int queueId) {
        List<Integer> groupIds = new ArrayList<>();
        for (Map.Entry<Long, Progress> each : progresses.entrySet()) {
            if (each.getKey().intValue() == topicId && each.getValue().of(queueId) != NONE) {
                each.getValue().set(queueId, NONE);
                groupIds.add((int) (each.getKey() >>> 32));
            }
        }
        return groupIds;
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        progresses.subMap(key(groupId, 0), key(groupId + 1, 0)).clear();
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        progresses.keySet().removeIf(key -> key.intValue() == topicId);
    }

    /** What a group has joined, by topic id. */
    public List<Joined> joinedBy(int groupId) {
        var joined = progresses.subMap(key(groupId, 0), key(groupId + 1, 0));
        return joined.entrySet().stream().map(Offsets::joined).toList();
    }

    /** Who has joined a topic, by group id. */
    public List<Joined> joinedTo(int topicId) {
        return progresses.entrySet().stream()
                .filter(entry -> entry.getKey().intValue() == topicId)
                .map(Offsets::joined)
                .toList();
    }

    private static Joined joined(Map.Entry<Long, Progress> entry) {
        Progress progress = entry.getValue();
        return new Joined(
                (int) (entry.getKey() >>> 32),
                entry.getKey().intValue(),
                progress.queuesAtJoin,
                Arrays.stream(progress.committed, 0, progress.known).boxed().toList());
    }

    /** The groups that have joined a topic, sorted. */
    public List<Integer> groupIds() {
        return progresses.keySet().stream().map(key -> (int) (key >>> 32)).distinct().toList();
    }

    /** The topics that a group has joined, sorted. */
    public List<Integer> topicIds() {
        return progresses.keySet().stream().map(Long::intValue).sorted().distinct().toList();
    }

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = 4;
        for (Progress progress : progresses.values()) {
            size += 16 + progress.known * Long.BYTES;
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(progresses.size());
        for (Map.Entry<Long, Progress> entry : progresses.entrySet()) {
            Progress progress = entry.getValue();
            out.putLong(entry.getKey());
            out.putInt(progress.queuesAtJoin).putInt(progress.known);
            for (int i = 0; i < progress.known; i++) {
                out.putLong(progress.committed[i]);
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
            progress.known = queues;
            for (int i = 0; i < progress.committed.length; i++) {
                progress.committed[i] = in.getLong();
            }
            progresses.put(key, progress);
        }
    }
}
