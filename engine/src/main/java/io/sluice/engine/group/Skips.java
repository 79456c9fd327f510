package io.sluice.engine.group;

import io.sluice.engine.queue.QueueRef;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What operators let groups skip: for each queue of a group the last stretch that a reset passed
 * over, so that it can be told later why a message in it was not consumed. A reset that goes back
 * gives its part of that stretch back to the group. Kept when the group has gone on, unlike {@link
 * Resets}. Owned by the shard; changed only by applying records.
 */
public final class Skips {
    /**
     * Offsets {@code from} to {@code to}, exclusive, were skipped.
     *
     * @param atMs when, wall-clock ms
     */
    public record Skipped(long from, long to, long atMs) {
        public boolean covers(long offset) {
            return offset >= from && offset < to;
        }
    }

    private static final int ENTRY_SIZE_BYTES = 36;

    private final TreeMap<GroupQueue, Skipped> skips = new TreeMap<>();

    /** Applies that a group was sent from an offset to another. */
    public void reset(int groupId, QueueRef queue, long from, long to, long atMs) {
        GroupQueue key = GroupQueue.of(groupId, queue);
        if (to > from) {
            skips.put(key, new Skipped(from, to, atMs));
            return;
        }
        skips.computeIfPresent(
                key,
                (same, before) ->
                        to <= before.from
                                ? null
                                : new Skipped(before.from, Math.min(before.to, to), before.atMs));
    }

    /** What was skipped last in a queue; null if nothing was. */
    public @Nullable Skipped of(int groupId, QueueRef queue) {
        return skips.get(GroupQueue.of(groupId, queue));
    }

    /** Forgets what was skipped of a queue. */
    public void forgetQueue(int groupId, QueueRef queue) {
        skips.remove(GroupQueue.of(groupId, queue));
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        skips.keySet().removeIf(key -> key.groupId() == groupId);
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        skips.keySet().removeIf(key -> key.topicId() == topicId);
    }

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        return Integer.BYTES + skips.size() * ENTRY_SIZE_BYTES;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(skips.size());
        for (Map.Entry<GroupQueue, Skipped> entry : skips.entrySet()) {
            GroupQueue key = entry.getKey();
            Skipped range = entry.getValue();
            out.putInt(key.groupId()).putInt(key.topicId()).putInt(key.queueId());
            out.putLong(range.from).putLong(range.to).putLong(range.atMs);
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
            skips.put(key, new Skipped(in.getLong(), in.getLong(), in.getLong()));
        }
    }
}
