package io.sluice.engine.shard;

import io.sluice.engine.queue.SegmentUsage;
import io.sluice.engine.queue.SegmentUsage.TopicUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides what has expired, by time and size, from what the topics hold in each sealed segment.
 * Pure functions; the active segment never expires. A full disk is no reason to expire anything.
 *
 * <p>Messages expire by whole segments: all of a topic in a segment, once the newest of them is
 * older than the topic keeps, or once newer segments hold all the bytes it keeps. A segment can be
 * deleted when everything in it has expired and no older segment exists.
 */
public final class Retention {
    /**
     * What a topic keeps.
     *
     * @param ms messages stored within this time
     * @param sizeBytes the newest messages up to this size; Long.MAX_VALUE for all
     * @param liteMs after how long without a message a lite topic of it goes; 0 for never
     */
    public record Keep(long ms, long sizeBytes, long liteMs) {
        /** Of a topic whose lite topics stay. */
        public Keep(long ms, long sizeBytes) {
            this(ms, sizeBytes, 0);
        }
    }

    private Retention() {}

    /**
     * For each topic that holds something, the first segment in which it keeps something; one past
     * the newest sealed segment if it keeps nothing.
     *
     * @param usages of all sealed segments, oldest first
     * @param keeps by topic id; null for a topic that is gone
     */
    static Map<Integer, Integer> firstKept(
            List<SegmentUsage> usages, IntFunction<@Nullable Keep> keeps, long nowMs) {
        Map<Integer, Integer> first = new TreeMap<>();
        Map<Integer, Long> newerBytes = new HashMap<>();
        int end = usages.isEmpty() ? 0 : usages.getLast().segment() + 1;
        for (SegmentUsage usage : usages.reversed()) {
            for (TopicUsage topic : usage.topics()) {
                Keep keep = keeps.apply(topic.topicId());
                long newer = newerBytes.merge(topic.topicId(), topic.sizeBytes(), Long::sum);
                newer -= topic.sizeBytes();
                first.putIfAbsent(topic.topicId(), end);
                if (!expired(topic, keep, newer, nowMs)) {
                    first.put(topic.topicId(), usage.segment());
                }
            }
        }
        return first;
    }

    private static boolean expired(
            TopicUsage topic, @Nullable Keep keep, long newerBytes, long nowMs) {
        return keep == null
                || nowMs - topic.lastStoreMs() > keep.ms
                || newerBytes >= keep.sizeBytes;
    }

    /** The first segment that is needed, given what the topics keep. */
    static int firstNeeded(List<SegmentUsage> usages, Map<Integer, Integer> firstKept) {
        int needed = usages.isEmpty() ? 0 : usages.getLast().segment() + 1;
        for (int first : firstKept.values()) {
            needed = Math.min(needed, first);
        }
        return needed;
    }
}
