package io.sluice.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.time.Executor;
import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random histories against a sorted map. A shard in small: it writes records to a log, applies them
 * to the timers and to the model, seals segments whose footers become readable late, in order, and
 * crashes to the newest checkpoint and replays. Blocks are loaded whenever the seed says so.
 */
class TimersHistoryTest {
    private static final int NO_CRASH = Integer.MAX_VALUE;

    @Test
    void shouldFireWhatTheModelFires() {
        for (int seed = 0; seed < 40; seed++) {
            new History(seed, NO_CRASH).run(600);
        }
    }

    @Test
    void shouldFireWhatTheModelFiresThroughCrashes() {
        for (int seed = 1000; seed < 1040; seed++) {
            new History(seed, 20).run(600);
        }
    }

    @Test
    void shouldFireWhatTheModelFiresThroughACrashAtEveryStep() {
        for (int seed = 2000; seed < 2010; seed++) {
            new History(seed, 1).run(150);
        }
    }

    private record Key(long dueMs, long position) {}

    private record Pending(int segment, int sizeBytes) {}

    private sealed interface Entry {
        record Scheduled(int segment, Key key, int sizeBytes) implements Entry {}

        record Fired(Key key) implements Entry {}

        record Cancelled(int segment, Key key) implements Entry {}

        record Sealed(int segment) implements Entry {}
    }

    private record Checkpoint(ByteBuffer state, int logIndex) {}

    private static final class History implements Timers.Listener {
        private final String where;
        private final Random random;
        private final int crashEvery;
        private final List<Entry> log = new ArrayList<>();
        private final TreeMap<Integer, Checkpoint> checkpoints = new TreeMap<>();
        private final TreeMap<Integer, RunWriter> unwritten = new TreeMap<>();
        private final TreeMap<Integer, MemoryFooter> footers = new TreeMap<>();
        private final TreeMap<Key, Pending> model =
                new TreeMap<>(
                        Comparator.comparingLong(Key::dueMs).thenComparingLong(Key::position));
        private ManualTime time = new ManualTime();
        private Timers timers;
        private long nowMs = 1_000_000;
        private long position = 1;
        private int segment = 1;
        private int firstSegment = 1;

        History(int seed, int crashEvery) {
            where = "seed " + seed;
            random = new Random(seed);
            this.crashEvery = crashEvery;
            timers = fresh();
            timers.recovered();
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                step();
                if (random.nextInt(crashEvery) == 0) {
                    crash();
                }
            }
            time.run();
            check();
            while (!model.isEmpty()) {
                nowMs = Math.max(nowMs, model.lastKey().dueMs());
                fire(1 + random.nextInt(500));
                time.run();
            }
            check();
        }

