package io.sluice.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Memory is given out, read and taken back without a reader ever seeing another batch's bytes. */
final class SlabsTest {
    private static final int SLAB_BYTES = 4096;

    /** Commits a batch that is full of {@code value} at the beginning of a slab. */
    private static LocalBatch fill(Slab slab, ActiveFile file, long base, byte value) {
        LocalBatch batch = new LocalBatch(slab, file, base, SLAB_BYTES, BatchHeader.Kind.RECORDS);
        while (batch.buffer().hasRemaining()) {
            batch.buffer().put(value);
        }
        batch.close(64, 1, 1, 7, 0);
        slab.committed(batch);
        return batch;
    }

    private static ActiveFile file() throws IOException {
        MemoryDirectory disk = new MemoryDirectory(64);
        return new ActiveFile(1, disk.open("x", SegmentFile.Directory.Mode.DURABLE), 1 << 20, null);
    }

    private static Slab required(Slabs slabs, long position) {
        Slab slab = slabs.at(position, SLAB_BYTES);
        assertNotNull(slab);
        return slab;
    }

    @Test
    void shouldRefuseWhileAllSlabsHaveCommitsInFlightAndRecycleTheOldestAfterwards()
            throws Exception {
        Slabs slabs = new Slabs(2, SLAB_BYTES, 64);
        long base = Position.of(1, 0);
        Slab first = required(slabs, base);
        fill(first, file(), base, (byte) 1);
        Slab second = required(slabs, base + SLAB_BYTES);
        fill(second, file(), base + SLAB_BYTES, (byte) 2);
        assertNotSame(first, second);
        assertNull(slabs.at(base + 2 * SLAB_BYTES, SLAB_BYTES));
        second.durable(1);
        first.durable(1);
        assertSame(first, required(slabs, base + 2 * SLAB_BYTES));
        assertFalse(slabs.read(base + 100, 1, ByteBuffer.allocate(1)));
        assertTrue(slabs.read(base + SLAB_BYTES + 100, 1, ByteBuffer.allocate(1)));
    }

    @Test
    void shouldNotRecycleUnderAReader() throws Exception {
        Slabs slabs = new Slabs(2, SLAB_BYTES, 64);
        long base = Position.of(1, 0);
        Slab first = required(slabs, base);
        fill(first, file(), base, (byte) 1);
        first.durable(1);
        Slab second = required(slabs, base + SLAB_BYTES);
        fill(second, file(), base + SLAB_BYTES, (byte) 2);
        assertTrue(first.enter());
        assertNull(slabs.at(base + 2 * SLAB_BYTES, SLAB_BYTES));
        first.leave();
        assertSame(first, required(slabs, base + 2 * SLAB_BYTES));
    }

    @Test
    void shouldReadOnlyWholeCommittedRanges() throws Exception {
        Slabs slabs = new Slabs(2, SLAB_BYTES, 64);
        long base = Position.of(1, 0);
        Slab slab = required(slabs, base);
        ByteBuffer target = ByteBuffer.allocate(10);
        assertFalse(slabs.read(base + 64, 10, target));
        fill(slab, file(), base, (byte) 9);
        assertFalse(slabs.read(base + SLAB_BYTES - 9, 10, target));
        assertEquals(0, target.position());
        assertTrue(slabs.read(base + 64, 10, target));
        assertEquals(9, target.get(9));
    }

    @Test
    void shouldNeverShowAReaderTheBytesOfAnotherRange() throws Exception {
        Slabs slabs = new Slabs(3, SLAB_BYTES, 64);
        ActiveFile file = file();
        int rounds = 20_000;
        try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
            Callable<Integer> reader = () -> readAlong(slabs, rounds);
            Future<Integer> one = readers.submit(reader);
            Future<Integer> two = readers.submit(reader);
            for (int round = 0; round < rounds; round++) {
                long base = Position.of(1, round * SLAB_BYTES);
                Slab slab = slabs.at(base, SLAB_BYTES);
                while (slab == null) {
                    Thread.onSpinWait();
                    slab = slabs.at(base, SLAB_BYTES);
                }
                fill(slab, file, base, (byte) round);
                slab.durable(1);
            }
            assertTrue(one.get() >= 0 && two.get() >= 0);
        }
    }

    /** Reads what may be there; fails if a byte is not that of the range asked for. */
    private static int readAlong(Slabs slabs, int rounds) {
        ByteBuffer target = ByteBuffer.allocate(1000);
        int hits = 0;
        for (int round = 0; round < rounds; round++) {
            long position = Position.of(1, round * SLAB_BYTES + 500);
            if (slabs.read(position, 1000, target.clear())) {
                hits++;
                for (int i = 0; i < 1000; i++) {
                    assertEquals((byte) round, target.get(i));
                }
            }
        }
        return hits;
    }
}
