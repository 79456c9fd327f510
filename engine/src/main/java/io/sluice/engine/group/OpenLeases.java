package io.sluice.engine.group;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.message.Mark;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The open leases of one group and queue, found by offset, by what comes next, by message group.
 */
public final class OpenLeases {
    private static final Comparator<Lease> MOST_URGENT =
            Comparator.comparingInt((Lease lease) -> -Mark.priority(lease.mark()));
    private static final Comparator<Lease> FIRST_DUE =
            MOST_URGENT.thenComparingLong(Lease::deadlineMs).thenComparingLong(Lease::offset);
    private static final Comparator<Lease> FIRST = MOST_URGENT.thenComparingLong(Lease::offset);

    private final TreeMap<Long, Lease> byOffset = new TreeMap<>();
    private final TreeSet<Lease> handedOut = new TreeSet<>(FIRST_DUE);
    private final TreeSet<Lease> deferred = new TreeSet<>(FIRST);
    private final MessageGroups groups = new MessageGroups();

    void put(Lease lease) {
        boolean _ = remove(lease.offset());
        byOffset.put(lease.offset(), lease);
        (lease.isDeferred() ? deferred : handedOut).add(lease);
        groups.add(lease);
    }

    boolean remove(long offset) {
        Lease lease = byOffset.remove(offset);
        if (lease != null) {
            forget(lease);
        }
        return lease != null;
    }

    void removeBelow(long offset) {
        NavigableMap<Long, Lease> below = byOffset.headMap(offset, false);
        below.values().forEach(this::forget);
        below.clear();
    }

    private void forget(Lease lease) {
        (lease.isDeferred() ? deferred : handedOut).remove(lease);
        groups.remove(lease);
    }

    /** The open lease of a message; null if there is none. */
    public @Nullable Lease get(long offset) {
        return byOffset.get(offset);
    }

    int count() {
        return byOffset.size();
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return byOffset.isEmpty();
    }

    long firstOffset() {
        return byOffset.firstKey();
    }

    Collection<Lease> all() {
        return byOffset.values();
    }

    /** How many of them are deferred. */
    public int deferredCount() {
        return deferred.size();
    }

    /** Whether some may wait for others, so that one that ends may set others free. */
    public boolean mayBlock() {
        return !deferred.isEmpty() || groups.leaseCount() > 0;
    }

    /** Those of which the message group is known, by message group. */
    public MessageGroups groups() {
        return groups;
    }

    /** Whether there is one that may be of any message group, since nobody has looked. */
    public boolean anyUnknownGroup() {
        return groups.leaseCount() < byOffset.size();
    }

    /**
     * Those that are handed out next, which nobody holds.
     *
     * <ul>
     *   <li>In no order: those of higher priority first; among equal ones those that have run out,
     *       the first one first, and then those that were deferred.
     *   <li>In the order of the queue: the first ones, if nobody holds any.
     *   <li>By message group: what the groups give of which nobody holds any. If there are any
     *       whose group is not known, as in the order of the queue.
     * </ul>
     */
    public List<Lease> available(Ordering ordering, long nowMs, int countMax) {
        return switch (ordering) {
            case NONE -> mostUrgent(nowMs, countMax);
            case QUEUE -> inOrder(nowMs, countMax);
            case MESSAGE_GROUP ->
                    anyUnknownGroup()
                            ? inOrder(nowMs, countMax)
                            : groups.available(nowMs, countMax);
        };
    }

    private List<Lease> inOrder(long nowMs, int countMax) {
        return anyHeld(nowMs) ? List.of() : byOffset.values().stream().limit(countMax).toList();
    }

    private List<Lease> mostUrgent(long nowMs, int countMax) {
        List<Lease> found = new ArrayList<>();
        int priority = Mark.PRIORITY_MAX + 1;
        while (found.size() < countMax) {
            priority = nextPriority(priority);
            if (priority < 0) {
                break;
            }
            for (Lease lease : handedOut.tailSet(before(priority))) {
                if (found.size() == countMax || !isOf(lease, priority) || !lease.hasRunOut(nowMs)) {
                    break;
                }
                found.add(lease);
            }
            for (Lease lease : deferred.tailSet(before(priority))) {
                if (found.size() == countMax || !isOf(lease, priority)) {
                    break;
                }
                found.add(lease);
            }
        }
        return found;
    }

    private static boolean isOf(Lease lease, int priority) {
        return Mark.priority(lease.mark()) == priority;
    }

    /** Sorts before every lease of a priority, and behind those of higher ones. */
    private static Lease before(int priority) {
        return new Lease(Long.MIN_VALUE, 0, Long.MIN_VALUE, 0, priority);
    }

    /** Sorts behind every lease of a priority that has run out. */
    private static Lease runOut(int priority, long nowMs) {
        return new Lease(Long.MAX_VALUE, 0, nowMs, 0, priority);
    }

    /** The highest priority below {@code priority} that there is; negative if there is none. */
    private int nextPriority(int priority) {
        if (priority == 0) {
            return -1;
        }
        Lease out = handedOut.ceiling(before(priority - 1));
        Lease waiting = deferred.ceiling(before(priority - 1));
        return Math.max(
                out == null ? -1 : Mark.priority(out.mark()),
                waiting == null ? -1 : Mark.priority(waiting.mark()));
    }

    /** The first offset whose message group is not known; Long.MAX_VALUE if there is none. */
    public long firstOfUnknownGroup() {
        return byOffset.values().stream()
                .filter(lease -> !Mark.isMessageGroup(lease.mark()))
                .mapToLong(Lease::offset)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /** Whether somebody holds any. */
    public boolean anyHeld(long nowMs) {
        Lease last = handedOut.isEmpty() ? null : handedOut.last();
        while (last != null && last.hasRunOut(nowMs)) {
            last = handedOut.lower(before(Mark.priority(last.mark())));
        }
        return last != null;
    }

    /** Those of one handing out. */
    public List<Lease> of(long number, int countMax) {
        return byOffset.values().stream()
                .filter(lease -> lease.number() == number)
                .limit(countMax)
                .toList();
    }

    /** Whether {@code offsets} are the first of them, in order. */
    public boolean begins(List<Long> offsets) {
        return offsets.equals(byOffset.keySet().stream().limit(offsets.size()).toList());
    }

    /** When the first of those that are held runs out; Long.MAX_VALUE if none. */
    long nextDeadlineMs(long nowMs) {
        long next = Long.MAX_VALUE;
        Lease first = handedOut.isEmpty() ? null : handedOut.first();
        while (first != null) {
            int priority = Mark.priority(first.mark());
            Lease held = handedOut.higher(runOut(priority, nowMs));
            if (held != null && isOf(held, priority)) {
                next = Math.min(next, held.deadlineMs());
            }
            first = priority == 0 ? null : handedOut.ceiling(before(priority - 1));
        }
        return next;
    }
}
