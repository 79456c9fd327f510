package io.sluice.engine.shard;

import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.TimerList;
import io.sluice.engine.shard.Command.TimerRef;
import io.sluice.engine.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Answers what an operator asks about the state, and changes nothing. On the shard's executor. */
final class Examination {
    private static final long NANOS_PER_MS = 1_000_000L;

    private final Clock clock;
    private final State state;
    private final GroupCommit commits;

    Examination(Clock clock, State state, GroupCommit commits) {
        this.clock = clock;
        this.state = state;
        this.commits = commits;
    }

    void examine(Command.Examine c) {
        QueueRef ref = c.queue();
        int topicId = ref.topicId();
        int queueId = ref.queueId();
        Queue queue = state.queues.queue(topicId, queueId);
        TimerRef timer = c.timer();
        long start = state.offsets.start(c.groupId(), topicId, queueId);
        Standing standing =
                new Standing(
                        state.offsets.joined(c.groupId(), topicId),
                        start,
                        queue == null ? 0 : queue.first(),
                        queue == null ? 0 : queue.end(),
                        state.leases.cursor(c.groupId(), topicId, queueId, start),
                        state.leases.lease(c.groupId(), topicId, queueId, c.offset()),
                        state.locks.holder(c.groupId(), ref, clock.nanos() / NANOS_PER_MS),
                        state.skips.of(c.groupId(), ref),
                        timer != null && state.timers.isPending(timer.dueMs(), timer.position()));
        commits.afterDurable(c.reply(), Outcome.done(standing));
    }

    void nextTimers(Command.NextTimers c) {
        List<TimerRef> next = new ArrayList<>();
        state.timers.due(
                Long.MAX_VALUE - 1,
                c.countMax(),
                (dueMs, position, sizeBytes) -> next.add(new TimerRef(dueMs, position, sizeBytes)));
        commits.afterDurable(c.reply(), Outcome.done(new TimerList(next, state.timers.pending())));
    }
}
