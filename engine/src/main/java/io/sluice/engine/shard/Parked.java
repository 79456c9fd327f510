package io.sluice.engine.shard;

import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.Park;
import io.sluice.engine.shard.Command.Wake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Readers that wait for a queue to grow: data, not threads. Owned by the shard. Each is woken
 * exactly once.
 */
final class Parked {
    private static final Logger LOG = LoggerFactory.getLogger(Parked.class);

    /** Readers at most; a further one is woken at once and comes again when its client asks. */
    static final int COUNT_MAX = 100_000;

    private static final class Waiter {
        final Park park;
        boolean woken;

        Waiter(Park park) {
            this.park = park;
        }
    }

    private final Map<QueueRef, List<Waiter>> byQueue = new HashMap<>();
    private final PriorityQueue<Waiter> byDeadline =
            new PriorityQueue<>(Comparator.comparingLong(w -> w.park.deadlineNanos()));
    private Consumer<QueueRef> whenGrown = queue -> {};
    private int waiting;

    /** Tells of every queue that has grown, before those are woken that wait for it. */
    void whenGrown(Consumer<QueueRef> told) {
        whenGrown = told;
    }

    void park(Park park) {
        if (waiting == COUNT_MAX) {
            park.wake().accept(Wake.STOPPED);
            return;
        }
        Waiter waiter = new Waiter(park);
        byQueue.computeIfAbsent(park.queue(), queue -> new ArrayList<>(1)).add(waiter);
        byDeadline.add(waiter);
        waiting++;
        dropWokenIfMany();
    }

    private void dropWokenIfMany() {
        if (byDeadline.size() > 2 * waiting + 1024) {
            byDeadline.removeIf(waiter -> waiter.woken);
        }
    }

    /** The queue has grown to {@code end}. */
    void arrived(QueueRef queue, long end) {
        whenGrown.accept(queue);
        List<Waiter> waiters = byQueue.get(queue);
        if (waiters == null) {
            return;
        }
        List<Waiter> ready = new ArrayList<>(waiters.size());
        waiters.removeIf(waiter -> waiter.park.offset() < end && ready.add(waiter));
        if (waiters.isEmpty()) {
            byQueue.remove(queue);
        }
        ready.forEach(waiter -> wake(waiter, Wake.ARRIVED));
    }

    /** Wakes those whose deadline has come; the next deadline, Long.MAX_VALUE if there is none. */
    long expire(long nowNanos) {
        while (!byDeadline.isEmpty() && byDeadline.peek().park.deadlineNanos() <= nowNanos) {
            Waiter waiter = byDeadline.remove();
            List<Waiter> waiters = byQueue.get(waiter.park.queue());
            if (waiters != null && waiters.remove(waiter) && waiters.isEmpty()) {
                byQueue.remove(waiter.park.queue());
            }
            wake(waiter, Wake.EXPIRED);
        }
        return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.peek().park.deadlineNanos();
    }

    /** Wakes all. */
    void stop() {
        List<Waiter> all = new ArrayList<>(byDeadline);
        byDeadline.clear();
        byQueue.clear();
        all.forEach(waiter -> wake(waiter, Wake.STOPPED));
    }

    /** A woken waiter stays in {@link #byDeadline} until it comes to its top: removing is dear. */
    private void wake(Waiter waiter, Wake why) {
        if (!waiter.woken) {
            waiter.woken = true;
            waiting--;
            try {
                waiter.park.wake().accept(why);
            } catch (RuntimeException e) {
                LOG.error("a parked reader could not be woken", e);
            }
        }
    }
}
