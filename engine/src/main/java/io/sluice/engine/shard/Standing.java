package io.sluice.engine.shard;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Skips.Skipped;
import io.sluice.engine.schedule.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * How a group stands to a queue, and to one message of it.
 *
 * @param joined whether it has ever asked for a place in the topic
 * @param start where it begins to read; {@link io.sluice.engine.group.Offsets#NONE} if that is its
 *     client's decision
 * @param first the queue's oldest offset
 * @param cursor what lies between {@code start} and it and is not leased was acknowledged
 * @param lease that of the message which was asked for; null if it is not leased
 * @param lockedBy the client that holds the queue's order lock; null if none does
 * @param barrier where it has to stop since it consumes in order; null for nowhere
 * @param skipped what operators let it skip last; null for nothing
 * @param timer what has become of the timer that was asked for
 * @param open the transaction that was asked for, if it is undecided
 * @param decided what became of it, if that was decided lately
 * @param nowMs when all this was so, wall-clock ms
 */
public record Standing(
        boolean joined,
        long start,
        long first,
        long cursor,
        @Nullable Lease lease,
        @Nullable String lockedBy,
        @Nullable Barrier barrier,
        @Nullable Skipped skipped,
        Timer timer,
        Transactions.@Nullable Open open,
        Transactions.@Nullable Decided decided,
        long nowMs) {

    /** What has become of a timer. */
    public enum Timer {
        NONE,
        PENDING,
        FIRED,
        RECALLED
    }

    /**
     * A barrier that was drawn when queues were added to the topic.
     *
     * @param limit the queue is not read from this offset on before all queues are consumed up to
     *     the barrier
     * @param behind the first queue that is not
     * @param consumed how far that is consumed
     * @param end how far it has to be
     */
    public record Barrier(long limit, int behind, long consumed, long end) {}
}
