package io.sluice.engine.shard;

import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.log.Batch;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Log;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unit of ordering, ownership and recovery: one log and the queues, offsets and timers in it.
 *
 * <p>Everything happens on the shard's executor, in turns: a turn takes commands from the inbox,
 * <b>decides</b> records and a reply for each, writes the records to the open batch (<b>log</b>)
 * and <b>applies</b> them to the {@link State}. Replies are held, and messages unseen, until the
 * batch is durable. While one batch is being written the next one fills: that is the whole of group
 * commit.
 *
 * <p>Only {@link #submit}, {@link #queues} and the counters may be used by other threads.
 */
public final class Shard {
    /** Commands decided in one turn at most, so that completions are not kept waiting. */
    private static final int TURN_COMMANDS_MAX = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    private final ShardConfig config;
    private final Log log;
    private final Clock clock;
    private final Executor executor;
    private final State state;
    private final Inbox inbox;
    private final AtomicBoolean turnComing = new AtomicBoolean();
    private final AtomicLong underWayBytes = new AtomicLong();
    private final OrderLocks locks = new OrderLocks();
    private final Parked parked = new Parked();
    private final ArrayDeque<PendingBatch> committed = new ArrayDeque<>();
    private final Alarm expireAlarm;
    private final Firing firing;
    private final Housekeeping housekeeping;
    private final IntFunction<Retention.@Nullable Keep> keeps;

    private @Nullable PendingBatch open;
    private @Nullable Command stalled;
    private int segment;
    private long batches;
    private Outcome.@Nullable Refused<?> ended;
    private volatile @Nullable String failure;
    private volatile long acknowledgedNotDurable;

    /**
     * @param executor serial; the shard lives on it
     * @param readers may block on storage; may be concurrent
     * @param keeps what a topic keeps, by topic id; null if there is no such topic
     */
    public Shard(
            ShardConfig config,
            Log log,
            Clock clock,
            Executor executor,
            Executor readers,
            IntFunction<Retention.@Nullable Keep> keeps) {
        this.config = config;
        this.log = log;
        this.clock = clock;
        this.executor = executor;
        this.keeps = keeps;
        this.firing = new Firing(log, clock, executor, readers, this::submit);
        this.state = new State(log, firing.timers());
        this.inbox = new Inbox(config.inboxCapacity());
        this.expireAlarm = new Alarm(clock, executor, this::expireParked);
        this.housekeeping =
                new Housekeeping(state, log, clock, executor, readers, this::submit, keeps);
    }

    // Before and after.

    /**
     * Replays the log. Must be called once, before anything is submitted; may block.
     *
     * @throws IOException as {@link Log#recover}
     */
    public void recover() throws IOException {
        log.recover(new Recovery(), new Completion());
        state.queues.publishAll();
        log.trim(state.firstSegment());
        firing.start();
        housekeeping.start();
    }

    /**
     * Finishes what is under way, wakes the parked and takes nothing more; then runs {@code done}.
     */
    public void stop(Runnable done) {
        executor.execute(() -> {
            parked.stop();
            Outcome.Refused<?> stopping =
                    Outcome.refused(Refusal.STOPPING, "the server is stopping");
            drain();
            afterDurable(ignored -> done.run(), Outcome.done(0L));
            ended = ended == null ? stopping : ended;
            commitIfIdle();
        });
    }

    private final class Recovery implements Log.Replay {
        @Override
        public void checkpoint(int sealed, ByteBuffer bytes) {
            state.restore(sealed, bytes);
            segment = sealed;
        }

        @Override
        public void batch(int batchSegment, ByteBuffer records, long recordsPosition) {
            segment = batchSegment;
            state.queues.activate(batchSegment);
            int start = records.position();
            try {
                while (records.hasRemaining()) {
                    long position = recordsPosition + (records.position() - start);
                    state.apply(batchSegment, RecordCodec.read(records, position));
                }
            } catch (CorruptLogException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void segmentEnd(int ended) {
            state.seal(ended);
            segment = ended;
        }
    }

    // The way in.

    /** Hands a command over; false if the shard has too much to do. Any thread. */
    public boolean submit(Command command) {
        int sizeBytes = sizeBytes(command);
        if (sizeBytes > 0 && !admit(sizeBytes)) {
            return false;
        }
        if (!inbox.offer(command)) {
            underWayBytes.addAndGet(-sizeBytes);
            return false;
        }
        requestTurn();
        return true;
    }

    private boolean admit(int sizeBytes) {
        if (underWayBytes.get() > config.inboxSizeBytesMax()) {
            return false;
        }
        underWayBytes.addAndGet(sizeBytes);
        return true;
    }

    private static int sizeBytes(Command command) {
        if (!(command instanceof Command.Append append)) {
            return 0;
        }
        int size = 0;
        for (Message message : append.messages()) {
            size += message.bodySizeBytes();
        }
        return size;
    }

    private void requestTurn() {
        if (!turnComing.get() && turnComing.compareAndSet(false, true)) {
            executor.execute(this::turn);
        }
    }

    private void turn() {
        turnComing.set(false);
        drain();
        commitIfIdle();
        if (stalled == null && !inbox.isEmpty()) {
            requestTurn();
        }
    }

    private void drain() {
        for (int left = TURN_COMMANDS_MAX; left > 0; left--) {
            Command command = stalled != null ? stalled : inbox.poll();
            stalled = null;
            if (command == null) {
                return;
            }
            decide(command);
            if (stalled != null) {
                return;
            }
        }
    }

    // Deciding. A command that finds no buffer to write to becomes `stalled` and is decided anew
    // when a commit has freed one.

    private void decide(Command command) {
        switch (command) {
            case Command.Append c -> append(c);
            case Command.CommitOffset c -> commitOffset(c);
            case Command.QueryOffset c -> queryOffset(c);
            case Command.Park c -> park(c);
            case Command.LockQueues c -> lock(c);
            case Command.UnlockQueues c -> unlock(c);
            case Command.UnlockClient c -> locks.unlockAll(c.groupId(), c.clientId());
            case Command.ForgetTopic c -> logSmall(c, new Record.TopicForgotten(c.topicId()));
            case Command.ForgetGroup c -> logSmall(c, new Record.GroupForgotten(c.groupId()));
            case Command.Expire c -> expire(c);
            case Command.Fire c -> fire(c);
            case Command.MoveTimers c -> moveTimers(c);
            case Command.FooterReadable c -> {
                state.queues.forgetSegments(c.segment());
                state.timers.runReadable(c.segment(), c.timers());
            }
            case Command.Flush c -> afterDurable(c.reply(), Outcome.done(log.durablePosition()));
        }
    }

    private void append(Command.Append c) {
        int size = 0;
        for (Message message : c.messages()) {
            int record = recordSizeBytes(message);
            size += c.dueMs() == 0 ? record : RecordCodec.timerSizeBytes(record);
        }
        PendingBatch batch = roomFor(c, size, false, c.reply());
        if (batch == null) {
            return;
        }
        underWayBytes.addAndGet(-sizeBytes(c));
        long storeMs = storeMs();
        long[] positions = new long[c.messages().size()];
        int topicId = c.messages().getFirst().topicId();
        long offset = c.dueMs() == 0 ? state.queues.nextOffset(topicId, c.queueId()) : 0;
        for (int i = 0; i < positions.length; i++) {
            Message message = c.messages().get(i);
            positions[i] =
                    c.dueMs() == 0
                            ? store(batch, message, c.queueId(), storeMs)
                            : schedule(batch, message, c.queueId(), c.dueMs(), storeMs);
        }
        acknowledge(batch, c, Outcome.done(new Appended(offset, positions)));
    }

    private void acknowledge(PendingBatch batch, Command.Append c, Outcome<Appended> outcome) {
        if (c.async()) {
            batch.acknowledgedEarly(c.messages().size());
            acknowledgedNotDurable = acknowledgedNotDurable() + c.messages().size();
            c.reply().accept(outcome);
        } else {
            batch.hold(c.reply(), outcome);
        }
    }

    /** Store times never fall, so that time can be searched, even if the clock is set back. */
    private long storeMs() {
        return Math.max(clock.wallMs(), state.lastStoreMs());
    }

    private int recordSizeBytes(Message message) {
        return RecordCodec.messageSizeBytes(
                message.keyHashes().length,
                StoredMessage.sizeBytes(message, config.storeHost().length));
    }

    private long store(PendingBatch batch, Message message, int queueId, long storeMs) {
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        long offset = state.queues.nextOffset(message.topicId(), queueId);
        writeMessage(out, message, queueId, offset, position, storeMs);
        Record.MessageStored record = RecordCodec.readMessage(out, at, position);
        applyStored(batch, record);
        return record.position();
    }

    private void writeMessage(
            ByteBuffer out,
            Message message,
            int queueId,
            long offset,
            long position,
            long storeMs) {
        RecordCodec.writeMessage(
                out,
                message,
                queueId,
                StoredMessage.sizeBytes(message, config.storeHost().length),
                offset,
                position,
                storeMs,
                config.storeHost());
    }

    private void applyStored(PendingBatch batch, Record.MessageStored record) {
        Queue queue = state.apply(batch.batch.segment(), record);
        if (queue != null) {
            batch.grew(queue);
        }
    }

    private long schedule(
            PendingBatch batch, Message message, int queueId, long dueMs, long storeMs) {
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        long effectiveDueMs = state.timers.effectiveDueMs(dueMs);
        RecordCodec.writeTimerHead(out, recordSizeBytes(message), effectiveDueMs, 0, 0);
        long stored = batch.batch.positionAt(out.position());
        writeMessage(out, message, queueId, 0, stored, storeMs);
        applyTimer(batch, effectiveDueMs, position, out.position() - at, 0, 0);
        return position;
    }

    private void applyTimer(
            PendingBatch batch,
            long dueMs,
            long position,
            int sizeBytes,
            long replaces,
            long replacesDueMs) {
        state.apply(
                batch.batch.segment(),
                new Record.TimerScheduled(dueMs, position, sizeBytes, replaces, replacesDueMs));
        firing.scheduled(dueMs);
    }

    private void commitOffset(Command.CommitOffset c) {
        QueueRef queue = c.queue();
        long end = state.queues.nextOffset(queue.topicId(), queue.queueId());
        if (c.offset() < 0 || c.offset() > end) {
            c.reply()
                    .accept(
                            Outcome.refused(
                                    Refusal.INVALID,
                                    "offset %d is not in 0..%d of the queue"
                                            .formatted(c.offset(), end)));
            return;
        }
        long current = state.offsets.committed(c.groupId(), queue.topicId(), queue.queueId());
        if (current == c.offset() || (c.raiseOnly() && current > c.offset())) {
            afterDurable(c.reply(), Outcome.done(current));
            return;
        }
        PendingBatch batch = roomFor(c, 2 * RecordCodec.SMALL_SIZE_BYTES_MAX, true, c.reply());
        if (batch != null) {
            join(batch, c.groupId(), queue.topicId(), c.queues());
            logAndApply(
                    batch,
                    new Record.OffsetCommitted(
                            c.groupId(), queue.topicId(), queue.queueId(), c.offset()));
            batch.hold(c.reply(), Outcome.done(c.offset()));
        }
    }

    private void queryOffset(Command.QueryOffset c) {
        QueueRef queue = c.queue();
        if (c.join() && !state.offsets.joined(c.groupId(), queue.topicId())) {
            PendingBatch batch = roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true, c.reply());
            if (batch == null) {
                return;
            }
            join(batch, c.groupId(), queue.topicId(), c.queues());
        }
        long start = state.offsets.start(c.groupId(), queue.topicId(), queue.queueId());
        afterDurable(c.reply(), Outcome.done(start));
    }

    private void join(PendingBatch batch, int groupId, int topicId, int queues) {
        if (!state.offsets.joined(groupId, topicId)) {
            logAndApply(batch, new Record.GroupJoined(groupId, topicId, queues));
        }
    }

    private void park(Command.Park c) {
        Queue queue = state.queues.queue(c.queue().topicId(), c.queue().queueId());
        if (ended != null) {
            c.wake().accept(Command.Wake.STOPPED);
        } else if (queue != null && queue.end() > c.offset()) {
            c.wake().accept(Command.Wake.ARRIVED);
        } else {
            parked.park(c);
            expireAlarm.atNanos(c.deadlineNanos());
        }
    }

    private void expireParked() {
        expireAlarm.atNanos(parked.expire(clock.nanos()));
    }

    private void lock(Command.LockQueues c) {
        List<QueueRef> held = new ArrayList<>(c.queues().size());
        for (QueueRef queue : c.queues()) {
            if (locks.lock(
                    c.groupId(), queue.topicId(), queue.queueId(), c.clientId(), clock.wallMs())) {
                held.add(queue);
            }
        }
        c.reply().accept(Outcome.done(held));
    }

    private void unlock(Command.UnlockQueues c) {
        for (QueueRef queue : c.queues()) {
            locks.unlock(c.groupId(), queue.topicId(), queue.queueId(), c.clientId());
        }
    }

    private void expire(Command.Expire c) {
        int size = (c.queues().size() + 1) * RecordCodec.SMALL_SIZE_BYTES_MAX;
        PendingBatch batch = roomFor(c, size, true, ignored -> {});
        if (batch == null) {
            return;
        }
        for (Command.QueueOffset expired : c.queues()) {
            QueueRef queue = expired.queue();
            logAndApply(
                    batch,
                    new Record.QueueExpired(queue.topicId(), queue.queueId(), expired.offset()));
        }
        logAndApply(batch, new Record.SegmentsExpired(c.segment()));
        batch.hold(ignored -> log.trim(state.firstSegment()), Outcome.done(0L));
    }

    private void fire(Command.Fire c) {
        int size = RecordCodec.SMALL_SIZE_BYTES_MAX;
        for (Command.Due due : c.due()) {
            size += due.record().remaining();
        }
        PendingBatch batch = roomFor(c, size, false, ignored -> firing.retryLater());
        if (batch == null) {
            return;
        }
        long storeMs = storeMs();
        for (Command.Due due : c.due()) {
            ByteBuffer message = RecordCodec.messageOfTimer(due.record());
            boolean topicExists = keeps.apply(RecordCodec.topicIdOfMessage(message)) != null;
            if (topicExists && state.timers.isPending(due.dueMs(), due.position())) {
                storeDue(batch, message, storeMs);
            }
        }
        Command.Due last = c.due().getLast();
        logAndApply(batch, new Record.TimersFired(last.dueMs(), last.position()));
        firing.fired();
    }

    private void storeDue(PendingBatch batch, ByteBuffer message, long storeMs) {
        int topicId = RecordCodec.topicIdOfMessage(message);
        int queueId = RecordCodec.queueIdOfMessage(message);
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        out.put(message);
        int stored = RecordCodec.storedIndex(out, at);
        long offset = state.queues.nextOffset(topicId, queueId);
        StoredMessage.place(out, stored, queueId, offset, position + (stored - at), storeMs);
        applyStored(batch, RecordCodec.readMessage(out, at, position));
    }

    private void moveTimers(Command.MoveTimers c) {
        for (Command.Due timer : c.timers()) {
            if (!state.timers.isPending(timer.dueMs(), timer.position())) {
                continue;
            }
            PendingBatch batch = roomFor(c, timer.record().remaining(), false, ignored -> {});
            if (batch == null) {
                return;
            }
            moveTimer(batch, timer);
        }
    }

    private void moveTimer(PendingBatch batch, Command.Due timer) {
        ByteBuffer message = RecordCodec.messageOfTimer(timer.record());
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        RecordCodec.writeTimerHead(
                out, message.remaining(), timer.dueMs(), timer.position(), timer.dueMs());
        out.put(message);
        applyTimer(
                batch,
                timer.dueMs(),
                position,
                out.position() - at,
                timer.position(),
                timer.dueMs());
    }

    private void logSmall(Command command, Record record) {
        PendingBatch batch =
                roomFor(command, RecordCodec.SMALL_SIZE_BYTES_MAX, true, ignored -> {});
        if (batch != null) {
            logAndApply(batch, record);
        }
    }

    private void logAndApply(PendingBatch batch, Record record) {
        RecordCodec.writeSmall(batch.batch.buffer(), record);
        state.apply(batch.batch.segment(), record);
    }

    // Batches.

    /**
     * The batch that takes {@code sizeBytes} more of records, for {@code command}. Null if there is
     * none: then the command has been refused through {@code reply}, or is {@link #stalled}.
     */
    private <T> @Nullable PendingBatch roomFor(
            Command command, int sizeBytes, boolean reserve, Consumer<Outcome<T>> reply) {
        if (ended != null) {
            release(command);
            reply.accept(ended.of());
            return null;
        }
        PendingBatch current = open;
        if (current != null && current.batch.buffer().remaining() >= sizeBytes) {
            return current;
        }
        commit();
        Batch batch = log.open(sizeBytes, reserve);
        if (batch == null) {
            stallOrRefuse(command, reply);
            return null;
        }
        if (batch.segment() > segment) {
            roll(batch.segment());
        }
        current = new PendingBatch(batch, ++batches);
        open = current;
        return current;
    }

    private <T> void stallOrRefuse(Command command, Consumer<Outcome<T>> reply) {
        if (log.full()) {
            release(command);
            reply.accept(
                    Outcome.refused(
                            Refusal.STORAGE_FULL,
                            "the disk is full: free space on it, or shorten retention; sending"
                                    + " works again by itself"));
        } else {
            stalled = command;
        }
    }

    private void release(Command command) {
        underWayBytes.addAndGet(-sizeBytes(command));
    }

    private void roll(int next) {
        if (segment > 0) {
            state.seal(segment);
        }
        segment = next;
        state.queues.activate(next);
    }

    private void commitIfIdle() {
        if (log.inFlight() == 0) {
            commit();
        }
    }

    private void commit() {
        PendingBatch current = open;
        if (current == null) {
            return;
        }
        open = null;
        current.complete();
        committed.add(current);
        log.commit(current.batch);
    }

    /** Gives a reply when all that was decided so far is durable. */
    private <T> void afterDurable(Consumer<Outcome<T>> reply, Outcome<T> outcome) {
        PendingBatch last = open != null ? open : committed.peekLast();
        if (last != null) {
            last.hold(reply, outcome);
        } else {
            reply.accept(outcome);
        }
    }

    private final class Completion implements Log.Listener {
        @Override
        public void durable(long position) {
            List<PendingBatch> done = new ArrayList<>(1);
            while (!committed.isEmpty() && committed.peek().durableAt(position)) {
                done.add(committed.remove());
            }
            commitIfIdle();
            for (PendingBatch batch : done) {
                acknowledgedNotDurable = acknowledgedNotDurable() - batch.acknowledgedEarly();
                batch.publish(parked);
                batch.reply();
            }
            turn();
        }

        @Override
        public void failed(IOException cause) {
            String what = "storage failed, nothing more is written: " + cause.getMessage();
            LOG.error("{}", what, cause);
            failure = what;
            Outcome.Refused<?> why = Outcome.refused(Refusal.STORAGE_FAILED, what);
            ended = why;
            committed.forEach(batch -> batch.refuse(why));
            committed.clear();
            if (open != null) {
                open.refuse(why);
                open = null;
            }
            turn();
        }
    }

    // For other threads.

    /** The queues: reading them needs no turn of the shard. */
    public QueueIndex queues() {
        return state.queues;
    }

    /** Messages that were acknowledged, as their topic asks, but are not yet durable. */
    public long acknowledgedNotDurable() {
        return acknowledgedNotDurable;
    }

    /** Why the shard has ended; null while it works. */
    public @Nullable String failure() {
        return failure;
    }

    /** The state's checkpoint, for comparing states. Shard's executor only. */
    public ByteBuffer checkpoint() {
        return state.checkpoint();
    }

    /** The topics that the shard holds something of. Before anything is submitted. */
    public List<Integer> topicIds() {
        return state.topicIds();
    }

    /** The groups that the shard holds something of. Before anything is submitted. */
    public List<Integer> groupIds() {
        return state.offsets.groupIds();
    }

    /** The offset a group has committed, whether durable or not. Shard's executor only. */
    long committedOffset(int groupId, QueueRef queue) {
        return state.offsets.committed(groupId, queue.topicId(), queue.queueId());
    }
}
