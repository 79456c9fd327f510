package io.sluice.engine.shard;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Skips.Skipped;
import org.jspecify.annotations.Nullable;

/**
 * How a group stands to a queue.
 *
 * @param joined whether it has ever asked for a place in the topic
 * @param start where it begins to read; {@link io.sluice.engine.group.Offsets#NONE} if that is its
 *     client's decision
 * @param first the queue's oldest offset
 * @param end one past the queue's newest offset
 * @param cursor what lies between {@code start} and it and is not leased was acknowledged
 * @param lease that of the message which was asked for; null if it is not leased
 * @param lockedBy the client that holds the queue's order lock; null if none does
 * @param skipped what operators let it skip last; null for nothing
 * @param pending whether the timer that was asked for is still to fire
 */
public record Standing(
        boolean joined,
        long start,
        long first,
        long end,
        long cursor,
        @Nullable Lease lease,
        @Nullable String lockedBy,
        @Nullable Skipped skipped,
        boolean pending) {}
