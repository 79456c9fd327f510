package io.sluice.engine.shard;

/**
 * Decides whether a delayed message can still be taken back. What has been recalled is not
 * delivered any more; recalling it again changes nothing and is answered alike, since the first
 * answer may have been lost. Lives on the shard's executor.
 */
final class Recalls {
    private final State state;
    private final GroupCommit commits;
    private final RecordWriter writer;

    Recalls(State state, GroupCommit commits, RecordWriter writer) {
        this.state = state;
        this.commits = commits;
        this.writer = writer;
    }

    void recall(Command.Recall c) {
        Outcome<Long> done = Outcome.done(c.position());
        if (!isRight(c)) {
            commits.afterDurable(c.reply(), notPending("no message was delayed under this handle"));
        } else if (state.timers.hasPassed(c.dueMs(), c.position())) {
            commits.afterDurable(
                    c.reply(), notPending("the message was due, and may have been delivered"));
        } else if (state.recalled.contains(c.dueMs(), c.position())) {
            commits.afterDurable(c.reply(), done);
        } else if (state.recalled.isFull() && !state.isPendingThere(c.dueMs(), c.position())) {
            c.refuse(Outcome.refused(Refusal.BUSY, "too many long delayed messages are recalled"));
        } else {
            PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
            if (batch != null) {
                writer.small(batch, new Record.TimerCancelled(c.dueMs(), c.position()));
                batch.hold(c.reply(), done);
            }
        }
    }

    /** Whether the handle names what was scheduled; where that is gone, nobody can tell. */
    private static boolean isRight(Command.Recall c) {
        return !c.record().hasRemaining()
                || RecordCodec.isTimer(c.record(), c.position(), c.dueMs(), c.topicId());
    }

    private static Outcome<Long> notPending(String detail) {
        return Outcome.refused(Refusal.NOT_PENDING, "recall failed: " + detail);
    }
}
