package io.sluice.simulator.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a power loss leaves of what was not durable. */
class DiskPowerLossTest {
    private static final int SECTORS = 8;
    private static final int SIZE_BYTES = SECTORS * Device.SECTOR_BYTES;

    /** Against a model that keeps, of each sector, every content it may have. */
    @Test
    void shouldLeaveInEachSectorOneOfItsContentsSinceItWasLastDurable() throws IOException {
        DiskMemory memory = new DiskMemory();
        for (int seed = 0; seed < 2000; seed++) {
            Dice dice = new Dice(seed);
            Device device = new Device(new World(), dice, memory);
            Disk disk = device.directory(1);
            compare(disk, dice, seed);
            device.release();
        }
    }

    private static void compare(Disk disk, Dice dice, int seed) throws IOException {
        disk.put("a", new byte[SIZE_BYTES]);
        List<List<byte[]>> possible = new ArrayList<>();
        for (int sector = 0; sector < SECTORS; sector++) {
            possible.add(new ArrayList<>(List.of(new byte[Device.SECTOR_BYTES])));
        }
        for (int crash = 0; crash < 3; crash++) {
            SegmentFile buffered = disk.open("a", Mode.BUFFERED);
            SegmentFile durable = disk.open("a", Mode.DURABLE);
            for (int i = dice.below(12); i > 0; i--) {
                act(disk, dice, buffered, durable, possible);
            }
            if (dice.perMille(300)) {
                byte[] before = disk.content("a");
                disk.device().kill();
                assertArrayEquals(before, disk.content("a"));
            } else {
                disk.device().losePower();
                check(disk.content("a"), possible, seed);
            }
        }
    }

    private static void act(
            Disk disk,
            Dice dice,
            SegmentFile buffered,
            SegmentFile durable,
            List<List<byte[]>> possible)
            throws IOException {
        int from = dice.below(SIZE_BYTES);
        int count = 1 + dice.below(Math.min(1500, SIZE_BYTES - from));
        ByteBuffer bytes = DiskTest.bytes(1 + dice.below(100), count);
        int end = from + count;
        switch (dice.below(5)) {
            case 0, 1 -> {
                buffered.write(bytes, from);
                seen(disk.content("a"), possible, 0, SIZE_BYTES, false);
            }
            case 2 -> {
                durable.write(bytes, from);
                seen(disk.content("a"), possible, from, end, true);
            }
            case 3 -> {
                buffered.sync();
                boolean honest = disk.device().happened(DiskFault.SYNC_ERROR) == 0;
                seen(disk.content("a"), possible, 0, SIZE_BYTES, honest);
            }
            default -> {
                disk.device().arm(DiskFault.SYNC_ERROR, FileKind.ANY, 1);
                try {
                    buffered.sync();
                    throw new AssertionError("the sync succeeded");
                } catch (IOException e) {
                    disk.device().heal();
                }
            }
        }
    }

    private static void seen(
            byte[] content, List<List<byte[]>> possible, int from, int end, boolean isDurable) {
        int last = (end - 1) / Device.SECTOR_BYTES;
        for (int sector = from / Device.SECTOR_BYTES; sector <= last; sector++) {
            if (isDurable) {
                possible.get(sector).clear();
            }
            possible.get(sector).add(sector(content, sector));
        }
    }

    private static byte[] sector(byte[] content, int sector) {
        int from = sector * Device.SECTOR_BYTES;
        return Arrays.copyOfRange(content, from, from + Device.SECTOR_BYTES);
    }

    private static void check(byte[] content, List<List<byte[]>> possible, int seed) {
        assertEquals(SIZE_BYTES, content.length);
        for (int sector = 0; sector < SECTORS; sector++) {
            byte[] found = sector(content, sector);
            assertTrue(
                    possible.get(sector).stream().anyMatch(one -> Arrays.equals(one, found)),
                    "seed " + seed + ", sector " + sector);
            possible.set(sector, new ArrayList<>(List.of(found)));
        }
    }

