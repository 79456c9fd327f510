package io.sluice.simulator.model;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Which messages each group has consumed, or given back for good. */
final class Deliveries {
    private final Map<Integer, BitSet> byGroup = new HashMap<>();

    /** {@code message} counts all messages of a history. */
    void consumed(int groupId, int message) {
        byGroup.computeIfAbsent(groupId, id -> new BitSet()).set(message);
    }

    boolean isConsumed(int groupId, int message) {
        BitSet messages = byGroup.get(groupId);
        return messages != null && messages.get(message);
    }
}
