package io.sluice.simulator.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory.Mode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Damage that no call reports; it is durable, as far as what it damages was. */
class DiskDamageTest {
    private static final String LOG = "0000000001.log";
    private static final String NEXT_LOG = "0000000002.log";

    private static Disk disk(int seed) {
        Disk disk = new Disk(new World(), new Dice(seed), 512);
        disk.put(LOG, DiskTest.bytes(1, 4096).array());
        disk.put(NEXT_LOG, DiskTest.bytes(2, 4096).array());
        return disk;
    }

    private static Disk afterWriting(int seed, DiskFault fault) throws IOException {
        Disk disk = disk(seed);
        SegmentFile file = disk.open(LOG, Mode.DURABLE);
        disk.device().arm(fault, FileKind.LOG, 1);
        file.write(DiskTest.bytes(7, 1024), 1024);
        file.sync();
        byte[] visible = disk.content(LOG);
        byte[] visibleNext = disk.content(NEXT_LOG);
        disk.device().losePower();
        assertArrayEquals(visible, disk.content(LOG));
        assertArrayEquals(visibleNext, disk.content(NEXT_LOG));
        return disk;
    }

    private static int count(byte[] bytes, int value) {
        int count = 0;
        for (byte b : bytes) {
            count += b == value ? 1 : 0;
        }
        return count;
    }

    @Test
    void shouldLoseAWriteThatItReportsAsDone() throws IOException {
        Disk disk = afterWriting(1, DiskFault.LOST_WRITE);
        assertEquals(0, count(disk.content(LOG), 7));
        assertEquals(new Damage(DiskFault.LOST_WRITE, LOG, 1024, 1024), damage(disk));
    }

    private static Damage damage(Disk disk) {
        return disk.device().damages().getFirst();
    }

    @Test
    void shouldTearAWriteThatItReportsAsDone() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            Disk disk = afterWriting(seed, DiskFault.TORN_WRITE);
            Damage damage = damage(disk);
            byte[] content = disk.content(LOG);
            assertTrue(damage.length() > 0);
            assertEquals(1024 - damage.length(), count(content, 7));
            for (int i = 0; i < damage.length(); i++) {
                assertEquals(1, content[(int) damage.offset() + i]);
            }
        }
    }

    @Test
    void shouldLeadAWriteToAnotherPlace() throws IOException {
        int elsewhere = 0;
        for (int seed = 0; seed < 50; seed++) {
            Disk disk = afterWriting(seed, DiskFault.MISDIRECTED_WRITE);
            int inNext = count(disk.content(NEXT_LOG), 7);
            boolean lost = damage(disk).fault() == DiskFault.LOST_WRITE;
            assertEquals(lost ? 0 : 1024, inNext + count(disk.content(LOG), 7));
            assertFalse(
                    count(disk.content(LOG), 7) == 1024
                            && disk.content(LOG)[1024] == 7
                            && disk.content(LOG)[2047] == 7);
            elsewhere += inNext / 1024;
        }
        assertTrue(elsewhere > 10 && elsewhere < 40, elsewhere + " of 50");
    }

    @Test
    void shouldFlipOneBitOfAFileOfTheKind() {
        Disk disk = disk(1);
        assertFalse(disk.flipBit(FileKind.FOOTER));
        assertTrue(disk.flipBit(FileKind.LOG));
        disk.device().losePower();
        byte[] damaged = disk.content(damage(disk).fileName());
        int value = damage(disk).fileName().equals(LOG) ? 1 : 2;
        assertEquals(4095, count(damaged, value));
        assertEquals(1, Integer.bitCount((damaged[(int) damage(disk).offset()] & 0xFF) ^ value));
    }

    @Test
    void shouldFillASectorWithZeroes() {
        Disk disk = disk(1);
        assertTrue(disk.zeroSector(FileKind.LOG));
        disk.device().losePower();
        assertEquals(512, count(disk.content(damage(disk).fileName()), 0));
        disk.zeroSector(NEXT_LOG, 600);
        assertEquals(0, disk.content(NEXT_LOG)[512]);
    }

    @Test
    void shouldDamageUnsyncedBytesToo() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Disk disk = disk(seed);
            SegmentFile file = disk.open(LOG, Mode.BUFFERED);
            file.write(DiskTest.bytes(4, 512), 0);
            disk.flipBit(LOG, 0);
            file.sync();
            disk.device().losePower();
            assertEquals(5, disk.content(LOG)[0]);
        }
    }
}
