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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Log} promises. An implementation passes it by saying how it is opened. */
public abstract class LogContractTest {
    /** Runs everything that the log has handed over, at the time of now. */
    protected final ManualTime time = new ManualTime();

    private final List<Long> durable = new ArrayList<>();
    private final List<IOException> failures = new ArrayList<>();
    protected Log log;
    private LogHistory history;
    private int lastSegment;
    private boolean sealing = true;

    /** A log on the same storage each time it is called; the one before has been closed. */
    protected abstract Log openLog() throws IOException;

    @BeforeEach
    void open() throws IOException {
        durable.clear();
        log = openLog();
        history = new LogHistory(log);
        log.recover(
                history,
                new Log.Listener() {
                    @Override
                    public void durable(long position) {
                        durable.add(position);
                    }

                    @Override
                    public void failed(IOException cause) {
                        failures.add(cause);
                    }
                });
        time.run();
    }

    @AfterEach
    void close() {
        log.close();
        time.run();
        assertEquals(List.of(), failures);
    }

    private void reopen() throws IOException {
        log.close();
        time.run();
        open();
    }

    private long append(String... texts) {
        Batch batch = batchFor(LogHistory.sizeBytes(texts[0]));
        long position = batch.positionAt(batch.buffer().position());
        for (String text : texts) {
            LogHistory.write(batch.buffer(), text);
        }
        log.commit(batch);
        history.records.addAll(List.of(texts));
        return position;
    }

    /** Opens a batch, waiting for background work, and sealing what ended. */
    private Batch batchFor(int sizeBytes) {
        int before = lastSegment;
        Batch batch = log.open(sizeBytes, false);
        for (int wait = 0; batch == null && wait < 1000; wait++) {
            time.advanceMs(10);
            batch = log.open(sizeBytes, false);
        }
        assertNotNull(batch);
        lastSegment = batch.segment();
        if (sealing && before != 0 && lastSegment > before) {
            history.seal(before);
        }
        return batch;
    }

    private void fillUntilSegment(int segment) {
        for (int i = 0; lastSegment < segment; i++) {
            append("record " + i + " " + "x".repeat(1000));
            time.run();
        }
    }

