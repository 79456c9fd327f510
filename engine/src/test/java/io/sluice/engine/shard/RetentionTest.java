package io.sluice.engine.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.engine.queue.SegmentUsage;
import io.sluice.engine.queue.SegmentUsage.TopicUsage;
import io.sluice.engine.shard.Retention.Keep;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What expires, and which segments are then needed by nobody. */
final class RetentionTest {
    private static final Keep HOUR = new Keep(3_600, Long.MAX_VALUE);

    private static SegmentUsage segment(int number, TopicUsage... topics) {
        return new SegmentUsage(number, 0, List.of(topics));
    }

    private static TopicUsage topic(int id, long sizeBytes, long lastStoreMs) {
        return new TopicUsage(id, sizeBytes, lastStoreMs);
    }

    private static Map<Integer, Integer> firstKept(
            List<SegmentUsage> usages, Map<Integer, Keep> keeps, long nowMs) {
        return Retention.firstKept(usages, keeps::get, nowMs);
    }

    @Test
    void shouldKeepATopicForItsTimeToTheLastMillisecond() {
        List<SegmentUsage> usages =
                List.of(segment(4, topic(1, 10, 1_000)), segment(5, topic(1, 10, 2_000)));
        Map<Integer, Keep> keeps = Map.of(1, HOUR);
        assertEquals(Map.of(1, 4), firstKept(usages, keeps, 1_000 + 3_600));
        assertEquals(Map.of(1, 5), firstKept(usages, keeps, 1_001 + 3_600));
        assertEquals(Map.of(1, 6), firstKept(usages, keeps, 2_001 + 3_600));
        assertEquals(Map.of(1, 4), firstKept(usages, keeps, -1_000_000), "clock set back");
    }

    @Test
    void shouldKeepTheNewestBytesUpToASize() {
        List<SegmentUsage> usages =
                List.of(
                        segment(1, topic(1, 100, 0)),
                        segment(2, topic(1, 100, 0)),
                        segment(3, topic(1, 100, 0)));
        assertEquals(Map.of(1, 3), firstKept(usages, Map.of(1, new Keep(99, 100)), 0));
        assertEquals(Map.of(1, 2), firstKept(usages, Map.of(1, new Keep(99, 101)), 0));
        assertEquals(Map.of(1, 1), firstKept(usages, Map.of(1, new Keep(99, 301)), 0));
    }

    @Test
    void shouldNeedASegmentAsLongAsOneTopicNeedsIt() {
        List<SegmentUsage> usages =
                List.of(
                        segment(1, topic(1, 10, 0), topic(2, 10, 0), topic(3, 10, 0)),
                        segment(2, topic(2, 10, 5_000)));
        Map<Integer, Keep> keeps = Map.of(1, HOUR, 2, HOUR);
        Map<Integer, Integer> first = firstKept(usages, keeps, 3_600);
        assertEquals(Map.of(1, 1, 2, 1, 3, 3), first);
        assertEquals(1, Retention.firstNeeded(usages, first));
        first = firstKept(usages, keeps, 3_601);
        assertEquals(Map.of(1, 3, 2, 2, 3, 3), first);
        assertEquals(2, Retention.firstNeeded(usages, first));
    }

    @Test
    void shouldNotNeedSegmentsThatHoldNoMessages() {
        List<SegmentUsage> usages = List.of(segment(8), segment(9));
        assertEquals(10, Retention.firstNeeded(usages, firstKept(usages, Map.of(), 0)));
        assertEquals(0, Retention.firstNeeded(List.of(), Map.of()));
    }
}
