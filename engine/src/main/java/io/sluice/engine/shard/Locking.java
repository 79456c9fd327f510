package io.sluice.engine.shard;

import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Decides who gets order locks. Only a change of the holder is a record: asking again renews a lock
 * without one. Lives on the shard's executor.
 */
final class Locking {
    private static final long NANOS_PER_MS = 1_000_000L;

    private static final Outcome.Refused<?> BAD_CLIENT_ID =
            Outcome.refused(
                    Refusal.INVALID,
                    "a client that locks queues has an id of 1 to %d bytes of UTF-8: give it another instance name"
                            .formatted(OrderLocks.CLIENT_ID_SIZE_BYTES_MAX));

    private final State state;
    private final Clock clock;
    private final GroupCommit commits;
    private final RecordWriter writer;
    private final IntPredicate isGone;

    /**
     * @param isGone whether a topic has been deleted: nothing of it may begin anew
     */
    Locking(
            State state,
            Clock clock,
            GroupCommit commits,
            RecordWriter writer,
            IntPredicate isGone) {
        this.isGone = isGone;
        this.state = state;
        this.clock = clock;
        this.commits = commits;
        this.writer = writer;
    }

    /** The log has been replayed: the locks that were held then are held on. */
    void started() {
        state.locks.started(nowMs());
    }

    private long nowMs() {
        return clock.nanos() / NANOS_PER_MS;
    }

    void lock(Command.LockQueues c) {
        if (!OrderLocks.isUsable(c.clientId())) {
            c.refuse(BAD_CLIENT_ID);
            return;
        }
        List<QueueRef> held = new ArrayList<>(c.queues().size());
        List<QueueRef> taken = new ArrayList<>();
        for (QueueRef queue : c.queues()) {
            String holder = state.locks.holder(c.groupId(), queue, nowMs());
            boolean another = holder != null && !holder.equals(c.clientId());
            if (another || isGone.test(queue.topicId())) {
                continue;
            }
            if (state.locks.isLast(c.groupId(), queue, c.clientId())) {
                held.add(queue);
            } else {
                taken.add(queue);
            }
        }
        if (take(c, taken)) {
            held.addAll(taken);
            held.forEach(queue -> state.locks.renew(c.groupId(), queue, nowMs()));
            commits.afterDurable(c.reply(), Outcome.done(held));
        }
    }

    /**
     * All or none: a client that was refused believes in no lock, and nobody else may have to wait
     * for one. Of more than one write holds, the rest are left out: it asks for them again.
     */
    private boolean take(Command.LockQueues c, List<QueueRef> queues) {
        if (queues.isEmpty()) {
            return true;
        }
        int countMax = commits.fitting(RecordCodec.LOCKED_SIZE_BYTES_MAX);
        if (queues.size() > countMax) {
            queues.subList(countMax, queues.size()).clear();
        }
        int size = queues.size() * RecordCodec.LOCKED_SIZE_BYTES_MAX;
        PendingBatch batch = commits.roomFor(c, size, true);
        if (batch != null) {
            for (QueueRef queue : queues) {
                writer.small(
                        batch,
                        new Record.QueueLocked(
                                c.groupId(), queue.topicId(), queue.queueId(), c.clientId()));
            }
        }
        return batch != null;
    }

    void unlock(Command.UnlockQueues c) {
        List<QueueRef> held =
                c.queues().stream()
                        .distinct()
                        .filter(queue -> state.locks.isLast(c.groupId(), queue, c.clientId()))
                        .toList();
        unlock(c, c.groupId(), held, c.reply());
    }

    void unlock(Command.UnlockClient c) {
        unlock(c, c.groupId(), state.locks.heldBy(c.groupId(), c.clientId()), c.reply());
    }

    /** All or none, but for more than one write holds; what is not given back runs out. */
    private void unlock(
            Command c, int groupId, List<QueueRef> held, Consumer<Outcome<Integer>> reply) {
        int countMax = commits.fitting(RecordCodec.SMALL_SIZE_BYTES_MAX);
        for (int from = 0; from < held.size(); from += countMax) {
            List<QueueRef> some = held.subList(from, Math.min(from + countMax, held.size()));
            int size = some.size() * RecordCodec.SMALL_SIZE_BYTES_MAX;
            PendingBatch batch = commits.roomFor(c, size, true);
            if (batch == null) {
                return;
            }
            for (QueueRef queue : some) {
                writer.small(
                        batch, new Record.QueueUnlocked(groupId, queue.topicId(), queue.queueId()));
            }
        }
        commits.afterDurable(reply, Outcome.done(held.size()));
    }

    /** Whether another client than {@code clientId} holds the lock of a queue. */
    boolean isHeldByAnother(int groupId, QueueRef queue, String clientId) {
        String holder = state.locks.holder(groupId, queue, nowMs());
        return holder != null && !holder.equals(clientId);
    }

    /** Whether a group consumes a topic in order. */
    boolean isInOrder(int groupId, int topicId) {
        return state.locks.any(groupId, topicId, nowMs());
    }
}
