package io.sluice.engine.shard;

import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.Park;
import io.sluice.engine.shard.Command.Wake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
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

    private final Map<QueueRef, Set<Park>> byQueue = new HashMap<>();
    private final PriorityQueue<Park> byDeadline =
            new PriorityQueue<>(Comparator.comparingLong(Park::deadlineNanos));
    private Consumer<QueueRef> whenGrown = queue -> {};
    private int waiting;

    /** Tells of every queue that has grown, before those are woken that wait for it. */
    void whenGrown(Consumer<QueueRef> told) {
        whenGrown = told;
    }

    void park(Park park) {
        if (waiting == COUNT_MAX) {
            wake(park, Wake.STOPPED);
            return;
        }
        byQueue.computeIfAbsent(park.queue(), queue -> new LinkedHashSet<>(1)).add(park);
        byDeadline.add(park);
        waiting++;
        dropWokenIfMany();
    }

    /** A woken reader stays in {@link #byDeadline} until it comes to its top: removing is dear. */
    private void dropWokenIfMany() {
        if (byDeadline.size() > 2 * waiting + 1024) {
            byDeadline.removeIf(park -> !isWaiting(park));
        }
    }

    private boolean isWaiting(Park park) {
        return byQueue.getOrDefault(park.queue(), Set.of()).contains(park);
    }

    /** False if it has been woken already. */
    private boolean remove(Park park) {
        Set<Park> there = byQueue.get(park.queue());
        if (there == null || !there.remove(park)) {
            return false;
        }
        if (there.isEmpty()) {
            byQueue.remove(park.queue());
        }
        waiting--;
        return true;
    }

    /** The queue has grown to {@code end}. */
    void arrived(QueueRef queue, long end) {
        whenGrown.accept(queue);
        List<Park> ready = new ArrayList<>();
        for (Park park : byQueue.getOrDefault(queue, Set.of())) {
            if (park.offset() < end) {
                ready.add(park);
            }
        }
        ready.forEach(this::remove);
        ready.forEach(park -> wake(park, Wake.ARRIVED));
    }

    /** Nobody waits for it any more. */
    void cancel(Park park) {
        if (remove(park)) {
            wake(park, Wake.STOPPED);
            dropWokenIfMany();
        }
    }

    /** Wakes those whose deadline has come; the next deadline, Long.MAX_VALUE if there is none. */
    long expire(long nowNanos) {
        while (!byDeadline.isEmpty() && byDeadline.peek().deadlineNanos() <= nowNanos) {
            Park park = byDeadline.remove();
            if (remove(park)) {
                wake(park, Wake.EXPIRED);
            }
        }
        return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.peek().deadlineNanos();
    }

    /** Wakes all. */
    void stop() {
        List<Park> all = byDeadline.stream().filter(this::remove).toList();
        byDeadline.clear();
        all.forEach(park -> wake(park, Wake.STOPPED));
    }

    private static void wake(Park park, Wake why) {
        try {
            park.wake().accept(why);
        } catch (RuntimeException e) {
            LOG.error("a parked reader could not be woken", e);
        }
    }
}
