package io.sluice.simulator.model;

import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.queue.QueueRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which order lock. Requests are decided in the order in which they are handed over, so
 * what each has to be answered is known then, but for a lock that runs out at about that time. Who
 * held a lock when the broker died holds it on: nobody else may get it for as long as a lock lasts,
 * counted from the next start.
 *
 * <p>A request that is refused for want of room changes nothing. Until its refusal is known it is
 * taken for granted; what was asked meanwhile may then have been decided either way.
 */
public final class Locks {
    private static final long NEVER = Long.MAX_VALUE / 2;

    /** A request is decided at the latest so long after it was handed over. */
    private static final long SLACK_MS = 15_000;

    private record Key(int groupId, QueueRef queue) {}

    private enum State {
        FREE,
        /** By {@link Lock#client}. */
        HELD,
        /** Perhaps held, by whomever. */
        UNKNOWN
    }

    private static final class Lock {
        State state = State.FREE;
        int client;

        /** Whether its holder was told so; then a crash does not take it from him. */
        boolean told;

        /** When he was told first, since he has held it without a break. */
        long toldNanos;

        /** Until then nobody but its holder gets it. */
        long heldUntilMs;

        /** From then on everybody gets it. */
        long freeFromMs;

        /** Counts what was asked of it. */
        int version;

        /** What was asked up to this version may have found it otherwise than was thought. */
        int doubtedVersion;

        /** What it was like; to be given back to {@link #refused}. */
        Lock copy() {
            Lock copy = new Lock();
            copy.take(this);
            copy.version = version;
            copy.doubtedVersion = doubtedVersion;
            return copy;
        }

        private void take(Lock other) {
            state = other.state;
            client = other.client;
            told = other.told;
            toldNanos = other.toldNanos;
            heldUntilMs = other.heldUntilMs;
            freeFromMs = other.freeFromMs;
        }

        /** What was asked right after {@code before} was refused, and changed nothing. */
        void refused(Lock before, long nowMs) {
            if (version == before.version + 1 && doubtedVersion == before.doubtedVersion) {
                take(before);
            } else {
                unknown(Math.max(freeFromMs, nowMs + SLACK_MS + OrderLocks.HOLD_MS));
            }
            doubtedVersion = version;
        }

        boolean isFree(long nowMs) {
            return state == State.FREE || nowMs > freeFromMs;
        }

        void held(int by, long nowMs) {
            told &= state == State.HELD && client == by && nowMs < heldUntilMs;
            state = State.HELD;
            client = by;
            heldUntilMs = nowMs + OrderLocks.HOLD_MS;
            freeFromMs = nowMs + OrderLocks.HOLD_MS + SLACK_MS;
        }

        void unknown(long newFreeFromMs) {
            state = State.UNKNOWN;
            told = false;
            freeFromMs = newFreeFromMs;
        }

        /** Whether a request by {@code by} is treated as one by its holder. */
        Expected expected(int by, long nowMs) {
            if (isFree(nowMs) || (state == State.HELD && client == by)) {
                return Expected.GIVEN;
            }
            return state == State.HELD && nowMs + SLACK_MS < heldUntilMs
                    ? Expected.REFUSED
                    : Expected.EITHER;
        }
    }

    /** What has to be answered for one queue, and what a commit by a client has to lead to. */
    enum Expected {
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
        private final List<Integer> versions = new ArrayList<>();
        private final List<Lock> before = new ArrayList<>();

        private Claim(int groupId, int client, long askedMs, List<QueueRef> queues) {
            this.groupId = groupId;
            this.client = client;
            this.askedMs = askedMs;
            this.queues = queues;
        }

        int groupId() {
            return groupId;
        }

        List<QueueRef> queues() {
            return queues;
        }

        List<Integer> topicIds() {
            return queues.stream().map(QueueRef::topicId).distinct().toList();
        }
    }

    private final Map<Key, Lock> locks = new HashMap<>();

    /** A client asks for locks. */
    Claim claim(int groupId, int client, List<QueueRef> queues, long nowMs) {
        Claim claim = new Claim(groupId, client, nowMs, queues);
        for (QueueRef queue : queues) {
            Lock lock = locks.computeIfAbsent(new Key(groupId, queue), key -> new Lock());
            Expected expected = lock.expected(client, nowMs);
            claim.before.add(lock.copy());
            if (expected == Expected.GIVEN) {
                lock.held(client, nowMs);
            } else if (expected == Expected.EITHER) {
                lock.unknown(Math.max(lock.freeFromMs, nowMs + SLACK_MS + OrderLocks.HOLD_MS));
            }
            claim.expected.add(expected);
            claim.versions.add(++lock.version);
        }
        return claim;
    }

