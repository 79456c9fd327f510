package io.sluice.engine.shard;

import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.Resets;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.Passage;
import io.sluice.engine.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides how far groups may read and whose commits count, where an operator has reset them or they
 * consume in order. Lives on the shard's executor.
 *
 * <p>Readers that have to wait at a barrier are parked {@linkplain Command.Park#barrier where no
 * topic has a queue}; a commit that brings their group past the barrier wakes them.
 */
final class Passing {
    private record Place(int groupId, QueueRef queue) {}

    private final State state;
    private final Clock clock;
    private final GroupCommit commits;
    private final RecordWriter writer;
    private final Locking locking;

    /**
     * How far groups have been seen to read in queues of which they have committed nothing. A
     * client that begins at the end of a queue commits nothing before something new comes.
     */
    private final Map<Place, Long> seen = new HashMap<>();

    Passing(State state, Clock clock, GroupCommit commits, RecordWriter writer, Locking locking) {
        this.state = state;
        this.clock = clock;
        this.commits = commits;
        this.writer = writer;
        this.locking = locking;
    }

    // Commits.

    /** Whether a commit changes nothing, since its client has lost the lock or missed a reset. */
    boolean ignores(Command.CommitOffset c) {
        String clientId = c.clientId();
        if (clientId == null) {
            return false;
        }
        if (locking.isHeldByAnother(c.groupId(), c.queue(), clientId)) {
            return true;
        }
        Resets.Reset reset = state.resets.of(c.groupId(), c.queue());
        return reset != null && !reset.allows(clientId, c.offset());
    }

    /** How many barriers a group has behind it; to be asked before it commits. */
    int passed(int groupId, int topicId) {
        return state.barriers.any(topicId)
                ? state.barriers.passed(
                        topicId, queueId -> consumed(groupId, new QueueRef(topicId, queueId)))
                : 0;
    }

    /** The barrier at which a group that consumes in order has to stop in a queue; or null. */
    Standing.@Nullable Barrier barrierBefore(int groupId, QueueRef queue) {
        int topicId = queue.topicId();
        if (!state.barriers.any(topicId) || !locking.isInOrder(groupId, topicId)) {
            return null;
        }
        int passed = passed(groupId, topicId);
        int behind =
                state.barriers.firstBehind(
                        topicId, passed, id -> consumed(groupId, new QueueRef(topicId, id)));
        return behind < 0
                ? null
                : new Standing.Barrier(
                        state.barriers.limit(topicId, passed, queue.queueId()),
                        behind,
                        consumed(groupId, new QueueRef(topicId, behind)),
                        state.barriers.limit(topicId, passed, behind));
    }

    private long consumed(int groupId, QueueRef queue) {
        long committed = state.offsets.committed(groupId, queue.topicId(), queue.queueId());
        if (committed == Offsets.NONE) {
            committed = seen.getOrDefault(new Place(groupId, queue), 0L);
        }
        return Math.max(committed, state.first(queue.topicId(), queue.queueId()));
    }

    /** A group has committed: those of it that wait at a barrier may go on when that is durable. */
    void committed(PendingBatch batch, int groupId, int topicId, int passedBefore) {
        if (state.barriers.any(topicId) && passed(groupId, topicId) != passedBefore) {
            batch.hold(outcome -> commits.wake(Command.Park.barrier(topicId)), Outcome.done(0));
        }
    }

    // Reading.

    void ask(Command.AskPassage c) {
        int topicId = c.queue().topicId();
        Resets.Reset reset = state.resets.of(c.groupId(), c.queue());
        if (reset != null && !reset.pulls(c.clientId(), c.from(), c.countMax())) {
            commits.afterDurable(c.reply(), Outcome.done(new Passage(reset.offset, reset.offset)));
            return;
        }
        long limit = limit(c, topicId);
        Command.Park patience = c.patience();
        if (limit <= c.from() && patience != null) {
            commits.park(patience);
        } else {
            commits.afterDurable(c.reply(), Outcome.done(new Passage(limit, Passage.NOT_MOVED)));
        }
    }

    private long limit(Command.AskPassage c, int topicId) {
        int before = passed(c.groupId(), topicId);
        see(c);
        int passed = passed(c.groupId(), topicId);
        if (passed != before) {
            commits.afterDurable(
                    outcome -> commits.wake(Command.Park.barrier(topicId)), Outcome.done(passed));
        }
        long limit = state.barriers.limit(topicId, passed, c.queue().queueId());
        if (limit == Long.MAX_VALUE && !state.resets.any(c.groupId(), topicId)) {
            state.gates.open(c.groupId(), topicId);
        }
        return locking.isInOrder(c.groupId(), topicId) ? limit : Long.MAX_VALUE;
    }

    private void see(Command.AskPassage c) {
        QueueRef queue = c.queue();
        Place place = new Place(c.groupId(), queue);
        if (state.offsets.committed(c.groupId(), queue.topicId(), queue.queueId())
                != Offsets.NONE) {
            seen.remove(place);
        } else if (state.barriers.any(queue.topicId())) {
            seen.merge(place, c.from(), Math::max);
        }
    }

    // What operators do.

    void reset(Command.ResetOffsets c) {
        for (Command.QueueOffset each : c.offsets()) {
            long end = state.queues.nextOffset(c.topicId(), each.queue().queueId());
            if (each.offset() < 0 || each.offset() > end) {
                c.refuse(
                        Outcome.refused(
                                Refusal.INVALID,
                                "offset %d is not in 0..%d of queue %d"
                                        .formatted(each.offset(), end, each.queue().queueId())));
                return;
            }
        }
        int records = c.offsets().size() + 1;
        PendingBatch batch = commits.roomFor(c, records * RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch == null) {
            return;
        }
        if (!state.offsets.joined(c.groupId(), c.topicId())) {
            writer.small(batch, new Record.GroupJoined(c.groupId(), c.topicId(), c.queues()));
        }
        for (Command.QueueOffset each : c.offsets()) {
            writer.small(
                    batch,
                    new Record.OffsetReset(
                            c.groupId(),
                            c.topicId(),
                            each.queue().queueId(),
                            each.offset(),
                            clock.wallMs()));
        }
        batch.hold(
                outcome -> {
                    c.offsets().forEach(each -> commits.wake(each.queue()));
                    commits.wake(Command.Park.barrier(c.topicId()));
                    c.reply().accept(outcome);
                },
                Outcome.done(c.offsets().size()));
    }

    void drawBarrier(Command.DrawBarrier c) {
        if (state.barriers.isNew(c.topicId(), state.ends(c.topicId()))) {
            PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
            if (batch == null) {
                return;
            }
            writer.small(batch, new Record.BarrierDrawn(c.topicId()));
        }
        commits.afterDurable(c.reply(), Outcome.done(0));
    }
}