        private void step() {
            nowMs += random.nextInt(4) == 0 ? random.nextInt(300) : 0;
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> schedule(1 + random.nextInt(random.nextInt(10) == 0 ? 700 : 20));
                case 3, 4, 5 -> fire(1 + random.nextInt(300));
                case 6 -> cancelSome(random.nextInt(random.nextInt(10) == 0 ? 900 : 5));
                case 7 -> seal();
                case 8 -> writeFooter();
                case 9 -> makeReadable();
                case 10 -> moveForward();
                default -> {
                    time.run();
                    check();
                }
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                time.runOne();
            }
        }

        private void schedule(int count) {
            for (int i = 0; i < count; i++) {
                schedule(nowMs - 50 + random.nextInt(random.nextBoolean() ? 100 : 3000));
            }
        }

        private void schedule(long wantedMs) {
            long dueMs = timers.effectiveDueMs(wantedMs);
            assertTrue(dueMs >= wantedMs && dueMs <= Math.max(wantedMs, nowMs + 1), where);
            position += 1 + random.nextInt(200);
            Key key = new Key(dueMs, position);
            int sizeBytes = 1 + random.nextInt(5000);
            log.add(new Entry.Scheduled(segment, key, sizeBytes));
            timers.scheduled(segment, dueMs, position, sizeBytes);
            model.put(key, new Pending(segment, sizeBytes));
        }

        private void fire(int countMax) {
            List<Key> shown = new ArrayList<>();
            int count =
                    timers.due(
                            nowMs,
                            countMax,
                            (dueMs, at, sizeBytes) -> {
                                Key key = new Key(dueMs, at);
                                shown.add(key);
                                assertEquals(sizeBytes, pendingOf(key).sizeBytes(), where);
                            });
            assertEquals(count, shown.size(), where);
            List<Key> expected =
                    model.keySet().stream()
                            .takeWhile(key -> key.dueMs() <= nowMs)
                            .limit(countMax)
                            .toList();
            assertTrue(shown.size() <= expected.size(), where + " early");
            assertEquals(expected.subList(0, shown.size()), shown, where);
            int applied = random.nextBoolean() ? count : random.nextInt(count + 1);
            for (Key key : shown.subList(0, applied)) {
                log.add(new Entry.Fired(key));
                timers.fired(key.dueMs(), key.position());
                model.remove(key);
            }
        }

        private void cancelSome(int count) {
            Key from = new Key(nowMs + random.nextInt(500) - 100, 0);
            for (Key key : List.copyOf(model.tailMap(from).keySet())) {
                if (count-- > 0) {
                    cancel(key);
                }
            }
        }

        private void cancel(Key key) {
            int itsSegment = pendingOf(key).segment();
            log.add(new Entry.Cancelled(itsSegment, key));
            assertTrue(timers.isPending(key.dueMs(), key.position()), where);
            timers.cancelled(itsSegment, key.dueMs(), key.position());
            timers.cancelled(itsSegment, key.dueMs(), key.position());
            assertTrue(!timers.isPending(key.dueMs(), key.position()), where);
            model.remove(key);
        }

        private void seal() {
            log.add(new Entry.Sealed(segment));
            applySeal(segment, log.size());
            segment++;
        }

        private void applySeal(int ended, int logIndex) {
            unwritten.put(ended, timers.sealed(ended));
            ByteBuffer state = ByteBuffer.allocate(timers.checkpointSizeBytes());
            timers.checkpoint(state);
            assertEquals(0, state.remaining(), where);
            checkpoints.put(ended, new Checkpoint(state.flip(), logIndex));
        }

        private void writeFooter() {
            Map.Entry<Integer, RunWriter> oldest = unwritten.pollFirstEntry();
            if (oldest != null) {
                MemoryFooter footer = MemoryFooter.of(oldest.getValue());
                assertEquals(oldest.getValue().entries(), footer.entries(), where);
                footers.put(oldest.getKey(), footer);
            }
        }

        private void makeReadable() {
            footers.forEach((written, footer) -> timers.runReadable(written, footer.entries()));
        }

        private void moveForward() {
            if (footers.isEmpty() || random.nextInt(3) > 0) {
                return;
            }
            int oldest = footers.firstKey();
            moveForward(oldest, 0);
            time.run();
            assertEquals(0, timers.pending(oldest), where);
            footers.remove(oldest);
            firstSegment = oldest + 1;
            timers.trimmed(firstSegment);
        }

        private void moveForward(int oldest, long fromEntry) {
            List<Key> keys = new ArrayList<>();
            timers.readPending(
                    oldest,
                    fromEntry,
                    new Timers.PendingSink() {
                        @Override
                        public void timer(long dueMs, long at, int sizeBytes) {
                            keys.add(new Key(dueMs, at));
                        }

                        @Override
                        public void end(long nextEntry) {
                            for (Key key : keys) {
                                cancel(key);
                                schedule(key.dueMs());
                            }
                            if (nextEntry >= 0) {
                                moveForward(oldest, nextEntry);
                            }
                        }

                        @Override
                        public void failed(IOException cause) {
                            throw new AssertionError(where, cause);
                        }
                    });
        }

        private void crash() {
            time = new ManualTime();
            timers = fresh();
            unwritten.clear();
            int from = 0;
            if (firstSegment > 1 || !footers.isEmpty()) {
                int newest = footers.isEmpty() ? firstSegment - 1 : footers.lastKey();
                Checkpoint checkpoint = Objects.requireNonNull(checkpoints.get(newest));
                timers.restore(checkpoint.state().duplicate());
                from = checkpoint.logIndex();
            }
            footers.keySet().forEach(timers::existing);
            timers.trimmed(firstSegment);
            for (int i = from; i < log.size(); i++) {
                replay(log.get(i), i + 1);
            }
            timers.recovered();
        }

        private void replay(Entry entry, int logIndex) {
            switch (entry) {
                case Entry.Scheduled(int its, Key key, int sizeBytes) ->
                        timers.scheduled(its, key.dueMs(), key.position(), sizeBytes);
                case Entry.Fired(Key key) -> timers.fired(key.dueMs(), key.position());
                case Entry.Cancelled(int its, Key key) ->
                        timers.cancelled(its, key.dueMs(), key.position());
                case Entry.Sealed(int its) -> applySeal(its, logIndex);
            }
        }

        /** With nothing left to be loaded, the timers know exactly what the model knows. */
        private void check() {
            do {
                timers.nextDueMs(); // asks for what is needed next
            } while (time.runOne());
            assertEquals(model.size(), timers.pending(), where);
            long nextMs = model.isEmpty() ? Long.MAX_VALUE : model.firstKey().dueMs();
            assertEquals(nextMs, timers.nextDueMs(), where);
            for (int its = firstSegment; its <= segment; its++) {
                int expected = its;
                long count = model.values().stream().filter(p -> p.segment() == expected).count();
                assertEquals(count, timers.pending(its), where + " segment " + its);
            }
        }

        private Pending pendingOf(Key key) {
            return Objects.requireNonNull(model.get(key), () -> where + " not pending: " + key);
        }

        private Timers fresh() {
            Executor executor = time.executor();
            return new Timers(new MemoryFooters(footers), executor, executor, this);
        }

        @Override
        public void loaded() {
            if (random.nextBoolean()) {
                fire(1 + random.nextInt(300));
            }
        }

        @Override
        public void unreadable(int of, IOException cause) {
            if (footers.containsKey(of)) {
                throw new AssertionError(where, cause);
            }
        }
    }
}
