package io.sluice.engine.queue;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.log.Batch;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.log.Log;
import io.sluice.engine.log.MemoryDirectory;
import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a reader sees while the shard appends, rolls and forgets. */
final class QueueIndexTest {
    private static final long[] NO_KEYS = {};

    private final ManualTime time = new ManualTime();
    private final QueueIndex index = new QueueIndex(log());

    /** Never asked for a footer here. */
    private Log log() {
        LocalLogConfig config = new LocalLogConfig(0, 64 << 10, 16 << 10, 32 << 10, 0);
        MemoryDirectory directory = new MemoryDirectory(512);
        return new LocalLog(
                directory, config, time, time.executor(), time.executor(), time.executor());
    }

    /** The position of a message tells its offset. */
    private Queue store(int segment, int queueId, long offset) {
        return index.stored(segment, 1, queueId, offset + 1, offset, 100, 0, NO_KEYS);
    }

    @Test
    void shouldShowNothingBeforeItIsPublished() {
        Queue queue = store(1, 0, 0);
        Selection selection = new Selection(10, 1 << 20, 0);
        assertTrue(index.readResident(queue, TagFilter.ALL, selection));
        assertEquals(0, selection.count());
        queue.publish(1);
        assertTrue(index.readResident(queue, TagFilter.ALL, selection));
        assertEquals(1, selection.count());
    }

    @Test
    void shouldKeepToTheLimitsOfASelection() {
        Queue queue = store(1, 0, 0);
        for (int offset = 1; offset < 20_000; offset++) {
            store(1, 0, offset);
        }
        queue.publish(20_000);
        assertEquals(7, selected(queue, 7, 1 << 30, TagFilter.ALL).count());
        assertEquals(3, selected(queue, 99, 399, TagFilter.ALL).count());
        assertEquals(4, selected(queue, 99, 400, TagFilter.ALL).count());
        assertEquals(1, selected(queue, 99, 1, TagFilter.ALL).count());
        TagFilter nothing = TagFilter.of(List.of("x"));
        Selection none = selected(queue, 99, 1 << 30, nothing);
        assertEquals(0, none.count());
        assertEquals(Selection.SCANNED_MAX, none.nextOffset());
    }

    private Selection selected(Queue queue, int countMax, long sizeBytesMax, TagFilter filter) {
        Selection selection = new Selection(countMax, sizeBytesMax, 0);
        assertTrue(index.readResident(queue, filter, selection));
        return selection;
    }

    @Test
    void shouldKnowNoQueueOutsideOfThoseThatHadAMessage() {
        store(1, 3, 0);
        assertNull(index.queue(1, -1));
        assertNull(index.queue(1, 2));
        assertNull(index.queue(1, 4));
        assertNull(index.queue(2, 0));
        assertEquals(1, index.queuesOf(1).size());
    }

    @Test
    void shouldNotMistakeALaterRunForTheEndOfAForgottenOne() {
        Queue queue = store(1, 0, 0);
        Run[] seen = queue.runs();
        store(2, 0, 1);
        store(3, 0, 2);
        queue.publish(3);
        index.forgetSegments(2);
        assertEquals(1, seen.length);
        assertFalse(index.readResident(queue, TagFilter.ALL, new Selection(9, 1 << 20, 0)));
        assertEquals(2, requireNonNull(queue.runOf(2)).firstOffset);
    }

