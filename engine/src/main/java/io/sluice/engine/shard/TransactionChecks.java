package io.sluice.engine.shard;

import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that undecided transactions are looked at when it is time: waits, and submits a {@link
 * Command.CheckTransactions}. What that decides to ask is told to a listener once it is durable, so
 * that no check is forgotten by a crash. Lives on the shard's executor.
 */
final class TransactionChecks {
    private static final long NANOS_PER_MS = 1_000_000L;

    /** The wall clock may jump: times are looked at again after this long, in ms. */
    private static final long LOOK_AGAIN_MS = 1_000;

    private static final long RETRY_NANOS = 100 * NANOS_PER_MS;
    private static final long LOT_NANOS = 20 * NANOS_PER_MS;

    private final Transactions transactions;
    private final Clock clock;
    private final Executor executor;
    private final Predicate<Command> submit;
    private final Alarm alarm;
    private @Nullable Consumer<TransactionCheck> listener;
    private boolean underWay;

    TransactionChecks(
            Transactions transactions, Clock clock, Executor executor, Predicate<Command> submit) {
        this.transactions = transactions;
        this.clock = clock;
        this.executor = executor;
        this.submit = submit;
        this.alarm = new Alarm(clock, executor, this::look);
    }

    /** Begins: nothing is asked while there is nobody to ask. */
    void start(Consumer<TransactionCheck> asks) {
        listener = asks;
        look();
    }

    /** Something is to be done at {@code ms}, perhaps before everything else. */
    void waitsUntil(long ms) {
        if (listener != null && ms != Long.MAX_VALUE) {
            long waitMs = Math.clamp(ms - clock.wallMs(), 0, LOOK_AGAIN_MS);
            alarm.atNanos(clock.nanos() + waitMs * NANOS_PER_MS);
        }
    }

    /**
     * What was due has been decided.
     *
     * @param more whether more is due: after a long stop that may be all there is, and producers
     *     are not asked for all at once
     */
    void decided(boolean more) {
        underWay = false;
        if (more) {
            executor.executeAfter(LOT_NANOS, this::look);
        } else {
            executor.execute(this::look);
        }
    }

    /** What is due cannot be written now. */
    void retryLater() {
        underWay = false;
        executor.executeAfter(RETRY_NANOS, this::look);
    }

    /** That these are asked is durable. */
    void ask(Outcome<List<TransactionCheck>> durable) {
        Consumer<TransactionCheck> asks = listener;
        if (asks != null && durable instanceof Outcome.Done<List<TransactionCheck>>(var checks)) {
            checks.forEach(asks);
        }
    }

    private void look() {
        if (underWay) {
            return;
        }
        if (transactions.nextMs() > clock.wallMs()) {
            waitsUntil(transactions.nextMs());
            return;
        }
        underWay = true;
        if (!submit.test(new Command.CheckTransactions())) {
            retryLater();
        }
    }
}
