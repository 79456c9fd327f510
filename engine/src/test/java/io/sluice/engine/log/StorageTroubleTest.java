package io.sluice.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Storage that fails or is full: what stops, what goes on, what heals. */
final class StorageTroubleTest {
    private static final LocalLogConfig CONFIG = new LocalLogConfig(7, 8192, 1024, 8192, 1000);

    private final MemoryDirectory disk = new MemoryDirectory(64);
    private final LogMachine machine = new LogMachine(disk, CONFIG);

    @BeforeEach
    void start() throws IOException {
        machine.start();
        machine.time.advanceMs(100);
    }

    private void failNext(MemoryDirectory.Call failing) {
        boolean[] done = {false};
        disk.fault((call, name) -> {
            if (call == failing && !done[0]) {
                done[0] = true;
                throw new IOException("Input/output error");
            }
        });
    }

    /** Lets the directory sync fail that follows a spare's becoming a segment. */
    private void failSyncOfNextRename() {
        boolean[] renamed = {false};
        disk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.DIRECTORY_SYNC && renamed[0]) {
                throw new IOException("Input/output error");
            }
            renamed[0] = call == MemoryDirectory.Call.RENAME && name.endsWith(FileNames.SPARE);
        });
    }

    @Test
    void shouldEndWithTheFirstFailedWriteAndAcknowledgeNothingAfterwards() throws IOException {
        machine.append(1, 50);
        machine.time.run();
        failNext(MemoryDirectory.Call.WRITE);
        machine.append(1, 50);
        machine.append(1, 50);
        machine.time.run();
        assertTrue(machine.failed());
        assertEquals(1, machine.acknowledged());
        assertFalse(machine.append(1, 50));
        assertFalse(machine.log().full());
        machine.time.advanceMs(5000);
        assertEquals(1, machine.acknowledged());
        machine.kill();
        machine.start();
        machine.readAll();
    }

    @Test
    void shouldEndWithAFailedDirectorySyncOfANewSegment() throws IOException {
        while (machine.lastSegment() < 2) {
            int acknowledged = machine.acknowledged();
            machine.append(1, 400);
            if (machine.lastSegment() == 2) {
                failSyncOfNextRename();
                machine.time.run();
                assertTrue(machine.failed());
                assertEquals(acknowledged, machine.acknowledged());
            }
            machine.time.run();
        }
        disk.fault((call, name) -> {});
        machine.kill();
        machine.start();
        machine.readAll();
    }

    @Test
    void shouldNotLoseAcknowledgedRecordsToAFailedWriteBackOfAnEarlierProcess() throws IOException {
        machine.append(1, 50);
        machine.time.run();
        failNext(MemoryDirectory.Call.WRITE);
        machine.append(1, 50);
        machine.time.run();
        assertTrue(machine.failed());
        // The page cache still shows the second record, the disk may not have it.
        machine.kill();
        machine.start();
        assertEquals(2, machine.acknowledged());
        for (int seed = 0; seed < 20; seed++) {
            machine.losePower(new Random(seed));
            machine.start();
            assertEquals(2, machine.acknowledged());
        }
    }

    private void fill() {
        disk.capacityBytes(disk.usedBytes() + CONFIG.freeBytesMin());
        for (int wait = 0; wait < 5; ) {
            if (!machine.append(1, 400)) {
                machine.time.advanceMs(1000);
                wait++;
            }
            machine.time.run();
        }
    }

    @Test
    void shouldRefuseMessagesWhenTheDiskIsFullAndKeepAReserve() {
        fill();
        assertTrue(machine.log().full());
        assertNull(machine.log().open(404, false));
        Batch batch = machine.log().open(404, true);
        assertNotNull(batch);
        LogHistory.write(batch.buffer(), "");
        machine.log().commit(batch);
        long before = machine.log().durablePosition();
        machine.time.run();
        assertTrue(machine.log().durablePosition() > before);
    }

    @Test
    void shouldTellAWaitingShardThatTheDiskIsFullAndThatItHealed() {
        while (machine.lastSegment() < 2) {
            machine.append(1, 400);
            machine.time.run();
        }
        disk.capacityBytes(disk.usedBytes() + CONFIG.freeBytesMin());
        while (machine.append(1, 400)) {
            machine.time.run();
        }
        assertFalse(machine.log().full());
        int before = machine.reports();
        machine.time.advanceMs(10);
        assertTrue(machine.log().full());
        assertEquals(before + 1, machine.reports());
        assertFalse(machine.append(1, 400));
        disk.capacityBytes(Long.MAX_VALUE);
        machine.time.advanceMs(1100);
        assertFalse(machine.log().full());
        assertTrue(machine.reports() > before + 1);
        assertTrue(machine.append(1, 400));
    }

    @Test
    void shouldHealWhenThereIsRoomAgain() throws IOException {
        fill();
        disk.capacityBytes(Long.MAX_VALUE);
        machine.time.advanceMs(1100);
        assertFalse(machine.log().full());
        assertTrue(machine.append(1, 400));
        machine.time.run();
        assertEquals(machine.written().size(), machine.acknowledged());
        machine.readAll();
    }

    @Test
    void shouldNotTrimWhenTheDiskIsFull() throws IOException {
        fill();
        machine.time.advanceMs(60_000);
        assertEquals(1, machine.log().firstSegment());
        machine.readAll();
    }

    @Test
    void shouldHealByTrimming() {
        while (machine.lastSegment() < 4) {
            machine.append(1, 400);
            machine.time.advanceMs(10);
        }
        fill();
        assertTrue(machine.log().full());
        machine.trim(machine.lastSegment());
        machine.time.advanceMs(2000);
        assertFalse(machine.log().full());
        assertTrue(machine.append(1, 400));
    }

    @Test
    void shouldGoOnWithASmallerSegmentWhenOneOfTheUsualSizeDoesNotFit() {
        LocalLogConfig growing = new LocalLogConfig(7, 256 << 20, 1 << 20, 2 << 20, 1000);
        MemoryDirectory small = new MemoryDirectory(4096);
        small.capacityBytes(growing.firstSizeBytes() * 3 / 2);
        ManualTime time = new ManualTime();
        Spares spares = new Spares(small, growing, time.executor(), () -> {});
        spares.prepareBeside(growing.firstSizeBytes() * 4);
        time.advanceMs(5000);
        Spares.Spare spare = spares.take();
        assertNotNull(spare, () -> "full: " + spares.full());
        assertEquals(growing.firstSizeBytes(), spare.sizeBytes());
    }

    @Test
    void shouldUseASmallExpiredSegmentAgainWhenThereIsNoRoomForAnother() throws IOException {
        LocalLogConfig growing = new LocalLogConfig(7, 256 << 20, 1 << 20, 2 << 20, 1000);
        MemoryDirectory small = new MemoryDirectory(4096);
        String expired = FileNames.segment(1);
        try (SegmentFile file = small.open(expired, SegmentFile.Directory.Mode.BUFFERED)) {
            file.write(ByteBuffer.allocate(growing.firstSizeBytes()), 0);
        }
        ManualTime time = new ManualTime();
        Spares spares = new Spares(small, growing, time.executor(), () -> {});
        assertFalse(spares.recycle(expired, growing.firstSizeBytes()));
        small.capacityBytes(small.usedBytes());
        spares.prepareBeside(growing.firstSizeBytes());
        time.advanceMs(100);
        assertNotNull(spares.full());
        assertTrue(spares.recycle(expired, growing.firstSizeBytes()));
        Spares.Spare spare = spares.take();
        assertNotNull(spare);
        assertEquals(growing.firstSizeBytes(), spare.sizeBytes());
    }

    @Test
    void shouldSealWhenAFailedFooterIsTriedAgain() throws IOException {
        while (machine.lastSegment() < 2) {
            machine.append(1, 400);
            machine.time.run();
        }
        disk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.SYNC && name.contains(".footer")) {
                throw new IOException("No space left on device");
            }
        });
        machine.append(1, 400);
        machine.time.advanceMs(3000);
        if (machine.log().footer(1) == null) {
            disk.fault((call, name) -> {});
            machine.time.advanceMs(1100);
        }
        assertNotNull(machine.log().footer(1));
    }

    @Test
    void shouldReportAReadErrorAsSuch() throws IOException {
        while (machine.lastSegment() < 3) {
            machine.append(1, 400);
            machine.time.advanceMs(10);
        }
        disk.fault((call, name) -> {
            if (call == MemoryDirectory.Call.READ) {
                throw new IOException("Input/output error");
            }
        });
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> machine.log().read(Position.of(1, 64), 10, ByteBuffer.allocate(10)));
        assertEquals("Input/output error", e.getMessage());
        disk.fault((call, name) -> {});
        machine.readAll();
    }

    @Test
    void shouldRecycleTrimmedFilesWithoutResurrectingTheirBatches() throws IOException {
        while (machine.lastSegment() < 9) {
            machine.append(1, 400);
            machine.time.advanceMs(20);
            machine.trim(machine.lastSegment() - 1);
        }
        assertTrue(machine.log().firstSegment() >= 7);
        machine.time.advanceMs(3000);
        assertTrue(
                disk.list().stream().filter(name -> name.endsWith(".spare")).count() <= 2,
                () -> "too many spares");
        machine.kill();
        machine.start();
        machine.readAll();
    }
}
