package io.sluice.simulator.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * How often each message may come again through a group's retry topic or lie in its dead-letter
 * queue: as often as it was given back with success, and perhaps as often as nobody knows.
 */
public final class GivenBack {
    /** A message in a retry or dead-letter topic, after it was given back so many times. */
    record Key(String topic, int send, int index, int times) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int by = topic.compareTo(other.topic);
            by = by != 0 ? by : Integer.compare(send, other.send);
            by = by != 0 ? by : Integer.compare(index, other.index);
            return by != 0 ? by : Integer.compare(times, other.times);
        }
    }

    /** What is known of it. */
    public static final class Count {
        int asked;
        int refused;
        int done;
        int seen;
        int audited;
        int audit;
        long dueMsMin = Long.MAX_VALUE;
        long latestDueMs;
        long storedMsMin = Long.MAX_VALUE;
    }

    private final Map<Key, Count> counts = new TreeMap<>();

    Count count(Key key) {
        return counts.computeIfAbsent(key, k -> new Count());
    }

    /** The count of something that was seen: it may have been asked before its topic was there. */
    Count of(Key key) {
        Count known = counts.get(key);
        String topic = key.topic.replaceFirst("@.*", "@0");
        Count before = counts.get(new Key(topic, key.send, key.index, key.times));
        return known == null && before != null ? before : count(key);
    }

    Map<Key, Count> all() {
        return counts;
    }
}
