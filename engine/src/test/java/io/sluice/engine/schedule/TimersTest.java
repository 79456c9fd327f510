package io.sluice.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimersTest implements Timers.Listener {
    private final ManualTime time = new ManualTime();
    private final Map<Integer, MemoryFooter> footers = new HashMap<>();
    private final List<Integer> unreadable = new ArrayList<>();
    private final Timers timers = fresh();
    private int loads;

    @Test
    void shouldNeverFireEarly() {
        timers.recovered();
        timers.scheduled(1, 1000, 7, 10);

        assertEquals(List.of(), due(999));
        assertEquals(List.of(7L), due(1000));
        assertEquals(1000, timers.nextDueMs());
    }

    @Test
    void shouldShowWithoutChangingAnything() {
        timers.recovered();
        timers.scheduled(1, 1000, 7, 10);
        timers.scheduled(1, 900, 8, 10);

        assertEquals(List.of(8L, 7L), due(1000));
        assertEquals(List.of(8L, 7L), due(1000));
        timers.fired(900, 8);
        assertEquals(List.of(7L), due(1000));
    }

    @Test
    void shouldOrderTheSameMillisecondByPosition() {
        timers.recovered();
        for (long position = 1; position <= 50; position++) {
            timers.scheduled(1, 1000, position, 10);
        }

        assertEquals(50, due(1000).size());
        assertEquals(due(1000).stream().sorted().toList(), due(1000));
    }

    @Test
    void shouldMoveWhatComesTooLateBehindTheWatermarkByOneMillisecond() {
        timers.recovered();
        timers.scheduled(1, 1000, 7, 10);
        timers.fired(1000, 7);

        assertEquals(1001, timers.effectiveDueMs(1000));
        assertEquals(1001, timers.effectiveDueMs(5));
        assertEquals(1002, timers.effectiveDueMs(1002));
        assertThrows(IllegalStateException.class, () -> timers.scheduled(1, 999, 8, 10));
        assertThrows(IllegalStateException.class, () -> timers.fired(1000, 7));
    }

    @Test
    void shouldReachWhatLiesBehindManyCancelledTimersOfASealedSegment() {
        timers.recovered();
        for (int i = 1; i <= 5000; i++) {
            timers.scheduled(1, 1000 + i, i, 10);
        }
        sealAndRead(1);
        for (int i = 1; i < 5000; i++) {
            timers.cancelled(1, 1000 + i, i);
        }
        settle();

        assertEquals(List.of(5000L), due(9000));
        assertEquals(1, timers.pending());
    }

    @Test
    void shouldFireNothingThatCouldComeAfterABlockNotYetLoaded() {
        for (int i = 1; i <= 1000; i++) {
            timers.scheduled(1, 1000 + i, i, 10);
        }
        timers.recovered();
        sealAndRead(1);
        timers.scheduled(2, 1500, 5000, 10);
        timers.scheduled(2, 1001, 5001, 10);
        int shown = 0;
        for (List<Long> due = due(1600); !due.isEmpty(); due = due(1600)) {
            for (long position : due) {
                assertTrue(position < 1000 || position == 5001, "fired before its turn");
                timers.fired(position == 5001 ? 1001 : 1000 + position, position);
                shown++;
            }
        }
        assertTrue(shown > 200 && shown < 500, "a block, then a halt: " + shown);
        assertEquals(Long.MAX_VALUE, timers.nextDueMs());
        int before = loads;
        settle();
        assertTrue(loads > before);
        assertEquals(1000 + shown, timers.nextDueMs());
    }

    @Test
    void shouldHaltAtWhatCannotBeReadAndGoOnAfterRetry() {
        timers.recovered();
        timers.scheduled(1, 1000, 1, 10);
        footers.put(1, MemoryFooter.of(timers.sealed(1)));
        Timers again = fresh();
        again.existing(1);
        again.scheduled(2, 900, 2, 10);
        Objects.requireNonNull(footers.get(1)).failing = true;
        again.recovered();
        time.run();
        assertEquals(List.of(1), unreadable);
        assertEquals(0, again.due(5000, 10, (dueMs, position, sizeBytes) -> {}));
        for (int i = 0; i < 5; i++) {
            assertEquals(Long.MAX_VALUE, again.nextDueMs());
        }
        assertFalse(time.runOne(), "no retry unasked");

        Objects.requireNonNull(footers.get(1)).failing = false;
        again.retry();
        time.run();

        assertEquals(2, again.due(5000, 10, (dueMs, position, sizeBytes) -> {}));
    }

    @Test
    void shouldRefuseAFooterThatLeadsWhereNoRecordCanLie() {
        timers.recovered();
        for (int sizeBytes : new int[] {10, -1, 0, MemoryFooters.SIZE_BYTES_MAX + 1}) {
            unreadable.clear();
            MemoryRun run = new MemoryRun(1, new Tombstones());
            run.add(1000, 1, 10);
            run.add(2000, 2, sizeBytes);
            footers.put(1, MemoryFooter.of(run.freeze()));
            Timers again = fresh();
            again.existing(1);
            again.recovered();
            time.run();
            assertEquals(sizeBytes == 10 ? List.of() : List.of(1), unreadable, "" + sizeBytes);
        }
    }

    @Test
    void shouldRefuseToForgetPendingTimersOfADeletedSegment() {
        timers.recovered();
        timers.scheduled(1, 1000, 1, 10);
        sealAndRead(1);

        assertThrows(IllegalStateException.class, () -> timers.trimmed(2));
        timers.cancelled(1, 1000, 1);
        timers.trimmed(2);
        assertEquals(Long.MAX_VALUE, timers.nextDueMs());
    }

    @Test
    void shouldRefuseAFooterThatHoldsSomethingElse() {
        timers.recovered();
        timers.scheduled(1, 1000, 1, 10);
        timers.sealed(1);

        assertThrows(IllegalStateException.class, () -> timers.runReadable(1, 2));
        assertThrows(IllegalStateException.class, () -> timers.scheduled(1, 1000, 2, 10));
    }

    @Test
    void shouldHoldTwoBlocksForEachSealedSegmentHoweverManyTimersItHas() {
        timers.recovered();
        Random random = new Random(1);
        long position = 1;
        for (int segment = 1; segment <= 20; segment++) {
            for (int i = 0; i < 50_000; i++) {
                timers.scheduled(segment, 1 + random.nextInt(1_000_000), position++, 100);
            }
            assertTrue(timers.heldBytes() > 50_000 * 24);
            sealAndRead(segment);
        }
        assertEquals(1_000_000, timers.pending());
        assertTrue(timers.heldBytes() <= 20 * 8192 + 1024, timers.heldBytes() + " bytes");

        long lastDueMs = 0;
        for (int fired = 0; fired < 300_000; ) {
            List<long[]> shown = new ArrayList<>();
            fired +=
                    timers.due(1_000_000, 2000, (due, at, size) -> shown.add(new long[] {due, at}));
            for (long[] timer : shown) {
                assertTrue(timer[0] >= lastDueMs);
                lastDueMs = timer[0];
                timers.fired(timer[0], timer[1]);
            }
            assertTrue(timers.heldBytes() <= 20 * 8192 + 1024);
            settle();
        }
    }

    private void sealAndRead(int segment) {
        MemoryFooter footer = MemoryFooter.of(timers.sealed(segment));
        footers.put(segment, footer);
        timers.runReadable(segment, footer.entries());
        settle();
    }

    private void settle() {
        do {
            timers.nextDueMs();
        } while (time.runOne());
    }

    private List<Long> due(long nowMs) {
        List<Long> positions = new ArrayList<>();
        timers.due(nowMs, 100, (dueMs, position, sizeBytes) -> positions.add(position));
        return positions;
    }

    private Timers fresh() {
        return new Timers(new MemoryFooters(footers), time.executor(), time.executor(), this);
    }

    @Override
    public void loaded() {
        loads++;
    }

    @Override
    public void unreadable(int segment, IOException cause) {
        unreadable.add(segment);
    }
}