    /** A reader that goes on while segments end and are forgotten gets each message or nothing. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void shouldHandOutOnlyWhatWasStoredWhileSegmentsAreForgotten() throws InterruptedException {
        int count = 2_000_000;
        Queue queue = store(1, 0, 0);
        queue.publish(1);
        AtomicReference<@Nullable String> wrong = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> wrong.set(readUntil(queue, count)));
        for (int offset = 1; offset < count; offset++) {
            int segment = 1 + offset / 5;
            store(segment, 0, offset);
            queue.publish(offset + 1L);
            if (offset % 5 == 4) {
                queue.forgetRuns(segment - (offset % 2 == 0 ? 0 : 2));
            }
        }
        reader.join();
        assertNull(wrong.get());
    }

    private @Nullable String readUntil(Queue queue, long end) {
        try {
            for (long seen = 1; seen < end; seen = queue.end()) {
                Selection selection = new Selection(32, 1 << 20, Math.max(0, seen - 8));
                long from = selection.nextOffset();
                index.readResident(queue, TagFilter.ALL, selection);
                for (int i = 0; i < selection.count(); i++) {
                    if (selection.position(i) != from + i + 1) {
                        return "offset " + (from + i) + " gave " + selection.position(i);
                    }
                }
            }
            return null;
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    /** What comes while it is looked up lies in the new segment and has not expired. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void shouldNotPlaceWhatComesMeanwhileBeforeASegment() throws InterruptedException {
        int rounds = 300_000;
        index.activate(2);
        AtomicReference<@Nullable Queue> current = new AtomicReference<>();
        AtomicReference<@Nullable String> wrong = new AtomicReference<>();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            Queue queue = null;
                            while (queue == null || queue.queueId < rounds - 1) {
                                queue = current.get();
                                if (queue != null && firstOffsetIn(queue) > 1) {
                                    wrong.set("the message in segment 2 lies before it");
                                }
                            }
                        });
        for (int round = 0; round < rounds; round++) {
            Queue queue = new Queue(1, round, 0, 0);
            queue.append(1, 1, 0, 100, 0);
            queue.publish(1);
            current.set(queue);
            queue.append(2, 2, 0, 100, 0);
            queue.publish(2);
        }
        reader.join();
        assertNull(wrong.get());
    }

    private long firstOffsetIn(Queue queue) {
        try {
            return index.firstOffsetIn(2, queue);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A footer whose checksums are right may still be somebody's. */
    @Test
    void shouldRefuseAFooterThatLeadsWhereNoRecordCanLie() throws IOException {
        long base = 1L << 32;
        assertNull(refusal(base + 64, 100));
        for (long place : List.of(64L, base | 1L << 31, 2 * base + 64, -base, Long.MAX_VALUE)) {
            String refusal = requireNonNull(refusal(place, 100), "" + place);
            assertTrue(refusal.contains("move that footer away"), refusal);
        }
        for (int sizeBytes : List.of(-1, 0, 16 << 10, Integer.MAX_VALUE)) {
            assertNotNull(refusal(base + 64, sizeBytes), "" + sizeBytes);
        }
    }

    /** What a reader is told of a sealed entry; null if it is read. */
    private @Nullable String refusal(long position, int sizeBytes) throws IOException {
        Log log = log();
        log.recover(new NothingBefore(), new Unheard());
        long[] keys = {5};
        QueueIndex index = new QueueIndex(log);
        Queue queue = index.stored(1, 1, 0, position, 0, sizeBytes, 0, keys);
        queue.publish(1);
        SegmentIndex frozen = index.freeze(1, 0);
        Batch batch = requireNonNull(log.open(1000, false));
        while (batch.segment() == 1) {
            batch.buffer().put(new byte[1000]);
            log.commit(batch);
            time.advanceMs(100);
            batch = requireNonNull(log.open(1000, false));
        }
        log.seal(1, ByteBuffer.allocate(0), frozen::writeTo);
        time.advanceMs(100);
        index.activate(2);
        index.forgetSegments(1);
        Selection selection = new Selection(1, 1 << 20, 0);
        try {
            index.read(queue, TagFilter.ALL, selection);
        } catch (CorruptLogException refused) {
            return refused.getMessage();
        }
        assertEquals(position, selection.position(0));
        assertArrayEquals(new long[] {position}, index.positionsOfKey(5, Long.MAX_VALUE, 1));
        return null;
    }

    private static final class NothingBefore implements Log.Replay {
        @Override
        public void checkpoint(int segment, ByteBuffer state) {}

        @Override
        public void batch(int segment, ByteBuffer records, long recordsPosition) {}

        @Override
        public void segmentEnd(int segment) {}
    }

    private static final class Unheard implements Log.Listener {
        @Override
        public void durable(long position) {}

        @Override
        public void failed(IOException cause) {
            throw new AssertionError(cause);
        }
    }
}
