package io.sluice.engine.shard;

import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.TimerList;
import io.sluice.engine.shard.Command.TimerRef;
import io.sluice.engine.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers what an operator asks about the state, and changes nothing. On the shard's executor. */
final class Examination {
    private static final long NANOS_PER_MS = 1_000_000L;

    private final Clock clock;
    private final State state;
    private final GroupCommit commits;
    private final Passing passing;

    Examination(Clock clock, State state, GroupCommit commits, Passing passing) {
        this.clock = clock;
        this.state = state;
        this.commits = commits;
        this.passing = passing;
    }

    void examine(Command.Examine c) {
        QueueRef ref = c.queue();
        int topicId = ref.topicId();
        int queueId = ref.queueId();
        Queue queue = state.queues.queue(topicId, queueId);
        long start = state.offsets.start(c.groupId(), topicId, queueId);
        Standing standing =
                new Standing(
                        state.offsets.joined(c.groupId(), topicId),
                        start,
                        queue == null ? 0 : queue.first(),
                        state.leases.cursor(c.groupId(), topicId, queueId, start),
                        state.leases.lease(c.groupId(), topicId, queueId, c.offset()),
                        state.locks.holder(c.groupId(), ref, clock.nanos() / NANOS_PER_MS),
                        passing.barrierBefore(c.groupId(), ref),
                        state.skips.of(c.groupId(), ref),
                        timer(c.pending()),
                        state.transactions.open(c.transaction()),
                        state.transactions.decided(c.transaction()),
                        clock.wallMs());
        commits.afterDurable(c.reply(), Outcome.done(standing));
    }

    private Standing.Timer timer(@Nullable PendingMessage pending) {
        if (pending == null) {
            return Standing.Timer.NONE;
        }
        TimerRef timer = pending.timer();
        if (state.timers.hasPassed(timer.dueMs(), timer.position())) {
            return Standing.Timer.FIRED;
        }
        return state.timers.isPending(timer.dueMs(), timer.position())
                        && !state.recalled.contains(timer.dueMs(), pending.origin())
                ? Standing.Timer.PENDING
                : Standing.Timer.RECALLED;
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
