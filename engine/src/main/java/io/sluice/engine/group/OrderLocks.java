package io.sluice.engine.group;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which client of a group may read a queue in order. A lock lasts {@link #HOLD_MS} unless its
 * holder asks again; clients ask every 20 s. Owned by the shard, kept in memory only: after a
 * restart the clients lock anew, and none believes to hold a lock for longer than 30 s without an
 * answer.
 */
public final class OrderLocks {
    /**
     * How long a lock lasts, in ms: RocketMQ's {@code rocketmq.broker.rebalance.lockMaxLiveTime}.
     */
    public static final long HOLD_MS = 60_000;

    private record Key(int groupId, int topicId, int queueId) {}

    private record Holder(String clientId, long untilMs) {}

    /** So many locks are kept before those that have run out are looked for. */
    private static final int SWEEP_MIN = 1024;

    private final Map<Key, Holder> holders = new HashMap<>();
    private int sweepAt = SWEEP_MIN;

    /**
     * Takes or renews a lock; false if another client holds it.
     *
     * @param nowMs monotonic
     */
    public boolean lock(int groupId, int topicId, int queueId, String clientId, long nowMs) {
        Key key = new Key(groupId, topicId, queueId);
        Holder holder = holders.get(key);
        if (holder != null && !holder.clientId.equals(clientId) && holder.untilMs > nowMs) {
            return false;
        }
        holders.put(key, new Holder(clientId, nowMs + HOLD_MS));
        if (holders.size() > sweepAt) {
            holders.values().removeIf(other -> other.untilMs <= nowMs);
            sweepAt = Math.max(SWEEP_MIN, 2 * holders.size());
        }
        return true;
    }

    /** Who holds a lock; null if nobody does. */
    public @Nullable String holder(int groupId, int topicId, int queueId, long nowMs) {
        Holder holder = holders.get(new Key(groupId, topicId, queueId));
        return holder == null || holder.untilMs <= nowMs ? null : holder.clientId;
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        holders.keySet().removeIf(key -> key.topicId == topicId);
    }

    /** Forgets a deleted group. */
    public void forgetGroup(int groupId) {
        holders.keySet().removeIf(key -> key.groupId == groupId);
    }

    /** Gives a lock back; nothing happens if {@code clientId} does not hold it. */
    public void unlock(int groupId, int topicId, int queueId, String clientId) {
        Key key = new Key(groupId, topicId, queueId);
        Holder holder = holders.get(key);
        if (holder != null && holder.clientId.equals(clientId)) {
            holders.remove(key);
        }
    }

    /** Gives back all locks of a client that is gone from a group. */
    public void unlockAll(int groupId, String clientId) {
        holders.entrySet()
                .removeIf(e ->
                        e.getKey().groupId == groupId && e.getValue().clientId.equals(clientId));
    }
}
