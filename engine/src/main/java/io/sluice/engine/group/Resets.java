package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What operators let groups skip: for each queue of a group the last stretch that a reset passed
 * over, so that it can be told later why a message in it was not consumed. A reset that goes back
 * gives its part of that stretch back to the group. Owned by the shard; changed only by applying
 * records.
 */
public final class Resets {
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

    private record Key(int groupId, int topicId, int queueId) {}

    private static final int ENTRY_SIZE_BYTES = 36;

    /** In order, so that a checkpoint is deterministic. */
    private final TreeMap<Key, Skipped> skipped =
            new TreeMap<>(
                    Comparator.comparingInt(Key::groupId)
                            .thenComparingInt(Key::topicId)
                            .thenComparingInt(Key::queueId));

    /** Applies that a group was moved from an offset to another. */
    public void reset(int groupId, int topicId, int queueId, long from, long to, long atMs) {
        Key key = new Key(groupId, topicId, queueId);
        if (to > from) {
            skipped.put(key, new Skipped(from, to, atMs));
            return;
        }
        skipped.computeIfPresent(
                key,
                (same, before) ->
                        to <= before.from
                                ? null
                                : new Skipped(before.from, Math.min(before.to, to), before.atMs));
    }

    /** What was skipped last in a queue; null if nothing was. */
    public @Nullable Skipped of(int groupId, int topicId, int queueId) {
        return skipped.get(new Key(groupId, topicId, queueId));
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        skipped.keySet().removeIf(key -> key.groupId == groupId);
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        skipped.keySet().removeIf(key -> key.topicId == topicId);
    }

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        return 4 + skipped.size() * ENTRY_SIZE_BYTES;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(skipped.size());
        for (Map.Entry<Key, Skipped> entry : skipped.entrySet()) {
            Key key = entry.getKey();
            Skipped range = entry.getValue();
            out.putInt(key.groupId).putInt(key.topicId).putInt(key.queueId);
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
            Key key = new Key(in.getInt(), in.getInt(), in.getInt());
            skipped.put(key, new Skipped(in.getLong(), in.getLong(), in.getLong()));
        }
    }
}
