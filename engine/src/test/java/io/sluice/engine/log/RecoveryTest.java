package io.sluice.engine.log;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What recovery makes of damage: exactly what was durable, or a refusal that says why; never less,
 * never something else.
 */
final class RecoveryTest {
    /** What recovery found: the records, or null if it refused. */
    private record Found(@Nullable List<String> records, @Nullable String footer) {}

    /** A log of a few segments. */
    private static LogMachine smallLog(boolean sealed) throws IOException {
        LogMachine machine =
                new LogMachine(new MemoryDirectory(LogMachine.ALIGNMENT_BYTES), LogMachine.SMALL);
        machine.start();
        while (machine.lastSegment() < 2) {
            append(machine, 30, sealed);
        }
        for (int i = 0; i < 3; i++) {
            append(machine, 30, sealed);
        }
        machine.time.run();
        assertEquals(machine.written().size(), machine.acknowledged());
        return machine;
    }

    private static void append(LogMachine machine, int length, boolean sealed) {
        while (!machine.append(2, length, sealed)) {
            machine.time.advanceMs(1);
        }
        machine.time.run();
    }

    private static Found recover(MemoryDirectory disk) throws IOException {
        ManualTime time = new ManualTime();
        try (LocalLog log =
                new LocalLog(
                        disk,
                        LogMachine.SMALL,
                        time,
                        time.executor(),
                        time.executor(),
                        time.executor())) {
            LogHistory history = new LogHistory(log);
            log.recover(history, new Ignoring());
            time.run();
            return new Found(List.copyOf(history.records), keys(log));
        } catch (CorruptLogException e) {
            assertTrue(e.toString().matches(".*\\d{10}\\.(log|footer).*"), e.toString());
            return new Found(null, null);
        }
    }

    private static @Nullable String keys(LocalLog log) throws IOException {
        Footer footer = log.footer(1);
        if (footer == null) {
            return null;
        }
        try {
            int size = (int) footer.sizeBytes(Footer.Section.KEYS);
            ByteBuffer bytes = footer.read(Footer.Section.KEYS, 0, size);
            return LogHistory.decode(bytes).toString();
        } catch (CorruptLogException e) {
            return null;
        }
    }

    private static final class Ignoring implements Log.Listener {
        @Override
        public void durable(long position) {}

        @Override
        public void failed(IOException cause) {
            throw new AssertionError(cause);
        }
    }

