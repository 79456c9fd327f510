package io.sluice.engine.group;

import io.sluice.engine.queue.QueueRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which client of a group may read a queue in order. Owned by the shard.
 *
 * <p>Who holds a lock is state: it changes only by applying records, and is in the checkpoint. For
 * how long is not: a lock lasts {@link #HOLD_MS} unless its holder asks again, which clients do
 * every 20 s, and that is not worth a record. So whoever held a lock when the server stopped holds
 * it for another {@link #HOLD_MS} from the next start on, whether he is there or not: nobody else
 * gets it while he may still believe in it, which clients do for 30 s.
 *
 * <p>There are at most as many as there are groups and queues, as with committed offsets, so those
 * that have run out stay until somebody takes them or they are forgotten.
 */
public final class OrderLocks {
    /**
     * How long a lock lasts, in ms: RocketMQ's {@code rocketmq.broker.rebalance.lockMaxLiveTime}.
     */
    public static final long HOLD_MS = 60_000;

    /** No client's id is longer, in bytes of UTF-8. */
    public static final int CLIENT_ID_SIZE_BYTES_MAX = 255;

    private static final int ENTRY_SIZE_BYTES = 14;

    private static final class Holder {
        final String clientId;
        long untilMs;

        Holder(String clientId) {
            this.clientId = clientId;
        }
    }

    private final TreeMap<GroupQueue, Holder> holders = new TreeMap<>();

    /** Whether a client of that id may hold locks: it is not too long, and can be written down. */
    public static boolean isUsable(String clientId) {
        byte[] bytes = clientId.getBytes(StandardCharsets.UTF_8);
        return bytes.length > 0
                && bytes.length <= CLIENT_ID_SIZE_BYTES_MAX
                && new String(bytes, StandardCharsets.UTF_8).equals(clientId);
    }

    // What decisions need; times are monotonic, since a lock outlasts no jump of the wall clock.

    /** Who holds the lock; null if nobody does, or it has run out. */
    public @Nullable String holder(int groupId, QueueRef queue, long nowMs) {
        Holder holder = holders.get(GroupQueue.of(groupId, queue));
        return holder == null || holder.untilMs <= nowMs ? null : holder.clientId;
    }

    /** Whether {@code clientId} got the lock last and has not given it back. */
    public boolean isLast(int groupId, QueueRef queue, String clientId) {
        Holder holder = holders.get(GroupQueue.of(groupId, queue));
        return holder != null && holder.clientId.equals(clientId);
    }

    /** The holder has asked again. */
    public void renew(int groupId, QueueRef queue, long nowMs) {
        Holder holder = holders.get(GroupQueue.of(groupId, queue));
        if (holder != null) {
            holder.untilMs = nowMs + HOLD_MS;
        }
    }

    /** The server has started: whoever held a lock before may still believe in it. */
    public void started(long nowMs) {
        holders.values().forEach(holder -> holder.untilMs = nowMs + HOLD_MS);
    }

    /** The queues whose locks a client of a group got last. */
    public List<QueueRef> heldBy(int groupId, String clientId) {
        List<QueueRef> held = new ArrayList<>();
        GroupQueue from = new GroupQueue(groupId, 0, 0);
        for (Map.Entry<GroupQueue, Holder> entry : holders.tailMap(from).entrySet()) {
            GroupQueue key = entry.getKey();
            if (key.groupId() != groupId) {
                break;
            }
            if (entry.getValue().clientId.equals(clientId)) {
                held.add(new QueueRef(key.topicId(), key.queueId()));
            }
        }
        return held;
    }

    /** Whether clients of the group consume the topic in order: somebody holds a lock on it. */
    public boolean any(int groupId, int topicId, long nowMs) {
        GroupQueue from = new GroupQueue(groupId, topicId, 0);
        return holders
                .subMap(from, new GroupQueue(groupId, topicId, Integer.MAX_VALUE))
                .values()
                .stream()
                .anyMatch(holder -> holder.untilMs > nowMs);
    }

    /** The groups that have locks on a topic, whether they have run out or not. */
    public List<Integer> groupIds(int topicId) {
        return holders.keySet().stream()
                .filter(key -> key.topicId() == topicId)
                .map(GroupQueue::groupId)
                .distinct()
                .toList();
    }

    /** The topics that have locks, sorted. */
    public List<Integer> topicIds() {
        return holders.keySet().stream().map(GroupQueue::topicId).sorted().distinct().toList();
    }

    /** The groups that have locks, sorted. */
    public List<Integer> groupIds() {
        return holders.keySet().stream().map(GroupQueue::groupId).distinct().toList();
    }

    // Applied records.

    /** A client has got a lock. */
    public void locked(int groupId, QueueRef queue, String clientId) {
        holders.put(GroupQueue.of(groupId, queue), new Holder(clientId));
    }

    /** The lock's holder has given it back. */
    public void unlocked(int groupId, QueueRef queue) {
        holders.remove(GroupQueue.of(groupId, queue));
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        holders.keySet().removeIf(key -> key.topicId() == topicId);
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        holders.keySet().removeIf(key -> key.groupId() == groupId);
    }

    // The checkpoint.

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = Integer.BYTES;
        for (Holder holder : holders.values()) {
            size += ENTRY_SIZE_BYTES + holder.clientId.getBytes(StandardCharsets.UTF_8).length;
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        out.putInt(holders.size());
        holders.forEach((key, holder) -> {
            byte[] clientId = holder.clientId.getBytes(StandardCharsets.UTF_8);
            out.putInt(key.groupId()).putInt(key.topicId()).putInt(key.queueId());
            out.putShort((short) clientId.length).put(clientId);
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
            GroupQueue key = new GroupQueue(in.getInt(), in.getInt(), in.getInt());
            int length = in.getShort();
            if (length < 0 || length > CLIENT_ID_SIZE_BYTES_MAX) {
                throw new IllegalArgumentException("a client's id of %d bytes".formatted(length));
            }
            byte[] clientId = new byte[length];
            in.get(clientId);
            String id = new String(clientId, StandardCharsets.UTF_8);
            if (!Arrays.equals(id.getBytes(StandardCharsets.UTF_8), clientId)) {
                throw new IllegalArgumentException("a client's id that is no text");
            }
            holders.put(key, new Holder(id));
        }
    }
}
