package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.schedule.TransactionRules;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.schedule.Transactions.Open;
import io.sluice.engine.time.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of transactions: a half message is stored where nobody sees it; the first
 * commit or rollback is logged, a commit together with the message in its queue, and answers all
 * later ones. Lives on the shard's executor.
 */
final class TransactionDecider {
    /** Looked at in one batch at most. */
    private static final int CHECKS_MAX = 64;

    private final TransactionRules rules;
    private final Log log;
    private final Clock clock;
    private final Transactions transactions;
    private final GroupCommit commits;
    private final RecordWriter writer;
    private final TransactionChecks checks;
    private final HalfReader halves;
    private final IntPredicate isGone;
    private final Predicate<Command> submit;

    /**
     * @param isGone whether a topic, by its id, was deleted
     * @param submit hands a command to the shard; any thread
     */
    TransactionDecider(
            TransactionRules rules,
            Log log,
            Clock clock,
            Transactions transactions,
            GroupCommit commits,
            RecordWriter writer,
            TransactionChecks checks,
            HalfReader halves,
            IntPredicate isGone,
            Predicate<Command> submit) {
        this.rules = rules;
        this.log = log;
        this.clock = clock;
        this.transactions = transactions;
        this.commits = commits;
        this.writer = writer;
        this.checks = checks;
        this.halves = halves;
        this.isGone = isGone;
        this.submit = submit;
    }

    // Beginning.

    void prepare(Command.PrepareHalf c) {
        int size = RecordCodec.halfSizeBytes(writer.messageSizeBytes(c.message()));
        Outcome.Refused<Long> fault = fault(c, size);
        if (fault != null) {
            commits.taken(c);
            c.reply().accept(fault);
            return;
        }
        PendingBatch batch = commits.roomFor(c, size, false);
        if (batch == null) {
            return;
        }
        commits.taken(c);
        long storeMs = writer.storeMs();
        long waitMs = c.firstCheckMs() < 0 ? rules.firstCheckMs() : c.firstCheckMs();
        long nextMs = storeMs + Math.min(waitMs, rules.expiryMs());
        long id = writer.half(batch, c.message(), c.queueId(), nextMs, c.delayMs(), storeMs);
        checks.waitsUntil(nextMs);
        batch.hold(c.reply(), Outcome.done(id));
    }

    private Outcome.@Nullable Refused<Long> fault(Command.PrepareHalf c, int sizeBytes) {
        if (isGone.test(c.message().topicId())) {
            return topicGone();
        }
        if (transactions.openCount() >= rules.openMax()) {
            return Outcome.refused(
                    Refusal.BUSY,
                    "%d transactions are undecided, and no more are taken: let their producers decide, or decide them with ./sluice tx"
                            .formatted(transactions.openCount()));
        }
        int max = log.recordsSizeBytesMax() - RecordCodec.SMALL_SIZE_BYTES_MAX; // to commit it
        return sizeBytes <= max
                ? null
                : Outcome.refused(
                        Refusal.TOO_LARGE,
                        "the message takes %d bytes, more than the %d of one write"
                                .formatted(sizeBytes, max));
    }

    private static <T> Outcome.Refused<T> topicGone() {
        return Outcome.refused(Refusal.TOPIC_UNKNOWN, "the topic has just been deleted");
    }

    // Ending.

