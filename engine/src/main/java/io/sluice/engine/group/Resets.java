package io.sluice.engine.group;

import io.sluice.engine.queue.QueueRef;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where an operator has sent a group, until it has gone on from there: that an offset was reset is
 * told to the consumer by its next pull, and what it commits before it knows, or from what it had
 * already, must not undo the reset. Owned by the shard.
 *
 * <pre>
 *   reset to 50 ──▶ untold ──pull from 50──▶ taken by that client ──it commits beyond 50──▶ gone
 *                     │  pull from elsewhere: "go on at 50"      │  others' pulls: as ever
 *                     └─ commits count for nothing               └─ commits: of that client only,
 *                                                                   from 50 to what it has read
 * </pre>
 *
 * Where it was sent to is state. Who has taken notice is not: after a restart it is told again, and
 * reads from there again at worst.
 */
public final class Resets {
    private static final int ENTRY_SIZE_BYTES = 20;

    /** One queue of one group. */
    public static final class Reset {
        /** Where the group has to go on. */
        public final long offset;

        private @Nullable String takenBy;
        private long readTo;

        private Reset(long offset) {
            this.offset = offset;
        }

        /**
         * A client of the group pulls; false if it has to go on from {@link #offset} instead.
         *
         * @param countMax how many messages it gets at most
         */
        public boolean pulls(String clientId, long from, int countMax) {
            if (from == offset) {
                takenBy = clientId;
                readTo = from;
            }
            if (clientId.equals(takenBy)) {
                readTo = Math.max(readTo, from + countMax);
            }
            return takenBy != null;
        }

        /** Whether a commit comes from having read on after the reset. */
        public boolean allows(String clientId, long committed) {
            return clientId.equals(takenBy) && committed >= offset && committed <= readTo;
        }
    }

    private final TreeMap<GroupQueue, Reset> resets = new TreeMap<>();

    /** The reset that a group has yet to go on from; null if there is none. */
    public @Nullable Reset of(int groupId, QueueRef queue) {
        return resets.isEmpty() ? null : resets.get(GroupQueue.of(groupId, queue));
    }

    /** Whether a group has yet to go on from a reset in some queue of a topic. */
    public boolean any(int groupId, int topicId) {
        GroupQueue from = new GroupQueue(groupId, topicId, 0);
        return !resets.subMap(from, new GroupQueue(groupId, topicId, Integer.MAX_VALUE)).isEmpty();
    }

    /** Calls for each group and topic that has one, perhaps more than once. */
    public void forEach(Pairs pairs) {
        resets.keySet().forEach(key -> pairs.pair(key.groupId(), key.topicId()));
    }

    /** Takes groups and topics. */
    public interface Pairs {
        void pair(int groupId, int topicId);
    }

    /** Applies a reset. */
    public void reset(int groupId, QueueRef queue, long offset) {
        resets.put(GroupQueue.of(groupId, queue), new Reset(offset));
    }

    /** Applies that the group has gone on. */
    public void goneOn(int groupId, QueueRef queue) {
        if (!resets.isEmpty()) {
            resets.remove(GroupQueue.of(groupId, queue));
        }
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        resets.keySet().removeIf(key -> key.topicId() == topicId);
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        resets.keySet().removeIf(key -> key.groupId() == groupId);
    }

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        return Integer.BYTES + resets.size() * ENTRY_SIZE_BYTES;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(resets.size());
        for (Map.Entry<GroupQueue, Reset> entry : resets.entrySet()) {
            GroupQueue key = entry.getKey();
            out.putInt(key.groupId()).putInt(key.topicId()).putInt(key.queueId());
            out.putLong(entry.getValue().offset);
        }
    }

    /**
     * Restores what {@link #writeTo} wrote.
     *
     * @throws java.nio.BufferUnderflowException if it is cut short
     */
    public void readFrom(ByteBuffer in) {
        for (int left = in.getInt(); left > 0; left--) {
            GroupQueue key = new GroupQueue(in.getInt(), in.getInt(), in.getInt());
            long offset = in.getLong();
            if (offset < 0) {
                throw new IllegalArgumentException("a reset to " + offset);
            }
            resets.put(key, new Reset(offset));
        }
    }
}
