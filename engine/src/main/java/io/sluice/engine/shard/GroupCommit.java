package io.sluice.engine.shard;

import io.sluice.engine.log.Batch;
import io.sluice.engine.log.Log;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open batch, the committed ones, and what waits for them. While one batch is being written the
 * next one fills; when it is durable its messages are published, parked readers woken and replies
 * given. Lives on the shard's executor; the counters may be read by any thread.
 *
 * <pre>
 *   open ──commit──▶ committed (in flight) ──durable──▶ publish, wake, reply
 *     └── every reply, also of one that only looked, waits for the newest of these
 * </pre>
 */
final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private final Log log;
    private final State state;
    private final Clock clock;
    private final Runnable turn;
    private final Alarm expireAlarm;
    private final Parked parked = new Parked();
    private final ArrayDeque<PendingBatch> committed = new ArrayDeque<>();
    private final AtomicLong underWayBytes = new AtomicLong();
    private @Nullable PendingBatch open;
    private @Nullable Command stalled;
    private Outcome.@Nullable Refused<?> ended;
    private int segment;
    private long batches;
    private long earlyAcknowledged;
    private volatile long acknowledgedNotDurable;
    private volatile @Nullable String failure;
    private volatile boolean writing;

    /**
     * @param turn gives the shard a turn: there may be room again
     */
    GroupCommit(Log log, State state, Clock clock, Executor executor, Runnable turn) {
        this.log = log;
        this.state = state;
        this.clock = clock;
        this.turn = turn;
        this.expireAlarm = new Alarm(clock, executor, this::expireParked);
    }

    /** What the log is to tell. */
    Log.Listener listener() {
        return new Completion();
    }

    /** The segment that new records go to, as far as is known. */
    void segment(int active) {
        segment = active;
        state.queues.activate(active);
    }

    /** The segment that records went to last; 0 before the first. */
    int segment() {
        return segment;
    }

    // Bytes of messages under way: counted from submission until they are in a batch. Any thread.

    /** Counts the command's bytes; false if there are too many under way. */
    boolean admit(Command command, long sizeBytesMax) {
        long size = sizeBytes(command);
        if (size > 0 && underWayBytes.get() > sizeBytesMax) {
            return false;
        }
        underWayBytes.addAndGet(size);
        return true;
    }

    /** The command is no longer under way. */
    void taken(Command command) {
        long size = sizeBytes(command);
        if (size > 0) {
            underWayBytes.addAndGet(-size);
        }
    }

    private static long sizeBytes(Command command) {
        if (command instanceof Command.PrepareHalf prepare) {
            return sizeBytes(prepare.message());
        }
        if (command instanceof Command.CommitHalf commit) {
            return commit.record().remaining();
        }
        if (!(command instanceof Command.Append append)) {
            return 0;
        }
        long size = 0;
        for (Message message : append.messages()) {
            size += sizeBytes(message);
        }
        return size;
    }

    private static long sizeBytes(Message message) {
        return (long) message.bodySizeBytes() + message.properties().length;
    }

    // Room.

    /** The command that was put aside for want of room; it is to be decided first. */
    @Nullable Command takeStalled() {
        Command command = stalled;
        stalled = null;
        return command;
    }

    boolean isStalled() {
        return stalled != null;
    }

    /**
     * The batch that takes {@code sizeBytes} more of records, for {@code command}. Null if there is
     * none: then the command has been refused, or put aside until a commit has freed a buffer.
     *
     * @param reserve whether the room kept for small records when storage is full may be used
     */
    @Nullable PendingBatch roomFor(Command command, int sizeBytes, boolean reserve) {
        if (ended != null) {
            taken(command);
            command.refuse(ended);
            return null;
        }
        PendingBatch current = open;
        if (current != null && current.isReserve() && !reserve) {
            stallOrRefuse(command); // what is kept for small records is not for messages
            return null;
        }
        if (current != null && current.batch.buffer().remaining() >= sizeBytes) {
            return current;
        }
        commit();
        Batch batch = log.open(sizeBytes, false);
        boolean isReserve = batch == null && reserve;
        if (isReserve) {
            batch = log.open(sizeBytes, true);
        }
        if (batch == null) {
            stallOrRefuse(command);
            return null;
        }
        if (batch.segment() > segment) {
            roll(batch.segment());
        }
        current = new PendingBatch(batch, ++batches, isReserve);
        open = current;
        return current;
    }

    /** How many bytes of records one batch holds. */
    int recordsSizeBytesMax() {
        return log.recordsSizeBytesMax();
    }

    /** Whether one batch holds {@code sizeBytes} of records at all. */
    boolean fits(int sizeBytes) {
        return sizeBytes <= recordsSizeBytesMax();
    }

    /** How many records of at most {@code sizeBytes} each one batch holds. */
    int fitting(int sizeBytes) {
        return log.recordsSizeBytesMax() / sizeBytes;
    }

    private void stallOrRefuse(Command command) {
        if (log.full()) {
            taken(command);
            command.refuse(
                    Outcome.refused(
                            Refusal.STORAGE_FULL,
                            "the disk is full: free space on it, or shorten retention; sending"
                                    + " works again by itself"));
        } else {
            stalled = command;
        }
    }

    private void roll(int next) {
        if (segment > 0) {
            state.seal(segment);
        }
        segment = next;
        state.queues.activate(next);
    }

    /** Commits the open batch if nothing else is being written. */
    void commitIfIdle() {
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
        if (current.isEmpty()) {
            log.commit(current.batch); // drops it; nothing waits for it
            return;
        }
        current.complete();
        committed.add(current);
        writing = true;
        log.commit(current.batch);
    }

    /**
     * Gives a reply when all that was decided so far is durable. After a failure the state is ahead
     * of what is durable for ever, so nothing may be told from it.
     */
    <T> void afterDurable(Consumer<Outcome<T>> reply, Outcome<T> outcome) {
        if (ended != null) {
            reply.accept(ended.of());
            return;
        }
        PendingBatch last = open != null && !open.isEmpty() ? open : committed.peekLast();
        if (last != null) {
            last.hold(reply, outcome);
        } else {
            reply.accept(outcome);
        }
    }

    /** Messages of {@code batch} are acknowledged before they are durable. */
    void acknowledgedEarly(PendingBatch batch, int messages) {
        batch.acknowledgedEarly(messages);
        earlyAcknowledged += messages;
        acknowledgedNotDurable = earlyAcknowledged;
    }

    // Parked readers.

    /**
     * After storage has failed readers are parked as ever, or their clients would ask again and
     * again: what is durable can be read, and nothing more comes.
     */
    void park(Command.Park c) {
        Queue queue = state.queues.queue(c.queue().topicId(), c.queue().queueId());
        if (ended != null && ended.refusal() == Refusal.STOPPING) {
            c.wake().accept(Command.Wake.STOPPED);
        } else if (queue != null && queue.end() > c.offset()) {
            c.wake().accept(Command.Wake.ARRIVED);
        } else {
            parked.park(c);
            expireAlarm.atNanos(c.deadlineNanos());
        }
    }

    /** Tells of every queue that has grown. */
    void whenGrown(Consumer<QueueRef> told) {
        parked.whenGrown(told);
    }

    /** Wakes a reader that does not wait any more. */
    void cancel(Command.Park c) {
        parked.cancel(c);
    }

    /** Wakes all that are parked for a queue, whatever has come: they look again. */
    void wake(QueueRef queue) {
        parked.arrived(queue, Long.MAX_VALUE);
    }

    private void expireParked() {
        expireAlarm.atNanos(parked.expire(clock.nanos()));
    }

    /** Wakes the parked, takes nothing more and commits what is open; the reply is the last one. */
    void stop(Runnable done) {
        parked.stop();
        afterDurable(ignored -> done.run(), Outcome.done(0L));
        ended = Outcome.refused(Refusal.STOPPING, "the server is stopping");
        commitIfIdle();
    }

    private final class Completion implements Log.Listener {
        @Override
        public void durable(long position) {
            List<PendingBatch> done = new ArrayList<>(1);
            while (!committed.isEmpty() && committed.peek().durableAt(position)) {
                done.add(committed.remove());
            }
            writing = !committed.isEmpty();
            commitIfIdle();
            for (PendingBatch batch : done) {
                earlyAcknowledged -= batch.acknowledgedEarly();
                acknowledgedNotDurable = earlyAcknowledged;
                batch.publish(parked);
                batch.reply();
            }
            turn.run();
        }

        @Override
        public void failed(IOException cause) {
            end("storage failed, nothing more is written: " + cause.getMessage(), cause);
        }
    }

    /**
     * Deciding {@code command} ended in an error of ours. Half a record may stand in the open
     * batch, so that is never committed and nothing is written any more; after a restart the state
     * is what the log says.
     */
    void broken(Command command, Throwable cause) {
        taken(command);
        end("an internal error, nothing more is written; restart the server: " + cause, cause);
        command.refuse(Outcome.refused(Refusal.STORAGE_FAILED, "an internal error: " + cause));
    }

    private void end(String what, Throwable cause) {
        LOG.error("{}", what, cause);
        failure = what;
        Outcome.Refused<?> why = Outcome.refused(Refusal.STORAGE_FAILED, what);
        ended = why;
        committed.forEach(batch -> batch.refuse(why));
        committed.clear();
        writing = false;
        if (open != null) {
            open.refuse(why);
            open = null;
        }
        turn.run();
    }

    // For other threads.

    /** Whether a commit is under way, after which the shard gets a turn. */
    boolean isWriting() {
        return writing;
    }

    /** Messages that were acknowledged, as their topic asks, but are not yet durable. */
    long acknowledgedNotDurable() {
        return acknowledgedNotDurable;
    }

    /** Why nothing is written any more; null while all is well. */
    @Nullable String failure() {
        return failure;
    }
}
