package io.sluice.engine.group;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.message.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The open leases of one queue by message group. A message group is free when nobody holds a
 * message of it; then its messages are handed out from the lowest offset on:
 *
 * <pre>
 *   offset   3   4   5   6   7   8
 *   group    a   b   a   b   c   a
 *            L   R   -   -   -   -      L held, R run out, - deferred
 *   a waits for 3; b gives 4 and 6, c gives 7
 * </pre>
 */
public final class MessageGroups {
    /** When a group is free, in the order in which groups are looked for. */
    private record Place(long freeMs, long firstOffset, long mark) {}

    private static final Comparator<Place> FIRST_FREE =
            Comparator.comparingLong(Place::freeMs).thenComparingLong(Place::firstOffset);

    private static final class OfGroup {
        private static final Comparator<Lease> FIRST_DUE =
                Comparator.comparingLong(Lease::deadlineMs).thenComparingLong(Lease::offset);

        final TreeMap<Long, Lease> byOffset = new TreeMap<>();
        final TreeSet<Lease> byDeadline = new TreeSet<>(FIRST_DUE);

        Place place() {
            Lease first = byOffset.firstEntry().getValue();
            return new Place(byDeadline.last().deadlineMs(), first.offset(), first.mark());
        }
    }

    private final Map<Long, OfGroup> groups = new HashMap<>();
    private final TreeSet<Place> byFree = new TreeSet<>(FIRST_FREE);
    private int leaseCount;

    void add(Lease lease) {
        if (!Mark.isMessageGroup(lease.mark())) {
            return;
        }
        OfGroup group = groups.get(lease.mark());
        if (group == null) {
            group = new OfGroup();
            groups.put(lease.mark(), group);
        } else {
            byFree.remove(group.place());
        }
        group.byOffset.put(lease.offset(), lease);
        group.byDeadline.add(lease);
        byFree.add(group.place());
        leaseCount++;
    }

    void remove(Lease lease) {
        OfGroup group = groups.get(lease.mark());
        if (group == null) {
            return;
        }
        byFree.remove(group.place());
        group.byOffset.remove(lease.offset());
        group.byDeadline.remove(lease);
        leaseCount--;
        if (group.byOffset.isEmpty()) {
            groups.remove(lease.mark());
        } else {
            byFree.add(group.place());
        }
    }

    /** How many leases there are of which the message group is known. */
    public int leaseCount() {
        return leaseCount;
    }

    /** How many open leases a message group has. */
    public int leaseCount(long mark) {
        OfGroup group = groups.get(mark);
        return group == null ? 0 : group.byOffset.size();
    }

    /**
     * What free message groups give, each in order: first those that somebody had, which have run
     * out, then those that were only deferred, the oldest first.
     */
    List<Lease> available(long nowMs, int countMax) {
        List<Lease> found = new ArrayList<>();
        for (Place place : byFree.tailSet(new Place(Leases.DEFERRED_MS + 1, 0, 0))) {
            if (place.freeMs > nowMs || found.size() == countMax) {
                break;
            }
            take(place.mark, found, countMax);
        }
        for (Place place : byFree) {
            if (place.freeMs > Leases.DEFERRED_MS || found.size() == countMax) {
                break;
            }
            take(place.mark, found, countMax);
        }
        return found;
    }

    private void take(long mark, List<Lease> found, int countMax) {
        for (Lease lease : requireNonNull(groups.get(mark)).byOffset.values()) {
            if (found.size() == countMax) {
                break;
            }
            found.add(lease);
        }
    }

    /** Whether nobody holds a message of the group, and these are its first open ones, in order. */
    public boolean begins(long mark, List<Long> offsets, long nowMs) {
        OfGroup group = groups.get(mark);
        return group != null && group.place().freeMs <= nowMs && isFirst(mark, offsets);
    }

    /** Whether these are the first open ones of the group, in order, whoever holds them. */
    public boolean isFirst(long mark, List<Long> offsets) {
        OfGroup group = groups.get(mark);
        return group != null
                && offsets.equals(group.byOffset.keySet().stream().limit(offsets.size()).toList());
    }
}