    /** What is wrong with the answer {@code held} of now; null if nothing is. */
    @Nullable String answered(Claim claim, List<QueueRef> held, long nowNanos) {
        for (int i = 0; i < claim.queues.size(); i++) {
            QueueRef queue = claim.queues.get(i);
            Lock lock = locks.get(new Key(claim.groupId, queue));
            boolean isDoubtful = lock != null && claim.versions.get(i) <= lock.doubtedVersion;
            Expected expected = isDoubtful ? Expected.EITHER : claim.expected.get(i);
            boolean given = held.contains(queue);
            if (expected == Expected.GIVEN && !given) {
                return "client %d of group %d did not get %s, which is free"
                        .formatted(claim.client, claim.groupId, queue);
            }
            if (expected == Expected.REFUSED && given) {
                return "client %d of group %d got %s, which another client holds"
                        .formatted(claim.client, claim.groupId, queue);
            }
            if (given && lock != null) {
                told(lock, claim, claim.versions.get(i), nowNanos);
            }
        }
        return null;
    }

    private static void told(Lock lock, Claim claim, int version, long nowNanos) {
        if (lock.state == State.UNKNOWN && lock.version == version) {
            lock.held(claim.client, claim.askedMs);
        }
        if (lock.state == State.HELD && lock.client == claim.client && !lock.told) {
            lock.told = true;
            lock.toldNanos = nowNanos;
        }
    }

    /** What has to become of a commit of a client: it counts if GIVEN. */
    Expected commit(int groupId, QueueRef queue, int client, long nowMs) {
        Lock lock = locks.get(new Key(groupId, queue));
        return lock == null ? Expected.GIVEN : lock.expected(client, nowMs);
    }

    /**
     * Whether a client of a group has known from before {@code fromNanos} until now that it holds a
     * lock on a topic. Before it knows, it does not rely on order.
     */
    boolean isInOrder(int groupId, int topicId, long fromNanos, long nowMs) {
        for (Map.Entry<Key, Lock> entry : locks.entrySet()) {
            Lock lock = entry.getValue();
            if (entry.getKey().groupId == groupId
                    && entry.getKey().queue.topicId() == topicId
                    && lock.state == State.HELD
                    && lock.told
                    && lock.toldNanos < fromNanos
                    && nowMs < lock.heldUntilMs) {
                return true;
            }
        }
        return false;
    }

    /** A client gives locks back: those of the queues that it has. */
    Claim release(int groupId, int client, List<QueueRef> queues, long nowMs) {
        Claim claim = new Claim(groupId, client, nowMs, queues);
        for (QueueRef queue : queues) {
            Lock lock = locks.computeIfAbsent(new Key(groupId, queue), key -> new Lock());
            claim.before.add(lock.copy());
            claim.versions.add(++lock.version);
            if (lock.state == State.HELD && lock.client == client) {
                lock.state = State.FREE;
            }
        }
        return claim;
    }

    /** The queues of which a group has, or had, locks. */
    List<QueueRef> queues(int groupId) {
        return locks.keySet().stream()
                .filter(key -> key.groupId == groupId)
                .map(Key::queue)
                .toList();
    }

    /** A request was refused, and changed nothing. */
    void refused(Claim claim, long nowMs) {
        for (int i = 0; i < claim.queues.size(); i++) {
            Lock lock = locks.get(new Key(claim.groupId, claim.queues.get(i)));
            if (lock != null) {
                lock.refused(claim.before.get(i), nowMs);
            }
        }
    }

    /** The group is being deleted: nobody may rely on its locks any more. */
    void deleting(int groupId) {
        locks.forEach((key, lock) -> {
            if (key.groupId == groupId) {
                lock.version++;
                lock.unknown(NEVER);
            }
        });
    }

    /** The broker has died: who holds a lock holds it on; what was given back may be held again. */
    void died(long nowMs) {
        for (Lock lock : locks.values()) {
            lock.version++;
            if (lock.state == State.HELD && lock.told) {
                lock.heldUntilMs = nowMs + OrderLocks.HOLD_MS;
                lock.freeFromMs = NEVER;
            } else {
                lock.unknown(NEVER);
            }
        }
    }

    /** It serves again. */
    void started(long nowMs) {
        for (Lock lock : locks.values()) {
            lock.freeFromMs = Math.min(lock.freeFromMs, nowMs + OrderLocks.HOLD_MS + SLACK_MS);
        }
    }
}