    private static List<String> files(MemoryDirectory disk) throws IOException {
        return disk.list().stream()
                .filter(name -> name.endsWith(".log") || name.endsWith(".footer"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNoticeOrSurviveEveryFlippedBit(boolean sealed) throws IOException {
        LogMachine machine = smallLog(sealed);
        machine.stop();
        Found whole = recover(machine.disk.copy());
        assertEquals(machine.written(), whole.records);
        int refused = 0;
        for (String name : files(machine.disk)) {
            for (long bit = 0; bit < machine.disk.content(name).length * 8L; bit++) {
                MemoryDirectory disk = machine.disk.copy();
                disk.flipBit(name, bit);
                Found found = recover(disk);
                String where = name + " bit " + bit;
                if (found.records == null) {
                    refused++;
                } else {
                    assertEquals(whole.records, found.records, where);
                }
                if (found.footer != null && whole.footer != null) {
                    assertEquals(whole.footer, found.footer, where);
                }
            }
        }
        assertTrue(refused > 1000, "only " + refused + " refused");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNoticeOrSurviveEveryTruncation(boolean sealed) throws IOException {
        LogMachine machine = smallLog(sealed);
        machine.stop();
        for (String name : files(machine.disk)) {
            int size = machine.disk.content(name).length;
            for (int cut = 0; cut < size; cut++) {
                MemoryDirectory disk = machine.disk.copy();
                disk.cut(name, cut);
                Found found = recover(disk);
                if (found.records != null) {
                    assertEquals(machine.written(), found.records, name + " cut at " + cut);
                }
                assertTrue(name.endsWith(".footer") || found.records == null || sealed, name);
            }
        }
    }

    /** Without a mark, nothing tells a torn last batch from a damaged one; see ADR 0004. */
    @Test
    void shouldLoseAtMostTheLastBatchToAFlippedBitAfterACrash() throws IOException {
        LogMachine machine = smallLog(true);
        machine.kill();
        String name = FileNames.segment(machine.lastSegment());
        List<String> all = machine.written();
        for (long bit = 0; bit < machine.disk.content(name).length * 8L; bit++) {
            MemoryDirectory disk = machine.disk.copy();
            disk.flipBit(name, bit);
            List<String> found = recover(disk).records;
            if (found != null && !found.equals(all)) {
                assertEquals(all.subList(0, all.size() - 2), found, "bit " + bit);
            }
        }
    }

    @Test
    void shouldProveTheLastBatchDurableOnceItIsQuiet() throws IOException {
        LogMachine machine = smallLog(true);
        machine.time.advanceMs(3000);
        machine.kill();
        String name = FileNames.segment(machine.lastSegment());
        for (long bit = 0; bit < machine.disk.content(name).length * 8L; bit++) {
            MemoryDirectory disk = machine.disk.copy();
            disk.flipBit(name, bit);
            List<String> found = recover(disk).records;
            if (found != null) {
                assertEquals(machine.written(), found, "bit " + bit);
            }
        }
    }

    @Test
    void shouldWriteOneMarkWhenQuietAndNoMore() throws IOException {
        LogMachine machine = smallLog(true);
        long before = machine.log().durablePosition();
        machine.time.advanceMs(10_000);
        assertEquals(before + LogMachine.ALIGNMENT_BYTES, machine.log().durablePosition());
    }

    @Test
    void shouldRefuseAMissingSegment() throws IOException {
        LogMachine machine = smallLog(false);
        machine.stop();
        machine.disk.delete(FileNames.segment(1));
        assertThrows(CorruptLogException.class, machine::start);
    }

    @Test
    void shouldRefuseTheLogOfAnotherShard() throws IOException {
        LogMachine machine = smallLog(true);
        machine.stop();
        LogMachine other = new LogMachine(machine.disk, new LocalLogConfig(8, 1024, 512, 1024, 0));
        assertThrows(CorruptLogException.class, other::start);
    }

    @Test
    void shouldRebuildADamagedFooterAndKeepTheDamagedBytes() throws IOException {
        LogMachine machine = smallLog(true);
        machine.stop();
        machine.disk.flipBit(FileNames.footer(1), 100);
        byte[] damaged = machine.disk.content(FileNames.footer(1));
        machine.start();
        machine.time.run();
        assertTrue(machine.log().footer(1) != null);
        assertEquals(
                ByteBuffer.wrap(damaged),
                ByteBuffer.wrap(machine.disk.content("0000000001.damaged")));
        machine.stop();
        machine.start();
        machine.readAll();
    }

    @Test
    void shouldWriteAFooterAnewThatWasReplayedOver() throws IOException {
        LogMachine machine = smallLog(true);
        while (machine.lastSegment() < 3) {
            append(machine, 30, true);
        }
        machine.stop();
        String name = FileNames.footer(2);
        byte[] sound = machine.disk.content(name);
        machine.disk.flipBit(FileNames.footer(1), 100);
        forge(machine.disk, 2);
        assertNotEquals(ByteBuffer.wrap(sound), ByteBuffer.wrap(machine.disk.content(name)));
        machine.start();
        machine.time.run();
        assertEquals(ByteBuffer.wrap(sound), ByteBuffer.wrap(machine.disk.content(name)));
        machine.stop();
        machine.start();
        machine.readAll();
    }

    /** Writes a footer of the right end and right checksums, with nothing in it. */
    private static void forge(MemoryDirectory disk, int segment) throws IOException {
        int shard = LogMachine.SMALL.shardId();
        ReadFiles files = new ReadFiles(disk);
        LocalFooter sound =
                requireNonNull(LocalFooter.load(files, new FooterBlocks(files), segment, shard));
        String name = FileNames.footer(segment);
        disk.delete(name);
        try (SegmentFile file = disk.open(name, SegmentFile.Directory.Mode.BUFFERED)) {
            new FooterWriter(file, shard, sound.end(), () -> false).finish(ByteBuffer.allocate(0));
        }
        files.close();
    }

    @Test
    void shouldNotChangeAnythingWhenItRefuses() throws IOException {
        LogMachine machine = smallLog(false);
        machine.stop();
        machine.disk.flipBit(FileNames.segment(1), 700);
        MemoryDirectory before = machine.disk.copy();
        assertThrows(CorruptLogException.class, machine::start);
        for (String name : files(before)) {
            assertEquals(
                    ByteBuffer.wrap(before.content(name)),
                    ByteBuffer.wrap(machine.disk.content(name)));
        }
    }

    @Test
    void shouldFailWithTheReadErrorRatherThanCutTheLog() throws IOException {
        LogMachine machine = smallLog(false);
        machine.stop();
        for (int segment = 1; segment <= machine.lastSegment(); segment++) {
            String unreadable = FileNames.segment(segment);
            MemoryDirectory disk = machine.disk.copy();
            disk.fault((call, name) -> {
                if (call == MemoryDirectory.Call.READ && name.equals(unreadable)) {
                    throw new IOException("Input/output error");
                }
            });
            IOException e = assertThrows(IOException.class, () -> recover(disk));
            assertEquals("Input/output error", e.getMessage());
            disk.fault((call, name) -> {});
            assertEquals(machine.written(), recover(disk).records);
        }
    }

    @Test
    void shouldNeverResurrectWhatATornTailLeft() throws IOException {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            LogMachine machine = smallLog(true);
            machine.disk.crashAfterCalls(random.nextInt(3));
            for (int i = 0; i < 3; i++) {
                machine.append(1, 30);
            }
            machine.time.run();
            machine.losePower(random);
            machine.start();
            machine.append(1, 30);
            machine.time.run();
            machine.losePower(random);
            machine.start();
            assertFalse(machine.failed());
            machine.readAll();
        }
    }
}
