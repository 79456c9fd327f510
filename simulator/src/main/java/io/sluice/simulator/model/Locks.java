package io.sluice.simulator.model;

import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.queue.QueueRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which order lock, in one life of the broker: a restart ends all of them. Requests are
 * decided in the order in which they are handed over, so what each has to be answered is known
 * then, but for a lock that runs out at about that time.
 */
public final class Locks {
    /** In place of a time: the answer will tell. */
    private static final long UNKNOWN = -1;

    /** In place of a time: whatever the answer tells, it was given back meanwhile. */
    private static final long RELEASED = -2;

    private record Key(int groupId, QueueRef queue) {}

    /**
     * @param sinceMs when it was asked for; given at the latest {@link #SLACK_MS} later
     */
    private record Holder(int client, long sinceMs) {}

    /** What has to be answered for one queue. */
    private enum Expected {
        GIVEN,
        REFUSED,
        EITHER
    }

    /** A request for locks. */
    public static final class Claim {
        private final int groupId;
        private final int client;
        private final long askedMs;
        private final List<QueueRef> queues;
        private final List<Expected> expected = new ArrayList<>();

        private Claim(int groupId, int client, long askedMs, List<QueueRef> queues) {
            this.groupId = groupId;
            this.client = client;
            this.askedMs = askedMs;
            this.queues = queues;
        }
    }

    /** A request is decided at the latest so long after it was handed over. */
    private static final long SLACK_MS = 15_000;

    private final Map<Key, Holder> holders = new HashMap<>();

    /** A client asks for locks. */
    Claim claim(int groupId, int client, List<QueueRef> queues, long nowMs) {
        Claim claim = new Claim(groupId, client, nowMs, queues);
        for (QueueRef queue : queues) {
            Key key = new Key(groupId, queue);
            Expected expected = expected(holders.get(key), client, nowMs);
            claim.expected.add(expected);
            if (expected != Expected.REFUSED) {
                long since = expected == Expected.GIVEN ? nowMs : UNKNOWN;
                holders.put(key, new Holder(client, since));
            }
        }
        return claim;
    }

    private static Expected expected(@Nullable Holder holder, int client, long nowMs) {
        if (holder == null) {
            return Expected.GIVEN;
        }
        if (holder.sinceMs < 0) {
            return Expected.EITHER;
        }
        if (holder.client == client || nowMs > holder.sinceMs + SLACK_MS + OrderLocks.HOLD_MS) {
            return Expected.GIVEN;
        }
        return nowMs + SLACK_MS < holder.sinceMs + OrderLocks.HOLD_MS
                ? Expected.REFUSED
                : Expected.EITHER;
    }

    /** What is wrong with the answer {@code held}; null if nothing is. */
    @Nullable String answered(Claim claim, List<QueueRef> held) {
        for (int i = 0; i < claim.queues.size(); i++) {
            QueueRef queue = claim.queues.get(i);
            Expected expected = claim.expected.get(i);
            boolean given = held.contains(queue);
            if (expected == Expected.GIVEN && !given) {
                return "client %d of group %d did not get %s, which is free"
                        .formatted(claim.client, claim.groupId, queue);
            }
            if (expected == Expected.REFUSED && given) {
                return "client %d of group %d got %s, which another client holds"
                        .formatted(claim.client, claim.groupId, queue);
            }
            if (expected == Expected.EITHER && given) {
                holders.replace(
                        new Key(claim.groupId, queue),
                        new Holder(claim.client, UNKNOWN),
                        new Holder(claim.client, claim.askedMs));
            }
        }
        return null;
    }

    void unlocked(int groupId, QueueRef queue, int client) {
        holders.computeIfPresent(new Key(groupId, queue), (key, holder) -> without(holder, client));
    }

    private static @Nullable Holder without(Holder holder, int client) {
        if (holder.client != client) {
            return holder;
        }
        return holder.sinceMs < 0 ? new Holder(client, RELEASED) : null;
    }

    void left(int groupId, int client) {
        for (Key key : List.copyOf(holders.keySet())) {
            if (key.groupId == groupId) {
                unlocked(groupId, key.queue, client);
            }
        }
    }

    void restarted() {
        holders.clear();
    }
}
