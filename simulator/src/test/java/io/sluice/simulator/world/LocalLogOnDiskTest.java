package io.sluice.simulator.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.log.Batch;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.log.Log;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The engine's log on the simulated disk: what it reported as durable is there after crashes. */
class LocalLogOnDiskTest {
    private static final int ROUNDS = 12;
    private static final long ROUND_NANOS = 20_000_000;
    private static final LocalLogConfig CONFIG =
            new LocalLogConfig(1, 1 << 16, 1 << 14, 1 << 16, 1 << 12);

    private final List<Integer> recovered = new ArrayList<>();
    private int committed;
    private int acknowledged;

    @Test
    void shouldLoseNothingThatTheLogReportedAsDurable() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            run(seed, false);
        }
    }

    @Test
    void shouldTakeTheSameCourseForTheSameSeed() throws IOException {
        assertEquals(run(5, false), run(5, false));
    }

    @Test
    void shouldNoticeThatALyingDiskLosesWhatWasReportedAsDurable() {
        assertThrows(
                AssertionError.class,
                () -> {
                    for (int seed = 0; seed < 5; seed++) {
                        run(seed, true);
                    }
                });
    }

    private long run(int seed, boolean lying) throws IOException {
        World world = new World();
        Dice dice = new Dice(seed);
        Disk disk = new Disk(world, dice, 4096);
        disk.device().lying(lying);
        committed = 0;
        acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Threads threads = new Threads(world, dice.nextLong(), 5, LocalLogOnDiskTest::fail);
            if (dice.coin()) {
                disk.device().crashAfterCalls(dice.below(120), threads::kill);
            }
            new Node(world, threads, disk, seed, round).start();
            world.runUntil(world.nanos() + dice.between(ROUND_NANOS / 10, ROUND_NANOS));
            threads.kill();
            if (dice.coin()) {
                disk.device().kill();
            } else {
                disk.device().losePower();
            }
            disk.device().cancelCrash();
        }
        assertTrue(acknowledged > 0, "nothing was acknowledged");
        disk.device().release();
        return world.traceHash();
    }

    private static void fail(Throwable cause) {
        throw new AssertionError(cause);
    }

    /** Commits numbers, one batch each, as fast as they become durable. */
    private final class Node implements Log.Listener, Log.Replay {
        private final LocalLog log;
        private final Executor shard;
        private final String name;
        private final Deque<long[]> waiting = new ArrayDeque<>();

        Node(World world, Threads threads, Disk disk, int seed, int round) {
            shard = threads.serial();
            name = "seed " + seed + ", round " + round;
            log = new LocalLog(disk, CONFIG, world, shard, threads.serial(), threads.serial());
        }

        void start() {
            shard.execute(this::recover);
        }

        private void recover() {
            recovered.clear();
            try {
                log.recover(this, this);
            } catch (DiskCrashedException e) {
                return;
            } catch (IOException e) {
                throw new AssertionError(name, e);
            }
            for (int i = 0; i < recovered.size(); i++) {
                assertEquals(i, recovered.get(i), name);
            }
            assertTrue(recovered.size() >= acknowledged, name + " lost " + acknowledged);
            assertTrue(recovered.size() <= committed, name + " invented");
            committed = recovered.size();
            acknowledged = committed;
            commit();
        }

        private void commit() {
            Batch batch = log.open(1000, false);
            if (batch == null) {
                shard.executeAfter(1_000_000, this::commit);
                return;
            }
            batch.buffer().putInt(committed++).position(batch.buffer().position() + 996);
            long end = batch.positionAt(batch.buffer().position());
            log.commit(batch);
            waiting.add(new long[] {end, committed});
        }

        @Override
        public void durable(long position) {
            while (!waiting.isEmpty() && waiting.getFirst()[0] <= position) {
                acknowledged = (int) waiting.removeFirst()[1];
            }
            if (waiting.isEmpty()) {
                commit();
            }
        }

        @Override
        public void failed(IOException cause) {
            throw new AssertionError(name, cause);
        }

        @Override
        public void checkpoint(int segment, @Nullable ByteBuffer state) {
            throw new AssertionError("there is none");
        }

        @Override
        public void batch(int segment, ByteBuffer records, long recordsPosition) {
            while (records.remaining() >= 1000) {
                recovered.add(records.getInt());
                records.position(records.position() + 996);
            }
        }

        @Override
        public void segmentEnd(int segment) {}
    }
}
