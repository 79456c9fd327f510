package io.sluice.engine.shard;

import io.sluice.engine.group.Offsets;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.time.Clock;
import java.util.function.IntPredicate;

/**
 * Decides what operators do to the offsets of groups. It is logged as what it is, so that a message
 * that was skipped is not taken for one that was consumed. Lives on the shard's executor.
 */
final class OffsetResets {
    private final Clock clock;
    private final State state;
    private final GroupCommit commits;
    private final RecordWriter writer;
    private final Leasing leasing;
    private final IntPredicate isGone;

    /**
     * @param isGone whether a topic has been deleted
     */
    OffsetResets(
            Clock clock,
            State state,
            GroupCommit commits,
            RecordWriter writer,
            Leasing leasing,
            IntPredicate isGone) {
        this.clock = clock;
        this.state = state;
        this.commits = commits;
        this.writer = writer;
        this.leasing = leasing;
        this.isGone = isGone;
    }

    void reset(Command.ResetOffset c) {
        QueueRef ref = c.queue();
        Queue queue = state.queues.queue(ref.topicId(), ref.queueId());
        long end = queue == null ? 0 : queue.next();
        if (c.offset() < 0 || c.offset() > end) {
            String detail = "offset %d is not in 0..%d of the queue".formatted(c.offset(), end);
            c.reply().accept(Outcome.refused(Refusal.INVALID, detail));
            return;
        }
        if (isGone.test(ref.topicId())) {
            c.reply()
                    .accept(
                            Outcome.refused(
                                    Refusal.TOPIC_UNKNOWN, "the topic has just been deleted"));
            return;
        }
        PendingBatch batch = commits.roomFor(c, 2 * RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch == null) {
            return;
        }
        if (!state.offsets.joined(c.groupId(), ref.topicId())) {
            writer.small(batch, new Record.GroupJoined(c.groupId(), ref.topicId(), c.queues()));
        }
        long start = state.offsets.start(c.groupId(), ref.topicId(), ref.queueId());
        long first = queue == null ? 0 : queue.first();
        long from = start == Offsets.NONE ? first : start;
        writer.small(
                batch,
                new Record.OffsetReset(
                        c.groupId(),
                        ref.topicId(),
                        ref.queueId(),
                        from,
                        c.offset(),
                        clock.wallMs()));
        batch.hold(c.reply(), Outcome.done(c.offset()));
        leasing.changed(c.groupId(), ref);
    }
}
