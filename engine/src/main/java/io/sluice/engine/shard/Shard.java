package io.sluice.engine.shard;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Log;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The unit of ordering, ownership and recovery: one log and the queues, offsets, timers and
 * transactions in it.
 *
 * <p>Everything happens on the shard's executor, in turns: a turn takes commands from the inbox,
 * {@link Decider decides} records and a reply for each, writes the records to the open batch and
 * applies them to the {@link State}. Replies are held, and messages unseen, until the batch is
 * durable; see {@link GroupCommit}.
 *
 * <p>Only {@link #submit}, {@link #queues} and the counters may be used by other threads.
 */
public final class Shard {
    /** Commands decided in one turn at most, so that completions are not kept waiting. */
    private static final int TURN_COMMANDS_MAX = 1024;

    /**
     * While a batch is being written nothing can be committed, and there is a turn when it is
     * durable: until then, one turn for so many commands is enough. A turn for each would wake the
     * shard's thread for each, which costs more than deciding it.
     */
    private static final int COMMANDS_PER_TURN_WRITING = 64;

    private final ShardConfig config;
    private final Log log;
    private final Executor executor;
    private final State state;
    private final Inbox inbox;
    private final AtomicBoolean turnComing = new AtomicBoolean();
    private final GroupCommit commits;
    private final Decider decider;
    private final Resends resends;
    private final Firing firing;
    private final TransactionChecks checks;
    private final Housekeeping housekeeping;

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
        this.executor = executor;
        this.inbox = new Inbox(config.inboxCapacity());
        this.firing = new Firing(log, clock, executor, readers, this::submit);
        this.state = new State(log, firing.timers());
        this.commits = new GroupCommit(log, state, clock, executor, this::turn);
        this.resends = new Resends(state, commits);
        this.checks = new TransactionChecks(state.transactions, clock, executor, this::submit);
        this.decider =
                new Decider(
                        config.storeHost(),
                        log,
                        clock,
                        state,
                        commits,
                        firing,
                        executor,
                        resends,
                        keeps,
                        checks,
                        config.transactions(),
                        readers,
                        this::submit);
        this.housekeeping =
                new Housekeeping(
                        state,
                        log,
                        clock,
                        executor,
                        readers,
                        this::submit,
                        keeps,
                        config.retentionMs());
    }

    /**
     * Replays the log. Must be called once, before anything is submitted, on the shard's executor,
     * since what is read in the background comes back there; may block.
     *
     * @throws IOException as {@link Log#recover}
     */
    public void recover() throws IOException {
        Recovery recovery = new Recovery();
        log.recover(recovery, commits.listener());
        resends.readBack(log, recovery.firstReplayed);
        state.queues.publishAll();
        decider.started();
        log.trim(state.firstSegment());
        firing.start();
        housekeeping.start();
    }

    /**
     * Begins to ask producers about undecided transactions; before that none is asked, given up or
     * expired. Any thread.
     *
     * @param asks called on the shard's executor; must not block
     */
    public void checkTransactions(Consumer<TransactionCheck> asks) {
        executor.execute(() -> checks.start(asks));
    }

    private final class Recovery implements Log.Replay {
        private int firstReplayed;

        @Override
        public void checkpoint(int sealed, ByteBuffer bytes) throws IOException {
            state.restore(sealed, bytes);
            firstReplayed = sealed + 1;
            commits.segment(sealed + 1);
        }

        @Override
        public void batch(int segment, ByteBuffer records, long recordsPosition)
                throws CorruptLogException {
            if (segment > commits.segment() && commits.segment() > 0) {
                state.ended(commits.segment()); // it was replayed although it has a footer
            }
            commits.segment(segment);
            int start = records.position();
            while (records.hasRemaining()) {
                int at = records.position();
                long position = recordsPosition + (at - start);
                Record record = RecordCodec.read(records, position);
                apply(segment, record, position);
                resends.replayed(records, at, record);
            }
        }

        /** A disk does not forge checksums, but a faulty server or a person may have. */
        private void apply(int segment, Record record, long position) throws CorruptLogException {
            try {
                state.apply(segment, record);
            } catch (RuntimeException e) {
                throw new CorruptLogException(
                        "the record at position %d makes no sense after those before it (%s): keep the data directory for examination and restore it from a copy"
                                .formatted(position, e.getMessage()),
                        e);
            }
        }

        @Override
        public void segmentEnd(int ended) {
            state.seal(ended);
            commits.segment(ended + 1);
        }
    }

    /**
     * Finishes what is under way, wakes the parked and takes nothing more; then runs {@code done}.
     */
    public void stop(Runnable done) {
        executor.execute(() -> {
            drain();
            commits.stop(done);
            turn(); // what was put aside, or is still in the inbox, is refused
        });
    }

    /** Hands a command over; false if the shard has too much to do. Any thread. */
    public boolean submit(Command command) {
        if (!commits.admit(command, config.inboxSizeBytesMax())) {
            return false;
        }
        if (!inbox.offer(command)) {
            commits.taken(command);
            return false;
        }
        if (!commits.isWriting() || inbox.size() % COMMANDS_PER_TURN_WRITING == 0) {
            requestTurn();
        }
        return true;
    }

    private void requestTurn() {
        if (!turnComing.get() && turnComing.compareAndSet(false, true)) {
            executor.execute(this::turn);
        }
    }

    private void turn() {
        turnComing.set(false);
        drain();
        commits.commitIfIdle();
        if (!commits.isStalled() && !inbox.isEmpty()) {
            requestTurn();
        }
    }

    private void drain() {
        for (int left = TURN_COMMANDS_MAX; left > 0; left--) {
            Command stalled = commits.takeStalled();
            Command command = stalled != null ? stalled : inbox.poll();
            if (command == null) {
                return;
            }
            try {
                decider.decide(command);
            } catch (RuntimeException | Error e) {
                commits.broken(command, e);
            }
            if (commits.isStalled()) {
                return;
            }
        }
    }

    // For other threads.

    /** The queues: reading them needs no turn of the shard. */
    public QueueIndex queues() {
        return state.queues;
    }

    /** Whether a group has to ask with {@link Command.AskPassage} before it reads on in a topic. */
    public boolean isGated(int groupId, int topicId) {
        return state.gates.isShut(groupId, topicId);
    }

    /** Messages that were acknowledged, as their topic asks, but are not yet durable. */
    public long acknowledgedNotDurable() {
        return commits.acknowledgedNotDurable();
    }

    /** Why the shard has ended; null while it works. */
    public @Nullable String failure() {
        return commits.failure();
    }

    // For its owner, on the shard's executor or before it has begun.

    /** The state as bytes: equal states give equal bytes. */
    public ByteBuffer checkpoint() {
        return state.checkpoint();
    }

    /** The topics that the shard holds something of, sorted. */
    public List<Integer> topicIds() {
        return state.topicIds();
    }

    /** The groups that the shard holds something of, sorted. */
    public List<Integer> groupIds() {
        TreeSet<Integer> ids = new TreeSet<>(state.offsets.groupIds());
        ids.addAll(state.locks.groupIds());
        return List.copyOf(ids);
    }
}
