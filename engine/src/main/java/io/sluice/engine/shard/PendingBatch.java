package io.sluice.engine.shard;

import io.sluice.engine.log.Batch;
import io.sluice.engine.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for a batch to become durable: replies to give and queue ends to publish. Owned by the
 * shard.
 */
final class PendingBatch {
    private static final Logger LOG = LoggerFactory.getLogger(PendingBatch.class);

    /** A reply that has been decided but may not be given yet. */
    private record Held<T>(Consumer<Outcome<T>> reply, Outcome<T> outcome) {
        void give() {
            give(outcome);
        }

        void refuse(Outcome.Refused<?> why) {
            give(why.of());
        }

        /** One that fails must not keep the others from theirs. */
        private void give(Outcome<T> what) {
            try {
                reply.accept(what);
            } catch (RuntimeException e) {
                LOG.error("a reply could not be given", e);
            }
        }
    }

    final Batch batch;
    private final long number;
    private final boolean isReserve;
    private final List<Held<?>> replies = new ArrayList<>();
    private final List<Queue> queues = new ArrayList<>();
    private long @Nullable [] ends;
    private long endPosition = Long.MAX_VALUE;
    private int acknowledgedEarly;

    /**
     * @param number counts the batches of this shard since its start, from 1
     * @param isReserve whether it lies in the room that is kept for small records
     */
    PendingBatch(Batch batch, long number, boolean isReserve) {
        this.isReserve = isReserve;
        this.number = number;
        this.batch = batch;
    }

    /** Whether it lies in the room that is kept for small records, so that messages may not. */
    boolean isReserve() {
        return isReserve;
    }

    /** Whether nothing has been written to it. */
    boolean isEmpty() {
        return batch.recordsSizeBytes() == 0;
    }

    <T> void hold(Consumer<Outcome<T>> reply, Outcome<T> outcome) {
        replies.add(new Held<>(reply, outcome));
    }

    void acknowledgedEarly(int messages) {
        acknowledgedEarly += messages;
    }

    int acknowledgedEarly() {
        return acknowledgedEarly;
    }

    /** The queue got a message in this batch. */
    void grew(Queue queue) {
        if (queue.markGrownIn(number)) {
            queues.add(queue);
        }
    }

    /** The batch is complete: remembers where it ends and where its queues end. */
    void complete() {
        long[] all = new long[queues.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = queues.get(i).next();
        }
        ends = all;
        endPosition = batch.positionAt(batch.buffer().position());
    }

    boolean durableAt(long position) {
        return endPosition <= position;
    }

    /** Lets the messages be seen. */
    void publish(Parked parked) {
        long[] all = ends;
        for (int i = 0; all != null && i < all.length; i++) {
            Queue queue = queues.get(i);
            if (queue.end() < all[i]) {
                queue.publish(all[i]);
                parked.arrived(queue.ref(), all[i]);
            }
        }
    }

    void reply() {
        replies.forEach(Held::give);
    }

    void refuse(Outcome.Refused<?> why) {
        replies.forEach(held -> held.refuse(why));
    }
}
