package io.sluice.simulator.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Errors that a call reports, and what is left then. */
class DiskErrorTest {
    private final World world = new World();
    private final Disk disk = new Disk(world, new Dice(3), 1);
    private final Device device = disk.device();

    @Test
    void shouldFailTheNextCallsOfTheKindAndFileItIsArmedFor() throws IOException {
        disk.put("0000000001.log", new byte[512]);
        disk.put("0000000001.footer", new byte[512]);
        SegmentFile log = disk.open("0000000001.log", Mode.BUFFERED);
        SegmentFile footer = disk.open("0000000001.footer", Mode.BUFFERED);
        List<DiskFault> told = new ArrayList<>();
        device.onFault(told::add);
        device.arm(DiskFault.WRITE_ERROR, FileKind.LOG, 2);
        footer.write(DiskTest.bytes(1, 10), 0);
        log.sync();
        assertThrows(IOException.class, () -> log.write(DiskTest.bytes(1, 10), 0));
        assertThrows(IOException.class, () -> log.write(DiskTest.bytes(1, 10), 0));
        log.write(DiskTest.bytes(1, 10), 0);
        assertEquals(List.of(DiskFault.WRITE_ERROR, DiskFault.WRITE_ERROR), told);
        assertEquals(2, device.happened(DiskFault.WRITE_ERROR));
    }

    @Test
    void shouldFailEveryKindOfCallUntilHealed() throws IOException {
        disk.put("a", new byte[512]);
        SegmentFile file = disk.open("a", Mode.BUFFERED);
        assertFailsUntilHealed(DiskFault.LIST_ERROR, disk::list);
        assertFailsUntilHealed(DiskFault.OPEN_ERROR, () -> disk.open("a", Mode.READ));
        assertFailsUntilHealed(DiskFault.DIRECTORY_SYNC_ERROR, disk::sync);
        assertFailsUntilHealed(DiskFault.SYNC_ERROR, file::sync);
        assertFailsUntilHealed(DiskFault.READ_ERROR, () -> file.read(ByteBuffer.allocate(1), 0));
        assertFailsUntilHealed(DiskFault.TRUNCATE_ERROR, () -> file.truncate(100));
        assertFailsUntilHealed(DiskFault.DELETE_ERROR, () -> disk.delete("x"));
        disk.put("a", new byte[512]);
        device.arm(DiskFault.RENAME_ERROR, FileKind.ANY, 1);
        assertThrows(IOException.class, () -> disk.rename("a", "b"));
        assertEquals(1, disk.fileNames().size());
    }

    private void assertFailsUntilHealed(DiskFault fault, Executable call) {
        device.arm(fault, FileKind.ANY, Device.UNTIL_HEALED);
        for (int i = 0; i < 3; i++) {
            assertThrows(IOException.class, call);
        }
        assertEquals(3, device.happened(fault));
        device.heal(fault);
        try {
            call.execute();
        } catch (Throwable e) {
            throw new AssertionError(fault + " is healed", e);
        }
    }

    @Test
    void shouldFailReadsOfABadRangeUnderAnyNameUntilHealed() throws IOException {
        disk.put("a", new byte[2048]);
        disk.badRange("a", 1024, 512);
        disk.rename("a", "b");
        SegmentFile file = disk.open("b", Mode.READ);
        assertEquals(1024, file.read(ByteBuffer.allocate(1024), 0));
        assertThrows(IOException.class, () -> file.read(ByteBuffer.allocate(1025), 0));
        assertThrows(IOException.class, () -> file.read(ByteBuffer.allocate(10), 1535));
        device.heal(DiskFault.READ_ERROR);
        assertEquals(2048, file.read(ByteBuffer.allocate(4096), 0));
    }

    @Test
    void shouldReportSuccessAfterAFailedSyncAlthoughNothingIsDurable() throws IOException {
        int lost = 0;
        for (int seed = 0; seed < 50; seed++) {
            Disk one = new Disk(new World(), new Dice(seed), 1);
            one.put("a", new byte[1024]);
            SegmentFile file = one.open("a", Mode.BUFFERED);
            file.write(DiskTest.bytes(1, 1024), 0);
            one.device().arm(DiskFault.SYNC_ERROR, FileKind.ANY, 1);
            assertThrows(IOException.class, file::sync);
            file.sync();
            assertEquals(1, one.content("a")[0], "stays visible");
            file.write(DiskTest.bytes(2, 512), 512);
            file.sync();
            one.device().losePower();
            assertEquals(2, one.content("a")[512], "written again");
            lost += 1 - one.content("a")[0];
        }
        assertTrue(lost > 10 && lost < 40, lost + " of 50");
    }

