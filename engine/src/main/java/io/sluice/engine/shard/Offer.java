package io.sluice.engine.shard;

import io.sluice.engine.group.Leases.Lease;
import java.util.List;

/**
 * What a receiver may read and then ask to lease. Nobody else of its group is offered the same
 * queue until it has asked, or too long was silent; the lease itself is decided by what is still
 * true then.
 *
 * @param queueId the queue; {@link #NO_QUEUE} if there was nothing in time
 * @param again leases that have run out: to be handed out again, before anything new
 * @param cursor where to read on
 * @param newMax new messages at most
 * @param limit where new messages end for this receiver, exclusive: at a barrier that its group has
 *     not passed; Long.MAX_VALUE for nowhere
 * @param repeated whether {@code again} is what the same attempt was given before: it is still
 *     held, by whoever asks
 */
public record Offer(
        int queueId, List<Lease> again, long cursor, int newMax, long limit, boolean repeated) {
    /** The queue id of the offer of nothing. */
    public static final int NO_QUEUE = -1;

    /** There is nothing to receive. */
    public static final Offer NOTHING = new Offer(NO_QUEUE, List.of(), 0, 0, 0, false);

    /** Whether there is nothing to receive. */
    public boolean isNothing() {
        return queueId == NO_QUEUE;
    }
}
