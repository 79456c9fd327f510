package io.sluice.demo;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Both sides of the books: what the server acknowledged, and what came out again. Used by many
 * threads.
 */
final class Ledger {
    private final Input input;
    private final Map<String, Integer> acknowledged = new HashMap<>();
    private final Set<String> consumed = new HashSet<>();
    private final BitSet numbers = new BitSet();
    private final Map<Integer, TreeMap<Long, Integer>> queues = new TreeMap<>();
    private int repeats;
    private int altered;

    Ledger(Input input) {
        this.input = input;
    }

    /** The server said SEND_OK for this message. */
    synchronized void acknowledged(String id, int number) {
        acknowledged.put(id, number);
    }

    /** A consumer has finished this message. */
    synchronized void consumed(String id, int queue, long offset, String text) {
        if (!consumed.add(id)) {
            repeats++;
        }
        int number = input.number(text);
        if (number < 0) {
            altered++;
            return;
        }
        numbers.set(number);
        queues.computeIfAbsent(queue, it -> new TreeMap<>()).put(offset, number);
    }

    /** The message left its queue for the dead letters, which is not a loss. */
    synchronized void deadLettered(String id) {
        consumed.add(id);
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    /** How many acknowledged messages have not come out yet. */
    synchronized int missing() {
        int missing = 0;
        for (String id : acknowledged.keySet()) {
            missing += consumed.contains(id) ? 0 : 1;
        }
        return missing;
    }

    /** How often a message came out again: at least once is the promise, and a crash uses it. */
    synchronized int repeats() {
        return repeats;
    }

    /**
     * Closes the books.
     *
     * @throws DemoException naming what is wrong with them
     */
    synchronized void check() throws DemoException {
        int missing = missing();
        if (missing > 0) {
            String first =
                    acknowledged.keySet().stream()
                            .filter(id -> !consumed.contains(id))
                            .findFirst()
                            .orElse("");
            throw new DemoException(
                    "LOST: %,d acknowledged messages never came out, among them %s (text %d)"
                            .formatted(missing, first, acknowledged.get(first)));
        }
        if (altered > 0) {
            throw new DemoException("ALTERED: " + altered + " messages came out changed");
        }
        for (var queue : queues.entrySet()) {
            checkOrder(queue.getKey(), queue.getValue());
        }
    }

    /** A repeated send may store a text twice, side by side; it never goes back. */
    private static void checkOrder(int queue, SortedMap<Long, Integer> numberByOffset)
            throws DemoException {
        int last = -1;
        for (var message : numberByOffset.entrySet()) {
            if (message.getValue() < last) {
                throw new DemoException(
                        "OUT OF ORDER: queue %d has text %d at offset %d, after text %d"
                                .formatted(queue, message.getValue(), message.getKey(), last));
            }
            last = message.getValue();
        }
    }
}
