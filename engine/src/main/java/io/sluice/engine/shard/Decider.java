package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.schedule.TransactionRules;
import io.sluice.engine.shard.Retention.Keep;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides commands: which records are written, and what the reply is. Reads the {@link State} and
 * lets a {@link RecordWriter} write to the open batch; the reply waits for the batch. Lives on the
 * shard's executor.
 *
 * <p>A command that finds no room has been refused or put aside by {@link GroupCommit#roomFor}, and
 * nothing of it was written: it can be decided anew.
 */
final class Decider {
    private final Log log;
    private final State state;
    private final GroupCommit commits;
    private final Firing firing;
    private final IntFunction<@Nullable Keep> keeps;
    private final RecordWriter writer;
    private final Clock clock;
    private final LiteSubscriptions lites;
    private final Leasing leasing;
    private final LiteSubscribing liteSubscribing;
    private final TransactionDecider transactions;
    private final Locking locking;
    private final Passing passing;
    private final Recalls recalls;
    private final Resends resends;
    private final Examination examination;

    /**
     * @param keeps what a topic keeps, by topic id; null if there is no such topic
     * @param readers may block on storage
     * @param submit hands a command to the shard; any thread
     */
    Decider(
            byte[] storeHost,
            Log log,
            Clock clock,
            State state,
            GroupCommit commits,
            Firing firing,
            Executor executor,
            Resends resends,
            IntFunction<@Nullable Keep> keeps,
            TransactionChecks checks,
            TransactionRules rules,
            Executor readers,
            Predicate<Command> submit) {
        this.writer = new RecordWriter(storeHost, clock, state, firing);
        this.log = log;
        this.state = state;
        this.commits = commits;
        this.firing = firing;
        this.keeps = keeps;
        this.transactions =
                new TransactionDecider(
                        rules,
                        log,
                        clock,
                        state.transactions,
                        commits,
                        writer,
                        checks,
                        new HalfReader(log, readers),
                        this::isGone,
                        submit);
        this.locking = new Locking(state, clock, commits, writer, this::isGone);
        this.passing = new Passing(state, clock, commits, writer, locking);
        this.lites = new LiteSubscriptions(state.lites);
        this.leasing =
                new Leasing(state, commits, writer, lites, clock, executor, passing, this::isGone);
        this.liteSubscribing =
                new LiteSubscribing(state, commits, writer, lites, leasing, this::isGone);
        this.clock = clock;
        this.resends = resends;
        this.recalls = new Recalls(state, commits, writer);
        this.examination = new Examination(clock, state, commits, passing);
    }

    /** The log has been replayed, and time goes on. */
    void started() {
        locking.started();
    }

    void decide(Command command) {
        switch (command) {
            case Command.Append c -> append(c);
            case Command.CommitOffset c -> commitOffset(c);
            case Command.QueryOffset c -> queryOffset(c);
            case Command.QueryJoined c ->
                    commits.afterDurable(
                            c.reply(), Outcome.done(state.offsets.joinedBy(c.groupId())));
            case Command.QueryMembers c ->
                    commits.afterDurable(
                            c.reply(), Outcome.done(state.offsets.joinedTo(c.topicId())));
            case Command.Park c -> commits.park(c);
            case Command.Cancel c -> cancel(c.request());
            case Command.LockQueues c -> locking.lock(c);
            case Command.UnlockQueues c -> locking.unlock(c);
            case Command.UnlockClient c -> locking.unlock(c);
            case Command.ForgetTopic c -> {
                lites.forgetTopic(c.topicId());
                logSmall(c, new Record.TopicForgotten(c.topicId()));
            }
            case Command.ForgetGroup c -> {
                lites.forgetGroup(c.groupId());
                logSmall(c, new Record.GroupForgotten(c.groupId()));
            }
            case Command.SubscribeLite c -> liteSubscribing.subscribe(c);
            case Command.ExpireLites c -> expireLites(c);
            case Command.Expire c -> expire(c);
            case Command.Fire c -> fire(c);
            case Command.MoveTimers c -> moveTimers(c);
            case Command.FooterReadable c -> footerReadable(c);
            case Command.Receive c -> leasing.receive(c);
            case Command.StopReading c -> leasing.stopReading(c);
            case Command.CountReceivers c -> leasing.countReceivers(c);
            case Command.Lease c -> leasing.lease(c);
            case Command.Acknowledge c -> leasing.acknowledge(c);
            case Command.Extend c -> leasing.extend(c);
            case Command.Bury c -> leasing.bury(c);
            case Command.PrepareHalf c -> transactions.prepare(c);
            case Command.EndTransaction c -> transactions.end(c);
            case Command.CommitHalf c -> transactions.commit(c);
            case Command.ReadHalf c -> transactions.read(c);
            case Command.ListTransactions c -> transactions.list(c);
            case Command.ResumeChecks c -> transactions.resume(c);
            case Command.CheckTransactions c -> transactions.check(c);
            case Command.MoveHalves c -> transactions.move(c);
            case Command.ResetOffsets c -> resetOffsets(c);
            case Command.DrawBarrier c -> passing.drawBarrier(c);
            case Command.AskPassage c -> passing.ask(c);
            case Command.Recall c -> recalls.recall(c);
            case Command.Examine c -> examination.examine(c);
            case Command.NextTimers c -> examination.nextTimers(c);
        }
    }

    private void cancel(Command.Waiting request) {
        switch (request) {
            case Command.Park c -> commits.cancel(c);
            case Command.Receive c -> leasing.cancel(c);
        }
    }

    private void append(Command.Append c) {
        int topicId = c.messages().getFirst().topicId();
        Command.LiteTopic lite = c.lite();
        int known = lite == null ? c.queueId() : state.lites.queueId(topicId, lite.name());
        Command.LiteTopic created = known < 0 ? lite : null;
        if (state.queues.queue(topicId, known) == null && isGone(topicId)) {
            commits.taken(c);
            c.reply().accept(topicGone());
            return;
        }
        if (resends.answered(c, writer.storeMs(), known)) {
            return;
        }
        if (created != null && state.lites.count(topicId) >= created.countMax()) {
            commits.taken(c);
            c.reply().accept(tooManyLites(created));
            return;
        }
        long size = sizeBytes(c) + (created != null ? LiteCodec.CREATED_SIZE_BYTES_MAX : 0);
        if (size > log.recordsSizeBytesMax()) {
            commits.taken(c);
            c.reply().accept(tooLarge(size));
            return;
        }
        PendingBatch batch = commits.roomFor(c, (int) size, false);
        if (batch == null) {
            return;
        }
        commits.taken(c);
        long storeMs = writer.storeMs();
        int queueId = created != null ? state.lites.nextQueueId(topicId) : known;
        if (created != null) {
            writer.small(batch, new Record.LiteCreated(topicId, queueId, created.name()));
        }
        long[] positions = new long[c.messages().size()];
        long offset = c.dueMs() == 0 ? state.queues.nextOffset(topicId, queueId) : 0;
        for (int i = 0; i < positions.length; i++) {
            Message message = c.messages().get(i);
            positions[i] =
                    c.dueMs() == 0
                            ? writer.store(batch, message, queueId, storeMs)
                            : writer.schedule(
                                    batch, message, queueId, c.dueMs(), storeMs, c.sameness());
        }
        long dueMs = c.dueMs() == 0 ? 0 : state.timers.effectiveDueMs(c.dueMs());
        Appended appended = new Appended(queueId, offset, positions, dueMs);
        resends.stored(c, appended, storeMs);
        acknowledge(batch, c, Outcome.done(appended));
    }

    private static Outcome<Appended> tooManyLites(Command.LiteTopic lite) {
        return Outcome.refused(
                Refusal.TOO_MANY_LITE_TOPICS,
                "there are %d lite topics, and %s would be one more: let unused ones expire, by the topic's attribute lite.topic.expiration, or raise lite-topics-max"
                        .formatted(lite.countMax(), lite.name()));
    }

    private void expireLites(Command.ExpireLites c) {
        for (int topicId : state.lites.topicIds()) {
            Keep keep = keeps.apply(topicId);
            for (QueueRef queue : Housekeeping.idleLites(state, topicId, keep, clock.wallMs())) {
                if (!logSmall(c, new Record.LiteExpired(queue.topicId(), queue.queueId()))) {
                    return;
                }
            }
        }
    }

    /** What was forgotten must not begin anew by a request that was on its way. */
    private boolean isGone(int topicId) {
        return keeps.apply(topicId) == null;
    }

    static <T> Outcome.Refused<T> topicGone() {
        return Outcome.refused(Refusal.TOPIC_UNKNOWN, "the topic has just been deleted");
    }

    private long sizeBytes(Command.Append c) {
        long size = 0;
        for (Message message : c.messages()) {
            int record = writer.messageSizeBytes(message);
            size += c.dueMs() == 0 ? record : RecordCodec.timerSizeBytes(record);
        }
        return size;
    }

    /** Many small messages take more room than their bodies, and all are stored in one write. */
    private Outcome<Appended> tooLarge(long sizeBytes) {
        return Outcome.refused(
                Refusal.TOO_LARGE,
                "the messages take %d bytes, more than the %d of one write: send fewer at once"
                        .formatted(sizeBytes, log.recordsSizeBytesMax()));
    }

    private void acknowledge(PendingBatch batch, Command.Append c, Outcome<Appended> outcome) {
        if (c.async()) {
            commits.acknowledgedEarly(batch, c.messages().size());
            c.reply().accept(outcome);
        } else {
            batch.hold(c.reply(), outcome);
        }
    }

    private void commitOffset(Command.CommitOffset c) {
        QueueRef queue = c.queue();
        long end = state.queues.nextOffset(queue.topicId(), queue.queueId());
        if (c.offset() < 0 || c.offset() > end) {
            c.reply()
                    .accept(
                            Outcome.refused(
                                    Refusal.INVALID,
                                    "offset %d is outside of the queue: commit one from 0 to %d"
                                            .formatted(c.offset(), end)));
            return;
        }
        long current = state.offsets.committed(c.groupId(), queue.topicId(), queue.queueId());
        if (!state.offsets.joined(c.groupId(), queue.topicId()) && isGone(queue.topicId())) {
            c.reply().accept(topicGone());
            return;
        }
        if (passing.ignores(c)) {
            commits.afterDurable(c.reply(), Outcome.done(current));
            return;
        }
        if (!c.raiseOnly() && !leasing.forget(c)) {
            return;
        }
        if (current == c.offset() || (c.raiseOnly() && current > c.offset())) {
            commits.afterDurable(c.reply(), Outcome.done(current));
            return;
        }
        PendingBatch batch = commits.roomFor(c, 2 * RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch != null) {
            int passed = passing.passed(c.groupId(), queue.topicId());
            join(batch, c.groupId(), queue.topicId(), c.queues());
            writer.small(
                    batch,
                    new Record.OffsetCommitted(
                            c.groupId(), queue.topicId(), queue.queueId(), c.offset()));
            passing.committed(batch, c.groupId(), queue.topicId(), passed);
            batch.hold(c.reply(), Outcome.done(c.offset()));
            leasing.changed(c.groupId(), queue);
        }
    }

    private void queryOffset(Command.QueryOffset c) {
        QueueRef queue = c.queue();
        if (c.join() && !state.offsets.joined(c.groupId(), queue.topicId())) {
            if (isGone(queue.topicId())) {
                c.reply().accept(topicGone());
                return;
            }
            PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
            if (batch == null) {
                return;
            }
            join(batch, c.groupId(), queue.topicId(), c.queues());
        }
        long start = state.offsets.start(c.groupId(), queue.topicId(), queue.queueId());
        commits.afterDurable(c.reply(), Outcome.done(start));
    }

    private void join(PendingBatch batch, int groupId, int topicId, int queues) {
        if (!state.offsets.joined(groupId, topicId)) {
            writer.small(batch, new Record.GroupJoined(groupId, topicId, queues));
        }
    }

    private void resetOffsets(Command.ResetOffsets c) {
        if (!state.offsets.joined(c.groupId(), c.topicId()) && isGone(c.topicId())) {
            c.reply().accept(topicGone());
        } else {
            passing.reset(c);
        }
    }

    private void expire(Command.Expire c) {
        for (Command.QueueOffset expired : c.queues()) {
            QueueRef ref = expired.queue();
            Queue queue = state.queues.queue(ref.topicId(), ref.queueId());
            if (queue != null
                    && queue.first() < expired.offset()
                    && !logSmall(
                            c,
                            new Record.QueueExpired(
                                    ref.topicId(), ref.queueId(), expired.offset()))) {
                return;
            }
        }
        if (logSmall(c, new Record.SegmentsExpired(c.segment()))) {
            commits.afterDurable(this::trim, Outcome.done(c.segment()));
        }
    }

    /** Only once it is durable what has expired: otherwise offsets would lead to what is gone. */
    private void trim(Outcome<Integer> durable) {
        if (durable instanceof Outcome.Done<Integer>(Integer segment)) {
            log.trim(segment);
        }
    }

    private void fire(Command.Fire c) {
        List<Command.Due> next = c.due().subList(0, stillNext(c.due()));
        if (next.isEmpty()) {
            firing.fired();
            return;
        }
        int size = RecordCodec.FIRED_SIZE_BYTES; // exact: one that fitted when it came must fit now
        for (Command.Due due : next) {
            size += due.isDamaged() ? 0 : RecordCodec.messageOfTimer(due.record()).remaining();
        }
        PendingBatch batch = commits.roomFor(c, size, false);
        if (batch == null) {
            if (!commits.isStalled()) {
                firing.retryLater();
            }
            return;
        }
        // If the clock was set back since they were found due, they still are not stored before.
        long storeMs = Math.max(writer.storeMs(), next.getLast().dueMs());
        for (Command.Due due : next) {
            if (due.isDamaged() || isRecalled(due)) {
                continue;
            }
            ByteBuffer message = RecordCodec.messageOfTimer(due.record());
            if (!isGone(RecordCodec.topicIdOfMessage(message))) {
                writer.storeDue(batch, message, storeMs);
            }
        }
        Command.Due last = next.getLast();
        writer.small(batch, new Record.TimersFired(last.dueMs(), last.position()));
        firing.fired();
    }

    /** Whether it was recalled where it had been scheduled, and has been moved since. */
    private boolean isRecalled(Command.Due due) {
        return state.recalled.contains(due.dueMs(), RecordCodec.originOfTimer(due.record()));
    }

    /**
     * How many of {@code due} are still the earliest that are pending. Since they were looked up, a
     * timer may have been scheduled before one of them: moved out of an expiring segment, or after
     * the clock was set back. The watermark must not pass it.
     */
    private int stillNext(List<Command.Due> due) {
        List<Long> positions = new ArrayList<>(due.size());
        state.timers.due(
                due.getLast().dueMs(),
                due.size(),
                (dueMs, position, sizeBytes) -> positions.add(position));
        int count = 0;
        while (count < positions.size() && positions.get(count) == due.get(count).position()) {
            count++;
        }
        return count;
    }

    private void moveTimers(Command.MoveTimers c) {
        for (Command.Due timer : c.timers()) {
            if (!state.timers.isPending(timer.dueMs(), timer.position())) {
                continue;
            }
            PendingBatch batch = commits.roomFor(c, timer.record().remaining(), false);
            if (batch == null) {
                return;
            }
            writer.moveTimer(batch, timer);
        }
    }

    /** False if there is no room: then the command was dropped, or will be decided anew. */
    private boolean logSmall(Command command, Record record) {
        PendingBatch batch = commits.roomFor(command, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch != null) {
            writer.small(batch, record);
        }
        return batch != null;
    }

    private void footerReadable(Command.FooterReadable c) {
        state.queues.forgetSegments(c.segment());
        state.timers.runReadable(c.segment(), c.timers());
    }
}
