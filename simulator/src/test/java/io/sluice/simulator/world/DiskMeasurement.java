package io.sluice.simulator.world;

import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How long the simulated disk really takes; run by hand. */
final class DiskMeasurement {
    private static final int FILES = 10;
    private static final int FILE_BYTES = 1 << 16;

    private DiskMeasurement() {}

    public static void main(String[] args) throws IOException {
        DiskMemory memory = new DiskMemory();
        for (int round = 0; round < 6; round++) {
            System.out.printf(
                    "durable write of 1 KiB: %d ns; power loss: %d us clean, %d us with 2 torn"
                            + " files; history's files made and released: %d us%n",
                    durableWriteNanos(memory),
                    powerLossNanos(memory, 0) / 1000,
                    powerLossNanos(memory, 2) / 1000,
                    lifeNanos(memory) / 1000);
        }
    }

    private static Disk disk(World world, DiskMemory memory) {
        Disk disk = new Device(world, new Dice(1), memory).directory(1024);
        for (int i = 0; i < FILES; i++) {
            disk.put("file" + i, new byte[FILE_BYTES]);
        }
        return disk;
    }

    private static long durableWriteNanos(DiskMemory memory) throws IOException {
        World world = new World();
        Disk disk = disk(world, memory);
        SegmentFile file = disk.open("file0", Mode.DURABLE);
        ByteBuffer bytes = ByteBuffer.allocateDirect(4096).alignedSlice(1024).limit(1024);
        int writes = 1_000_000;
        int[] written = {0};
        long start = System.nanoTime();
        for (int i = 0; i < writes; i++) {
            world.after(0, () -> write(file, bytes.position(0), written[0]++ % 64 * 1024L));
            world.runUntil(world.nanos() + 200_000);
        }
        long nanos = System.nanoTime() - start;
        disk.device().release();
        return nanos / writes;
    }

    private static void write(SegmentFile file, ByteBuffer bytes, long offset) {
        try {
            file.write(bytes, offset);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long powerLossNanos(DiskMemory memory, int torn) throws IOException {
        Disk disk = disk(new World(), memory);
        ByteBuffer bytes = ByteBuffer.allocate(8192);
        int losses = 5000;
        long nanos = 0;
        for (int i = 0; i < losses; i++) {
            for (int j = 0; j < torn; j++) {
                SegmentFile file = disk.open("file" + j, Mode.BUFFERED);
                write(file, bytes.position(0), 1024);
                write(file, bytes.position(0), 32768);
            }
            long start = System.nanoTime();
            disk.device().losePower();
            nanos += System.nanoTime() - start;
        }
        disk.device().release();
        return nanos / losses;
    }

    private static long lifeNanos(DiskMemory memory) {
        int lives = 1000;
        long start = System.nanoTime();
        for (int i = 0; i < lives; i++) {
            disk(new World(), memory).device().release();
        }
        return (System.nanoTime() - start) / lives;
    }
}
