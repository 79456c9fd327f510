package io.sluice.engine.shard;

import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.OpenLeases;
import io.sluice.engine.message.Mark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order of message groups: of each, one receiver at a time has messages, and those are the
 * first that are open. Decides by what is open now, not by what was offered. Pure functions.
 */
final class MessageGroupOrder {
    private MessageGroupOrder() {}

    /** Whether handing out {@code again} breaks the order of no message group. */
    static boolean isNext(OpenLeases open, List<Lease> again, long nowMs) {
        if (open.anyUnknownGroup()) {
            if (open.anyHeld(nowMs)) {
                return false;
            }
            if (again.stream().anyMatch(lease -> !Mark.isMessageGroup(lease.mark()))) {
                return open.begins(again.stream().map(Lease::offset).toList());
            }
            long unknown = open.firstOfUnknownGroup();
            if (again.stream().anyMatch(lease -> lease.offset() > unknown)) {
                return false;
            }
        }
        return byGroup(again).entrySet().stream()
                .allMatch(group -> open.groups().begins(group.getKey(), group.getValue(), nowMs));
    }

    /** Whether what was given once is still the first of its message groups, whoever holds it. */
    static boolean isFirst(OpenLeases open, List<Lease> given) {
        return byGroup(given).entrySet().stream()
                .allMatch(group -> open.groups().isFirst(group.getKey(), group.getValue()));
    }

    private static Map<Long, List<Long>> byGroup(List<Lease> leases) {
        Map<Long, List<Long>> groups = new HashMap<>();
        for (Lease lease : leases) {
            groups.computeIfAbsent(lease.mark(), mark -> new ArrayList<>()).add(lease.offset());
        }
        return groups;
    }

    /**
     * Which new messages may be handed out together with {@code again}: those before which no other
     * of their group waits or is held.
     *
     * @param marks the message groups of the new messages, in order
     * @param countMax how many may be
     */
    static boolean[] mayGo(OpenLeases open, List<Lease> again, long[] marks, int countMax) {
        boolean[] mayGo = new boolean[marks.length];
        if (open.anyUnknownGroup()) {
            return mayGo;
        }
        Map<Long, Integer> taken = new HashMap<>();
        for (Lease lease : again) {
            taken.merge(lease.mark(), 1, Integer::sum);
        }
        int count = 0;
        for (int i = 0; i < marks.length && count < countMax; i++) {
            int others = open.groups().leaseCount(marks[i]) - taken.getOrDefault(marks[i], 0);
            if (others == 0) {
                mayGo[i] = true;
                count++;
            }
        }
        return mayGo;
    }
}
