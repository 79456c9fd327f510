package io.sluice.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A footer of several blocks, read at random. */
final class FooterTest {
    private static final int ENTRIES_BYTES = 200_000;
    private static final ChainEnd END = new ChainEnd(Position.of(3, 640), 2, 9, 77);

    private final MemoryDirectory disk = new MemoryDirectory(64);
    private final ReadFiles files = new ReadFiles(disk);
    private final byte[] queues = new byte[10];
    private final byte[] entries = new byte[ENTRIES_BYTES];
    private final byte[] checkpoint = new byte[70_000];

    @BeforeEach
    void write() throws IOException {
        Random random = new Random(1);
        random.nextBytes(queues);
        random.nextBytes(entries);
        random.nextBytes(checkpoint);
        try (SegmentFile file =
                disk.open(FileNames.footer(3), SegmentFile.Directory.Mode.BUFFERED)) {
            FooterWriter writer = new FooterWriter(file, 7, END, () -> false);
            writer.section(Footer.Section.QUEUES);
            writer.write(ByteBuffer.wrap(queues));
            writer.section(Footer.Section.ENTRIES);
            for (int at = 0; at < ENTRIES_BYTES; at += 1000) {
                writer.write(ByteBuffer.wrap(entries, at, 1000));
            }
            assertThrows(IllegalStateException.class, () -> writer.section(Footer.Section.QUEUES));
            writer.finish(ByteBuffer.wrap(checkpoint));
        }
    }

    private LocalFooter load() throws IOException {
        LocalFooter footer = LocalFooter.load(files, new FooterBlocks(files), 3, 7);
        assertNotNull(footer);
        return footer;
    }

    @Test
    void shouldReadAnyRangeOfASection() throws IOException {
        LocalFooter footer = load();
        assertEquals(END, footer.end());
        assertEquals(10, footer.sizeBytes(Footer.Section.QUEUES));
        assertEquals(ENTRIES_BYTES, footer.sizeBytes(Footer.Section.ENTRIES));
        assertEquals(0, footer.sizeBytes(Footer.Section.TIMERS));
        assertEquals(ByteBuffer.wrap(checkpoint), footer.checkpoint());
        Random random = new Random(2);
        for (int i = 0; i < 1000; i++) {
            int from = random.nextInt(ENTRIES_BYTES);
            int size = random.nextInt(ENTRIES_BYTES - from + 1);
            assertEquals(
                    ByteBuffer.wrap(entries, from, size),
                    footer.read(Footer.Section.ENTRIES, from, size));
        }
    }

    @Test
    void shouldNoticeAFlippedBitInEveryBlockAndReadTheOthers() throws IOException {
        disk.flipBit(FileNames.footer(3), (FooterHeader.SIZE_BYTES + 70_000L) * 8);
        LocalFooter footer = load();
        assertEquals(ByteBuffer.wrap(entries, 0, 100), footer.read(Footer.Section.ENTRIES, 0, 100));
        CorruptLogException e =
                assertThrows(
                        CorruptLogException.class,
                        () -> footer.read(Footer.Section.ENTRIES, 70_000, 1));
        assertTrue(e.toString().contains(FileNames.footer(3)), e.toString());
    }

    @Test
    void shouldReadFromMemoryWhatItReadBefore() throws IOException {
        LocalFooter footer = load();
        footer.read(Footer.Section.ENTRIES, 0, 100);
        long calls = disk.calls();
        footer.read(Footer.Section.ENTRIES, 200, 100);
        footer.read(Footer.Section.QUEUES, 0, 10);
        assertEquals(calls, disk.calls());
    }

    @Test
    void shouldNotReadTheFooterOfATrimmedSegment() throws IOException {
        LocalFooter footer = load();
        files.trimBelow(4);
        assertThrows(TrimmedException.class, () -> footer.read(Footer.Section.ENTRIES, 0, 100));
    }
}
