package io.sluice.simulator.model;

import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.queue.QueueRef;
import java.util.HashMap;
import java.util.Map;

/** Who may hold which order lock, in one life of the broker: a restart ends all of them. */
final class Locks {
    private record Key(int groupId, QueueRef queue) {}

    private record Holder(int client, long sinceMs) {}

    /** A holder asked at {@link Holder#sinceMs}, and was given the lock when its turn came. */
    private static final long SLACK_MS = 10_000;

    private final Map<Key, Holder> holders = new HashMap<>();
    private final Map<Integer, Long> released = new HashMap<>(); // client → its last unlocking
    private long numbers;

    /** The number of a request that is handed over now. */
    long number() {
        return ++numbers;
    }

    /**
     * Somebody was told to hold a lock.
     *
     * @param number of the request
     * @param askedMs monotonic, when it was asked
     * @param nowMs monotonic, when it was told
     * @return the other client that holds it for certain; -1 if there is none
     */
    int told(int groupId, QueueRef queue, int client, long number, long askedMs, long nowMs) {
        Key key = new Key(groupId, queue);
        Holder holder = holders.get(key);
        if (holder != null
                && holder.client != client
                && nowMs < holder.sinceMs + OrderLocks.HOLD_MS) {
            return holder.client;
        }
        if (released.getOrDefault(client, 0L) < number) {
            holders.put(key, new Holder(client, askedMs));
        }
        return -1;
    }

    /** Whether somebody else may hold it: a client that was refused it asks. */
    boolean maybeHeldByOther(int groupId, QueueRef queue, int client, long askedMs) {
        Holder holder = holders.get(new Key(groupId, queue));
        return holder != null
                && holder.client != client
                && askedMs <= holder.sinceMs + OrderLocks.HOLD_MS + SLACK_MS;
    }

    void unlocked(int groupId, QueueRef queue, int client) {
        released.put(client, number());
        Key key = new Key(groupId, queue);
        Holder holder = holders.get(key);
        if (holder != null && holder.client == client) {
            holders.remove(key);
        }
    }

    void left(int groupId, int client) {
        released.put(client, number());
        holders.entrySet()
                .removeIf(e -> e.getKey().groupId == groupId && e.getValue().client == client);
    }

    void restarted() {
        holders.clear();
        released.clear();
    }
}
