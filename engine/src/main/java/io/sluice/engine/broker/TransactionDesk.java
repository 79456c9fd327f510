package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.RetryPolicy;
import io.sluice.engine.message.Message;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.HalfMessage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import io.sluice.engine.shard.TransactionCheck;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where transactional messages come in and are decided. A transaction is known by its id, a
 * position in the log; replies are given as those of {@link Broker}.
 */
public final class TransactionDesk {
    /** Why messages cannot be stored in a queue; null if they can. */
    interface Faults {
        Outcome.@Nullable Refused<Appended> of(Topic topic, int queueId, List<Message> messages);
    }

    /** In place of a time: as the rules say. */
    public static final long BY_RULE = -1;

    private final Shard shard;
    private final RetryPolicy retries;
    private final Faults faults;

    TransactionDesk(Shard shard, RetryPolicy retries, Faults faults) {
        this.shard = shard;
        this.retries = retries;
        this.faults = faults;
    }

    /**
     * Stores a message that nobody sees until its transaction is committed. Replies with the
     * transaction's id, always once it is durable.
     *
     * @param queueId below the topic's queue count
     * @param message with the property {@link io.sluice.engine.message.Properties#PRODUCER_GROUP}
     * @param firstCheckMs how long producers are not asked, in ms; {@link #BY_RULE} if nothing is
     *     said
     * @param delayLevel how long after the commit the message is delivered; 0 at once
     */
    public void prepare(
            Topic topic,
            int queueId,
            Message message,
            long firstCheckMs,
            int delayLevel,
            Consumer<Outcome<Long>> reply) {
        Outcome.Refused<Appended> fault = faults.of(topic, queueId, List.of(message));
        if (fault != null) {
            reply.accept(fault.of());
            return;
        }
        long delayMs = delayLevel <= 0 ? 0 : retries.delayMs(delayLevel);
        submit(new Command.PrepareHalf(queueId, message, firstCheckMs, delayMs, reply));
    }

    /**
     * Decides a transaction, unless it is decided. Replies with what was decided, now or before:
     * the first decision stands for ever.
     *
     * @param group the producer group that decides; null if an operator does
     */
    public void end(
            long id, @Nullable String group, boolean commit, Consumer<Outcome<Decision>> reply) {
        submit(new Command.EndTransaction(id, group, commit, reply));
    }

    /** The half message of an undecided transaction. */
    public void read(long id, Consumer<Outcome<HalfMessage>> reply) {
        submit(new Command.ReadHalf(id, reply));
    }

    /** Undecided transactions by id, from the first after {@code afterId} on. */
    public void list(long afterId, int countMax, Consumer<Outcome<List<Transactions.Open>>> reply) {
        submit(new Command.ListTransactions(afterId, countMax, reply));
    }

    /** Asks the producers of an undecided transaction anew, as if it had just come. */
    public void resume(long id, Consumer<Outcome<Long>> reply) {
        submit(new Command.ResumeChecks(id, reply));
    }

    /**
     * Begins to ask producers about undecided transactions; before that none is asked, given up or
     * expired.
     *
     * @param asks told each time somebody of a group is to be asked; must not block
     */
    public void checkWith(Consumer<TransactionCheck> asks) {
        shard.checkTransactions(asks);
    }

    private void submit(Command command) {
        if (!shard.submit(command)) {
            command.refuse(
                    Outcome.refused(
                            Refusal.BUSY,
                            "too much is under way: try again in a moment, or send less at once"));
        }
    }
}