    void end(Command.EndTransaction c) {
        Open open = decidable(c);
        if (open == null) {
            return;
        }
        if (c.commit()) {
            fetch(open, c);
            return;
        }
        PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch != null) {
            decide(batch, open, Decision.ROLLED_BACK);
            batch.hold(c.reply(), Outcome.done(Decision.ROLLED_BACK));
        }
    }

    /** The transaction if it is still to be decided; if not, that has been answered. */
    private @Nullable Open decidable(Command.EndTransaction c) {
        Decision decision = transactions.decision(c.id());
        Open open = transactions.open(c.id());
        if (decision != null) {
            commits.afterDurable(c.reply(), Outcome.done(decision));
            return null;
        }
        Outcome.Refused<Decision> fault = fault(c, open);
        if (fault != null) {
            commits.afterDurable(c.reply(), fault);
            return null;
        }
        return open;
    }

    private Outcome.@Nullable Refused<Decision> fault(
            Command.EndTransaction c, @Nullable Open open) {
        if (open == null) {
            return unknown(c.id());
        }
        if (c.group() != null && !c.group().equals(open.group())) {
            return Outcome.refused(
                    Refusal.TRANSACTION_UNKNOWN,
                    "The producer group wrong: transaction %d is not of group %s"
                            .formatted(c.id(), c.group()));
        }
        return isGone.test(open.topicId()) ? topicGone() : null;
    }

    private static <T> Outcome.Refused<T> unknown(long id) {
        return Outcome.refused(
                Refusal.TRANSACTION_UNKNOWN,
                "there is no transaction %d: it never was, or was decided long ago".formatted(id));
    }

    private void decide(PendingBatch batch, Open open, Decision decision) {
        writer.small(batch, new Record.TransactionDecided(open.id(), decision, writer.storeMs()));
    }

    /** A commit needs the message; what is decided while that is being read comes first. */
    private void fetch(Open open, Command.EndTransaction c) {
        if (!halves.isDurable(open)) {
            onceDurable(c);
            return;
        }
        halves.read(
                open,
                read -> {
                    switch (read) {
                        case Outcome.Done<ByteBuffer>(ByteBuffer record) ->
                                again(new Command.CommitHalf(c, open.position(), record));
                        case Outcome.Refused<ByteBuffer> refused -> c.refuse(refused);
                    }
                });
    }

    /** Decides a command anew once all is durable that is under way now. */
    private void onceDurable(Command command) {
        commits.afterDurable(
                durable -> {
                    switch (durable) {
                        case Outcome.Done<Boolean> done -> again(command);
                        case Outcome.Refused<Boolean> refused -> command.refuse(refused);
                    }
                },
                Outcome.done(true));
    }

    private void again(Command command) {
        if (!submit.test(command)) {
            command.refuse(
                    Outcome.refused(Refusal.BUSY, "too much is under way: try again in a moment"));
        }
    }

    void commit(Command.CommitHalf c) {
        Open open = decidable(c.wanted());
        if (open == null || open.position() != c.position()) {
            commits.taken(c);
            if (open != null) {
                fetch(open, c.wanted()); // it was moved meanwhile
            }
            return;
        }
        ByteBuffer message = RecordCodec.messageOfHalf(c.record());
        int record = message.remaining();
        int size = open.delayMs() == 0 ? record : RecordCodec.timerSizeBytes(record);
        PendingBatch batch = commits.roomFor(c, size + RecordCodec.DECIDED_SIZE_BYTES, false);
        if (batch == null) {
            return;
        }
        commits.taken(c);
        StoredMessage.commit(message, RecordCodec.storedIndex(message, 0), open.id());
        long storeMs = writer.storeMs();
        if (open.delayMs() == 0) {
            writer.storeDue(batch, message, storeMs);
        } else {
            writer.scheduleCommitted(batch, message, storeMs + open.delayMs(), storeMs);
        }
        decide(batch, open, Decision.COMMITTED);
        batch.hold(c.wanted().reply(), Outcome.done(Decision.COMMITTED));
    }

    // Looking.

    void read(Command.ReadHalf c) {
        Open open = transactions.open(c.id());
        if (open == null) {
            commits.afterDurable(c.reply(), unknown(c.id()));
        } else if (!halves.isDurable(open)) {
            onceDurable(c);
        } else {
            halves.read(open, read -> c.reply().accept(message(open, read)));
        }
    }

    private static Outcome<HalfMessage> message(Open open, Outcome<ByteBuffer> read) {
        return switch (read) {
            case Outcome.Done<ByteBuffer>(ByteBuffer record) ->
                    Outcome.done(new HalfMessage(open, RecordCodec.storedOfHalf(record)));
            case Outcome.Refused<ByteBuffer> refused -> refused.of();
        };
    }

    void list(Command.ListTransactions c) {
        List<Open> open = transactions.openAfter(c.afterId(), c.countMax());
        commits.afterDurable(c.reply(), Outcome.done(open));
    }

    // Checking.

    void resume(Command.ResumeChecks c) {
        Open open = transactions.open(c.id());
        if (open == null) {
            commits.afterDurable(c.reply(), unknown(c.id()));
            return;
        }
        PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch != null) {
            long nowMs = clock.wallMs();
            writer.small(batch, new Record.TransactionChecked(c.id(), nowMs, 0, false));
            checks.waitsUntil(nowMs);
            batch.hold(c.reply(), Outcome.done(c.id()));
        }
    }

    void check(Command.CheckTransactions c) {
        long nowMs = clock.wallMs();
        List<Open> due = transactions.due(nowMs, CHECKS_MAX);
        if (due.isEmpty()) {
            checks.decided(false);
            return;
        }
        int size = due.size() * RecordCodec.SMALL_SIZE_BYTES_MAX;
        PendingBatch batch = commits.roomFor(c, size, true);
        if (batch == null) {
            if (!commits.isStalled()) {
                checks.retryLater();
            }
            return;
        }
        List<TransactionCheck> asked = new ArrayList<>();
        for (Open open : due) {
            check(batch, open, nowMs, asked);
        }
        batch.hold(checks::ask, Outcome.done(asked));
        checks.decided(due.size() == CHECKS_MAX);
    }

    private void check(PendingBatch batch, Open open, long nowMs, List<TransactionCheck> asked) {
        long expiresMs = open.sinceMs() + rules.expiryMs();
        if (nowMs >= expiresMs) {
            decide(batch, open, Decision.EXPIRED);
        } else if (open.checks() >= rules.checksMax() || open.isGivenUp()) {
            writer.small(
                    batch,
                    new Record.TransactionChecked(open.id(), expiresMs, open.checks(), true));
        } else {
            int times = open.checks() + 1;
            long nextMs = Math.min(nowMs + rules.checkIntervalMs(), expiresMs);
            writer.small(batch, new Record.TransactionChecked(open.id(), nextMs, times, false));
            asked.add(new TransactionCheck(open.id(), open.group(), times));
        }
    }

    // Retention.

    void move(Command.MoveHalves c) {
        for (Command.Half half : c.halves()) {
            Open open = transactions.open(half.id());
            if (open == null || open.position() != half.position()) {
                continue;
            }
            PendingBatch batch = commits.roomFor(c, half.record().remaining(), false);
            if (batch == null) {
                return;
            }
            writer.moveHalf(batch, half.id(), half.record());
        }
    }
}
