package io.sluice.simulator.model;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How often each message may come again through a group's retry topic or lie in its dead-letter
 * queue: as often as it was given back with success, and perhaps as often as nobody knows.
 */
public final class GivenBack {
    /** A message in a retry or dead-letter topic, after it was given back so many times. */
    record Key(String topic, int send, int index, int times) implements Comparable<Key> {
        /** The same, when its topic was not there yet. */
        Key before() {
            return new Key(topic.replaceFirst("@.*", "@0"), send, index, times);
        }

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
        @Nullable Count goesOnIn;

        private void add(Count other) {
            asked += other.asked;
            refused += other.refused;
            done += other.done;
            dueMsMin = Math.min(dueMsMin, other.dueMsMin);
            latestDueMs = Math.max(latestDueMs, other.latestDueMs);
            other.goesOnIn = this;
        }

        /** The count that its answers are for. */
        Count last() {
            return goesOnIn == null ? this : goesOnIn.last();
        }
    }

    private final Map<Key, Count> counts = new TreeMap<>();

    Count count(Key key) {
        return counts.computeIfAbsent(key, k -> new Count());
    }

    /**
     * The count of something that was seen. What was given back when its retry topic was not there
     * is counted for the topic that was made for it.
     */
    Count of(Key key) {
        Count count = count(key);
        Key earlier = key.before();
        Count before = earlier.equals(key) ? null : counts.remove(earlier);
        if (before != null) {
            count.add(before);
        }
        return count;
    }

    Map<Key, Count> all() {
        return counts;
    }
}