    @Test
    void shouldLoseTearAndReorderUnsyncedWrites() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < 400; seed++) {
            Disk disk = new Disk(new World(), new Dice(seed), 1);
            disk.put("a", new byte[2048]);
            SegmentFile file = disk.open("a", Mode.BUFFERED);
            file.write(DiskTest.bytes(1, 1024), 0);
            file.write(DiskTest.bytes(2, 1024), 1024);
            disk.device().losePower();
            byte[] left = disk.content("a");
            outcomes.add("" + left[0] + left[512] + left[1024] + left[1536]);
        }
        assertEquals(16, outcomes.size(), outcomes::toString);
    }

    @Test
    void shouldKeepTheFirstSoManyChangesOfNames() throws IOException {
        Set<List<String>> outcomes = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            Disk disk = new Disk(new World(), new Dice(seed), 1);
            disk.put("a", new byte[1]);
            disk.put("b", new byte[2]);
            disk.rename("a", "b");
            disk.open("c", Mode.BUFFERED).close();
            disk.delete("b");
            disk.device().losePower();
            outcomes.add(disk.list());
            if (disk.list().contains("a")) {
                assertEquals(2, disk.content("b").length);
            }
        }
        assertEquals(
                Set.of(List.of("a", "b"), List.of("b"), List.of("b", "c"), List.of("c")), outcomes);
    }

    @Test
    void shouldSometimesKeepANameWithoutTheBytesOfItsFile() throws IOException {
        long without = 0;
        for (int seed = 0; seed < 100; seed++) {
            Disk disk = new Disk(new World(), new Dice(seed), 1);
            disk.open("a.tmp", Mode.BUFFERED).write(DiskTest.bytes(1, 1024), 0);
            disk.rename("a.tmp", "a");
            disk.sync();
            disk.device().losePower();
            assertEquals(List.of("a"), disk.list());
            without += disk.device().happened(DiskFault.NAME_WITHOUT_BYTES);
        }
        assertTrue(without > 20, without + " of 100");
    }

    @Test
    void shouldKeepATruncationWholeOrNotAtAll() throws IOException {
        Set<Integer> sizes = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            Disk disk = new Disk(new World(), new Dice(seed), 1);
            disk.put("a", DiskTest.bytes(9, 2048).array());
            SegmentFile file = disk.open("a", Mode.BUFFERED);
            file.truncate(700);
            file.write(DiskTest.bytes(1, 10), 700);
            disk.device().losePower();
            byte[] left = disk.content("a");
            sizes.add(left.length);
            assertFalse(left.length == 2048 && left[700] == 1, "a write without the truncation");
        }
        assertEquals(Set.of(700, 710, 2048), sizes);
    }

    @Test
    void shouldMakeATruncationDurableWithADurableWriteAfterIt() throws IOException {
        byte[] expected = new byte[1536];
        Arrays.fill(expected, 0, 700, (byte) 9);
        Arrays.fill(expected, 1024, 1536, (byte) 1);
        for (int seed = 0; seed < 100; seed++) {
            Disk disk = new Disk(new World(), new Dice(seed), 1);
            disk.put("a", DiskTest.bytes(9, 2048).array());
            SegmentFile buffered = disk.open("a", Mode.BUFFERED);
            buffered.write(DiskTest.bytes(8, 1000), 1000);
            buffered.truncate(700);
            disk.open("a", Mode.DURABLE).write(DiskTest.bytes(1, 512), 1024);
            disk.device().losePower();
            assertArrayEquals(expected, disk.content("a"));
        }
    }

    @Test
    void shouldTearADurableWriteThatIsUnderWay() throws IOException {
        Set<Integer> outcomes = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            World world = new World();
            Disk disk = new Disk(world, new Dice(seed), 1);
            disk.put("a", new byte[1024]);
            SegmentFile file = disk.open("a", Mode.DURABLE);
            world.at(1_000_000, () -> writeTwice(file));
            world.runUntil(1_050_000);
            disk.device().losePower();
            byte[] left = disk.content("a");
            outcomes.add(left[0] * 10 + left[512]);
        }
        assertEquals(Set.of(0, 1, 10, 11), outcomes);
    }

    /** Each takes at least 60 µs. */
    private static void writeTwice(SegmentFile file) {
        try {
            file.write(DiskTest.bytes(1, 1024), 0);
            file.write(DiskTest.bytes(2, 1024), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTakeAWriteAsOverOnceAnotherCallWasMade() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            World world = new World();
            Disk disk = new Disk(world, new Dice(seed), 1);
            disk.put("a", new byte[1024]);
            disk.put("b", new byte[1024]);
            SegmentFile a = disk.open("a", Mode.DURABLE);
            SegmentFile b = disk.open("b", Mode.BUFFERED);
            world.at(1_000_000, () -> writeTwice(a));
            world.at(1_010_000, () -> writeTwice(b));
            world.runUntil(1_050_000);
            disk.device().losePower();
            assertArrayEquals(DiskTest.bytes(2, 1024).array(), disk.content("a"));
        }
    }

    @Test
    void shouldLoseWhatALyingDiskReportedUnlessItWasFlushed() throws IOException {
        long lost = 0;
        for (int seed = 0; seed < 50; seed++) {
            Disk disk = new Disk(new World(), new Dice(seed), 1);
            disk.put("a", new byte[1024]);
            disk.device().lying(true);
            disk.open("a", Mode.DURABLE).write(DiskTest.bytes(1, 512), 0);
            disk.device().flush();
            disk.open("a", Mode.DURABLE).write(DiskTest.bytes(1, 512), 512);
            disk.device().losePower();
            assertEquals(1, disk.content("a")[511]);
            assertEquals(1 - disk.content("a")[512], disk.device().happened(DiskFault.LIE_LOST));
            lost += disk.device().happened(DiskFault.LIE_LOST);
        }
        assertTrue(lost > 10 && lost < 40, lost + " of 50");
    }
}