    private String read(long position, String expected) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(LogHistory.sizeBytes(expected));
        log.read(position, target.remaining(), target);
        return LogHistory.read(target.flip());
    }

    @Test
    void shouldBeginEmpty() {
        assertEquals(List.of(), history.records);
        assertEquals(0, history.checkpointOf);
        assertEquals(0, log.inFlight());
        assertFalse(log.full());
    }

    @Test
    void shouldReportCommitsDurableInOrder() {
        append("a");
        append("b");
        assertEquals(2, log.inFlight());
        time.run();
        assertEquals(0, log.inFlight());
        assertEquals(durable.stream().sorted().toList(), durable);
        assertEquals(log.durablePosition(), durable.getLast());
    }

    @Test
    void shouldNotReportDurableBeforeTheWriterRan() {
        long position = append("a");
        assertTrue(log.durablePosition() <= position);
        assertThrows(IOException.class, () -> read(position, "a"));
        time.run();
        assertTrue(log.durablePosition() > position);
    }

    @Test
    void shouldReadWhatIsDurable() throws IOException {
        long a = append("a", "b");
        long c = append("c");
        time.run();
        assertEquals("a", read(a, "a"));
        assertEquals("b", read(a + LogHistory.sizeBytes("a"), "b"));
        assertEquals("c", read(c, "c"));
        assertTrue(a < c);
    }

    @Test
    void shouldReadCommittedRecordsFromMemory() {
        long position = append("resident");
        time.run();
        ByteBuffer target = ByteBuffer.allocate(100);
        assertTrue(log.readResident(position, LogHistory.sizeBytes("resident"), target));
        assertEquals("resident", LogHistory.read(target.flip()));
    }

    @Test
    void shouldDropAnEmptyBatch() {
        long before = log.durablePosition();
        Batch batch = log.open(10, false);
        assertNotNull(batch);
        log.commit(batch);
        assertEquals(0, log.inFlight());
        time.run();
        assertEquals(before, log.durablePosition());
    }

    @Test
    void shouldRefuseASecondOpenBatchAndAStrangeCommit() {
        Batch batch = log.open(10, false);
        assertNotNull(batch);
        assertThrows(IllegalStateException.class, () -> log.open(10, false));
        LogHistory.write(batch.buffer(), "once");
        log.commit(batch);
        assertThrows(IllegalArgumentException.class, () -> log.commit(batch));
        assertThrows(IllegalArgumentException.class, () -> log.open(0, false));
        assertThrows(
                IllegalArgumentException.class,
                () -> log.open(log.recordsSizeBytesMax() + 1, false));
    }

    @Test
    void shouldTakeTheLargestBatch() throws IOException {
        String large = "y".repeat(log.recordsSizeBytesMax() - Integer.BYTES);
        append("small");
        long position = append(large);
        time.run();
        assertEquals(large, read(position, large));
        reopen();
        assertEquals(List.of("small", large), history.records);
    }

    @Test
    void shouldReplayWhatWasDurable() throws IOException {
        long a = append("a");
        append("b", "c");
        time.run();
        reopen();
        assertEquals(List.of("a", "b", "c"), history.records);
        assertEquals(a, history.replayed.getFirst().position());
        assertEquals("a", read(a, "a"));
    }

    @Test
    void shouldContinueAfterReplay() throws IOException {
        long a = append("a");
        reopen();
        long b = append("b");
        assertTrue(b > a);
        reopen();
        assertEquals(List.of("a", "b"), history.records);
        assertEquals("b", read(b, "b"));
    }

    @Test
    void shouldNumberSegmentsUpwardsAndReplayFromTheCheckpoint() throws IOException {
        fillUntilSegment(4);
        time.advanceMs(2000);
        List<String> all = List.copyOf(history.records);
        reopen();
        assertEquals(3, history.checkpointOf);
        assertEquals(List.of(), history.ended);
        assertEquals(all, history.records);
        assertTrue(history.replayed.size() < all.size() / 2);
        lastSegment = 4;
        append("more");
        reopen();
        assertEquals(all.size() + 1, history.records.size());
    }

    @Test
    void shouldAskForMissingFooters() throws IOException {
        sealing = false;
        fillUntilSegment(2);
        List<String> all = List.copyOf(history.records);
        reopen();
        assertEquals(List.of(1), history.ended);
        assertEquals(all, history.records);
        reopen();
        assertEquals(1, history.checkpointOf);
        assertEquals(all, history.records);
    }

    @Test
    void shouldServeFootersOfSealedSegments() throws IOException {
        assertNull(log.footer(1));
        fillUntilSegment(3);
        time.advanceMs(2000);
        Footer footer = log.footer(1);
        assertNotNull(footer);
        assertEquals(0, footer.sizeBytes(Footer.Section.QUEUES));
        int size = (int) footer.sizeBytes(Footer.Section.KEYS);
        List<String> first = LogHistory.decode(footer.read(Footer.Section.KEYS, 0, size));
        assertEquals(history.records.subList(0, first.size()), first);
        assertEquals(
                first.get(1),
                LogHistory.read(
                        footer.read(
                                Footer.Section.KEYS,
                                LogHistory.sizeBytes(first.get(0)),
                                LogHistory.sizeBytes(first.get(1)))));
        assertThrows(
                IndexOutOfBoundsException.class, () -> footer.read(Footer.Section.KEYS, 1, size));
    }

    @Test
    void shouldTrimOldSegments() throws IOException {
        long old = append("old");
        fillUntilSegment(4);
        time.advanceMs(2000);
        assertTrue(log.segmentSizeBytes(1) > 0);
        List<String> all = List.copyOf(history.records);
        log.trim(3);
        assertEquals(3, log.firstSegment());
        assertThrows(TrimmedException.class, () -> log.footer(1));
        time.advanceMs(5000);
        assertEquals(0, log.segmentSizeBytes(2));
        assertTrue(log.segmentSizeBytes(3) > 0);
        assertThrows(TrimmedException.class, () -> readFromStorage(old));
        reopen();
        assertEquals(3, log.firstSegment());
        assertEquals(all, history.records);
    }

    @Test
    void shouldRefusePlacesWhereNoRecordCanLie() throws IOException {
        long first = append("first");
        fillUntilSegment(3);
        reopen();
        assertTrue(log.mayHold(first, 4));
        assertFalse(log.mayHold(first, log.recordsSizeBytesMax() + 1));
        long inNoByte = first | 1L << 31; // a position's lower half is a byte in its segment
        long behind = first + log.segmentSizeBytes(1);
        for (long place : List.of(0L, -1L, -first, inNoByte, behind, Long.MAX_VALUE)) {
            assertFalse(log.mayHold(place, 4), "" + place);
            assertThrows(IOException.class, () -> readFromStorage(place), "" + place);
        }
        assertFalse(log.mayHold(first, -1));
        assertThrows(
                IOException.class, () -> log.read(first, 1 << 30, ByteBuffer.allocate(4)), "size");
    }

    private void readFromStorage(long position) throws IOException {
        log.read(position, 4, ByteBuffer.allocate(4));
    }

    @Test
    void shouldMakeCommittedBatchesDurableOnClose() throws IOException {
        append("a");
        append("b");
        log.close();
        time.run();
        assertEquals(0, log.inFlight());
        open();
        assertEquals(List.of("a", "b"), history.records);
    }
}