    @Test
    void shouldMakeAllNamesDurableOnceASyncOfTheDirectorySucceeds() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Disk one = new Disk(new World(), new Dice(seed), 1);
            one.open("a", Mode.BUFFERED).close();
            one.device().arm(DiskFault.DIRECTORY_SYNC_ERROR, FileKind.ANY, 1);
            assertThrows(IOException.class, one::sync);
            one.sync();
            one.device().losePower();
            assertEquals(List.of("a"), one.list());
        }
    }

    @Test
    void shouldRunFullAtAnyOffsetAndHealWhenThereIsRoom() throws IOException {
        SegmentFile file = disk.open("a", Mode.BUFFERED);
        file.write(DiskTest.bytes(1, 1000), 0);
        Set<Integer> sizes = new HashSet<>();
        for (int room = 0; room < 600; room += 7) {
            device.capacityBytes(1000 + room);
            IOException full =
                    assertThrows(
                            IOException.class, () -> file.write(DiskTest.bytes(2, 1000), 1000));
            assertEquals("a: No space left on device", full.getMessage());
            assertTrue(file.sizeBytes() <= 1000 + room);
            sizes.add((int) file.sizeBytes());
            file.truncate(1000);
        }
        assertTrue(sizes.contains(1000) && sizes.contains(1024), sizes::toString);
        device.capacityBytes(10);
        assertEquals(0, disk.usableBytes());
        file.write(DiskTest.bytes(3, 1000), 0);
        device.capacityBytes(2000);
        file.write(DiskTest.bytes(2, 1000), 1000);
        assertEquals(2000, device.usedBytes());
    }

    @Test
    void shouldShareItsRoomBetweenDirectories() throws IOException {
        Device both = new Device(world, new Dice(1), new DiskMemory());
        Disk log = both.directory(1);
        Disk catalog = both.directory(1);
        both.capacityBytes(1000);
        log.open("a", Mode.BUFFERED).write(DiskTest.bytes(1, 600), 0);
        assertEquals(400, catalog.usableBytes());
        log.delete("a");
        assertEquals(1000, catalog.usableBytes());
    }

    @Test
    void shouldCrashAtEveryCallAndThrowFromThenOn() throws IOException {
        for (int at = 0; at < 9; at++) {
            Disk one = new Disk(new World(), new Dice(at), 1);
            boolean[] died = {false};
            one.device().crashAfterCalls(at, () -> died[0] = true);
            assertThrows(DiskCrashedException.class, () -> nineCalls(one));
            assertTrue(died[0]);
            assertEquals(1, one.device().happened(DiskFault.CRASH_IN_CALL));
            assertThrows(DiskCrashedException.class, one::sync);
            one.device().kill();
            nineCalls(one);
        }
    }

    private static void nineCalls(Disk disk) throws IOException {
        SegmentFile file = disk.open("a", Mode.BUFFERED);
        file.write(DiskTest.bytes(1, 1000), 0);
        file.read(ByteBuffer.allocate(10), 0);
        file.truncate(10);
        file.sync();
        disk.rename("a", "b");
        disk.delete("b");
        disk.list();
        disk.sync();
    }

    @Test
    void shouldSpendTheTimeItIsTold() throws IOException {
        SegmentFile file = disk.open("a", Mode.DURABLE);
        long start = world.nanos();
        file.write(DiskTest.bytes(1, 10), 0);
        long fast = world.nanos() - start;
        assertTrue(fast >= 60_000 && fast <= 140_000, fast + " ns");
        device.latency(Latency.SLOW);
        file.write(DiskTest.bytes(1, 10), 0);
        assertTrue(world.nanos() - start - fast >= 5_000_000);
        assertEquals(1, device.happened(DiskFault.SLOW));
    }

    @Test
    void shouldTraceEveryCallWithItsBytes() throws IOException {
        assertEquals(hashAfterWriting(1, 0), hashAfterWriting(1, 0));
        assertTrue(hashAfterWriting(1, 0) != hashAfterWriting(2, 0));
        assertTrue(hashAfterWriting(1, 0) != hashAfterWriting(1, 1));
    }

    private static long hashAfterWriting(int value, long offset) throws IOException {
        World own = new World();
        Disk one = new Disk(own, new Dice(1), 1);
        one.open("a", Mode.BUFFERED).write(DiskTest.bytes(value, 10), offset);
        return own.traceHash();
    }

    @Test
    void shouldCopyWhatIsVisibleToADiskOfItsOwn() throws IOException {
        disk.open("a", Mode.BUFFERED).write(DiskTest.bytes(1, 1000), 0);
        device.arm(DiskFault.OPEN_ERROR, FileKind.ANY, Device.UNTIL_HEALED);
        Disk copy = disk.copy(new World());
        copy.put("b", new byte[] {1, 2});
        copy.device().losePower();
        assertEquals(List.of("a", "b"), copy.list());
        copy.remove("b");
        copy.open("a", Mode.BUFFERED).write(DiskTest.bytes(2, 1000), 0);
        assertArrayEquals(DiskTest.bytes(1, 1000).array(), disk.content("a"));
        assertEquals(List.of("a"), copy.list());
    }
}
