package io.sluice.engine.shard;

import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.time.Clock;
import java.util.ArrayList;
import java.util.List;
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
        for (QueueRef queue : c.queues()) {
            String holder = state.locks.holder(c.groupId(), queue, nowMs());
            boolean another = holder != null && !holder.equals(c.clientId());
            if (another || isGone.test(queue.topicId())) {
                continue;
            }
            if (!state.locks.isLast(c.groupId(), queue, c.clientId()) && !take(c, queue)) {
                return;
            }
            state.locks.renew(c.groupId(), queue, nowMs());
            held.add(queue);
        }
        commits.afterDurable(c.reply(), Outcome.done(held));
    }

    private boolean take(Command.LockQueues c, QueueRef queue) {
        PendingBatch batch = commits.roomFor(c, RecordCodec.LOCKED_SIZE_BYTES_MAX, true);
        if (batch != null) {
            writer.small(
                    batch,
                    new Record.QueueLocked(
                            c.groupId(), queue.topicId(), queue.queueId(), c.clientId()));
        }
        return batch != null;
    }

    void unlock(Command.UnlockQueues c) {
        unlock(c, c.groupId(), c.clientId(), c.queues());
    }

    void unlock(Command.UnlockClient c) {
        List<QueueRef> held = state.locks.heldBy(c.groupId(), c.clientId());
        unlock(c, c.groupId(), c.clientId(), held);
    }

    private void unlock(Command c, int groupId, String clientId, List<QueueRef> queues) {
        for (QueueRef queue : queues) {
            if (!state.locks.isLast(groupId, queue, clientId)) {
                continue;
            }
            PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
            if (batch == null) {
                return; // what is not given back runs out
            }
            writer.small(
                    batch, new Record.QueueUnlocked(groupId, queue.topicId(), queue.queueId()));
        }
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
