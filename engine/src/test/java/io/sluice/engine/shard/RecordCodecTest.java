package io.sluice.engine.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.schedule.Transactions.Decision;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every record comes back as it was, and other bytes are told apart instead of being believed. */
final class RecordCodecTest {
    /** Behind all places that records here name. */
    private static final long POSITION = 1L << 41;

    private static final byte[] HOST = {10, 0, 0, 1, 0, 0, 42, -97};

    private static Message message() {
        return new Message(
                7,
                "orders".getBytes(UTF_8),
                0,
                0,
                1,
                HOST,
                0,
                0,
                ByteBuffer.wrap("body".getBytes(UTF_8)),
                "TAGS\1a\2UNIQ_KEY\1u\2KEYS\1k1 k2\2PGROUP\1payers\2".getBytes(UTF_8));
    }

    private static int messageSizeBytes() {
        int stored = StoredMessage.sizeBytes(message(), HOST.length);
        return RecordCodec.messageSizeBytes(message().keyHashes().length, stored);
    }

    private static Record.MessageStored writeMessage(ByteBuffer out, long position) {
        int stored = StoredMessage.sizeBytes(message(), HOST.length);
        return RecordCodec.writeMessage(out, message(), 3, stored, 12, position, 55, HOST);
    }

    @Test
    void shouldApplyLiveWhatRecoveryReadsBack() {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        Record.MessageStored live = writeMessage(bytes, 1000);
        Record.MessageStored read = RecordCodec.readMessage(bytes, 0, 1000);
        assertArrayEquals(live.keyHashes(), read.keyHashes());
        assertEquals(
                live,
                new Record.MessageStored(
                        read.topicId(),
                        read.queueId(),
                        read.tagHash(),
                        live.keyHashes(),
                        read.storeMs(),
                        read.position(),
                        read.sizeBytes()));
    }

    @Test
    void shouldReadEverySmallRecordAsItWasWritten() throws CorruptLogException {
        List<Record> records =
                List.of(
                        new Record.TimersFired(Long.MAX_VALUE, 1L << 40),
                        new Record.GroupJoined(1, 2, 3),
                        new Record.OffsetCommitted(4, 5, 6, Long.MAX_VALUE),
                        new Record.QueueExpired(7, 8, 9),
                        new Record.SegmentsExpired(10),
                        new Record.TopicForgotten(11),
                        new Record.GroupForgotten(12),
                        new Record.QueueUnlocked(1, 2, 3),
                        new Record.OffsetReset(1, 2, 3, 4, 5),
                        new Record.BarrierDrawn(5),
                        new Record.TransactionChecked(13, 14, 15, true),
                        new Record.TransactionChecked(1L << 40, 0, 0, false),
                        new Record.TransactionDecided(16, Decision.COMMITTED, 17),
                        new Record.TransactionDecided(18, Decision.ROLLED_BACK, 19),
                        new Record.TransactionDecided(20, Decision.EXPIRED, 21));
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        for (Record record : records) {
            int before = bytes.position();
            RecordCodec.writeSmall(bytes, record);
            assertTrue(bytes.position() - before <= RecordCodec.SMALL_SIZE_BYTES_MAX);
        }
        bytes.flip();
        for (Record record : records) {
            assertEquals(record, RecordCodec.read(bytes, POSITION + bytes.position()));
        }
        assertEquals(0, bytes.remaining());
    }

    @Test
    void shouldReadEveryRecordOfLeasesAsItWasWritten() throws CorruptLogException {
        List<Record> records =
                List.of(
                        new Record.Leased(1, 2, 3, 4, Long.MAX_VALUE, 6, new long[] {7, 1L << 40}),
                        new Record.Leased(1, 2, 3, 4, 5, 6, new long[0]),
                        new Record.Acknowledged(1, 2, 3, new long[] {4, 5, 6}),
                        new Record.LeaseExtended(1, 2, 3, 4, 5),
                        new Record.LeasesForgotten(1, 2, 3),
                        new Record.Deferred(
                                1, 2, 3, 4, new long[] {5, 1L << 40}, new long[] {9, -1}),
                        new Record.Deferred(1, 2, 3, 4, new long[0], new long[0]));
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        for (Record record : records) {
            int before = bytes.position();
            RecordCodec.writeSmall(bytes, record);
            int size = bytes.position() - before;
            assertTrue(size <= RecordCodec.leasedSizeBytes(3));
            if (record instanceof Record.Leased leased) {
                assertEquals(RecordCodec.leasedSizeBytes(leased.offsets().length), size);
            } else if (record instanceof Record.Deferred deferred) {
                assertEquals(RecordCodec.deferredSizeBytes(deferred.offsets().length), size);
            } else if (!(record instanceof Record.Acknowledged)) {
                assertTrue(size <= RecordCodec.SMALL_SIZE_BYTES_MAX);
            }
        }
        bytes.flip();
        for (Record record : records) {
            Record read = RecordCodec.read(bytes, bytes.position());
            ByteBuffer again = ByteBuffer.allocate(256);
            RecordCodec.writeSmall(again, read);
            ByteBuffer first = ByteBuffer.allocate(256);
            RecordCodec.writeSmall(first, record);
            assertEquals(first.flip(), again.flip());
        }
        assertEquals(0, bytes.remaining());
    }

    @Test
    void shouldReadAMessageAndATimerAroundIt() throws CorruptLogException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        var _ = writeMessage(bytes, 1000);
        assertEquals(messageSizeBytes(), bytes.position());
        int timerAt = bytes.position();
        RecordCodec.writeTimerHead(bytes, messageSizeBytes(), 77, 88, 99);
        var _ = writeMessage(bytes, 5000);
        assertEquals(RecordCodec.timerSizeBytes(messageSizeBytes()), bytes.position() - timerAt);
        bytes.flip();
        Record.MessageStored stored =
                assertInstanceOf(Record.MessageStored.class, RecordCodec.read(bytes, 1000));
        assertEquals(7, stored.topicId());
        assertEquals(3, stored.queueId());
        assertEquals("a".hashCode(), stored.tagHash());
        assertArrayEquals(message().keyHashes(), stored.keyHashes());
        assertEquals(55, stored.storeMs());
        assertEquals(1000 + RecordCodec.storedIndex(bytes, 0), stored.position());
        assertTrue(
                StoredMessage.isWhole(
                        bytes,
                        RecordCodec.storedIndex(bytes, 0),
                        stored.sizeBytes(),
                        stored.position()));
        ByteBuffer timer = bytes.slice();
        Record.TimerScheduled scheduled =
                assertInstanceOf(Record.TimerScheduled.class, RecordCodec.read(bytes, 5000));
        assertEquals(77, scheduled.dueMs());
        assertEquals(55, scheduled.storeMs());
        assertEquals(5000, scheduled.position());
        assertEquals(timer.remaining(), scheduled.sizeBytes());
        assertEquals(88, scheduled.replaces());
        assertEquals(99, scheduled.replacesDueMs());
        assertArrayEquals(message().keyHashes(), scheduled.keyHashes());
        ByteBuffer inside = RecordCodec.messageOfTimer(timer);
        assertEquals(7, RecordCodec.topicIdOfMessage(inside));
        assertEquals(3, RecordCodec.queueIdOfMessage(inside));
    }

    private static void writeHalf(ByteBuffer out, long id) {
        RecordCodec.writeHalfHead(out, messageSizeBytes(), id, 77, 88);
        int inner = out.position();
        var _ = writeMessage(out, 0);
        RecordCodec.hide(out, inner, 66);
    }

    @Test
    void shouldReadAHalfMessageWithoutAPlace() throws CorruptLogException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        writeHalf(bytes, 0);
        int size = bytes.position();
        writeHalf(bytes, 1000);
        bytes.flip();
        assertEquals(RecordCodec.halfSizeBytes(messageSizeBytes()), size);
        assertTrue(RecordCodec.isIntactHalf(bytes.slice(0, size)));
        ByteBuffer stored = RecordCodec.storedOfHalf(bytes.slice(0, size));
        assertEquals(0, StoredMessage.position(stored, 0));
        assertEquals(0, StoredMessage.queueOffset(stored, 0));
        Record.HalfStored half =
                assertInstanceOf(Record.HalfStored.class, RecordCodec.read(bytes, 1000));
        assertArrayEquals(message().keyHashes(), half.keyHashes());
        assertEquals(
                new Record.HalfStored(
                        1000, 1000, size, 7, 3, "payers", 66, 88, 77, half.keyHashes()),
                half);
        Record.HalfStored moved =
                assertInstanceOf(Record.HalfStored.class, RecordCodec.read(bytes, 5000));
        assertTrue(moved.isMoved());
        assertEquals(1000, moved.id());
        int message = size - messageSizeBytes();
        for (int at = RecordCodec.storedIndex(bytes, message); at < size; at++) {
            ByteBuffer damaged = ByteBuffer.allocate(size).put(bytes.slice(0, size)).flip();
            damaged.put(at, (byte) (damaged.get(at) ^ 1));
            assertFalse(RecordCodec.isIntactHalf(damaged), "byte " + at);
        }
    }

    @Test
    void shouldCallDamagedRecordsDamaged() {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        writeHalf(bytes, 5);
        RecordCodec.writeSmall(bytes, new Record.TransactionDecided(4, Decision.COMMITTED, 5));
        RecordCodec.writeSmall(bytes, new Record.TransactionChecked(4, 5, 6, true));
        RecordCodec.writeTimerHead(bytes, messageSizeBytes(), 77, 88, 99);
        var _ = writeMessage(bytes, 0);
        RecordCodec.writeSmall(bytes, new Record.OffsetCommitted(4, 5, 6, 7));
        var _ = writeMessage(bytes, 0);
        RecordCodec.writeSmall(bytes, new Record.GroupJoined(1, 2, 3));
        RecordCodec.writeSmall(bytes, new Record.Leased(1, 2, 3, 4, 5, 6, new long[] {7, 8}));
        RecordCodec.writeSmall(bytes, new Record.LeaseExtended(1, 2, 3, 4, 5));
        RecordCodec.writeSmall(
                bytes, new Record.Deferred(1, 2, 3, 4, new long[] {5}, new long[] {-6}));
        byte[] good = new byte[bytes.position()];
        bytes.get(0, good);
        Random random = new Random(4);
        for (int round = 0; round < 100_000; round++) {
            byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            readAll(ByteBuffer.wrap(bad));
        }
    }

    /** Nothing but {@link CorruptLogException} comes out of it. */
    private static void readAll(ByteBuffer in) {
        try {
            while (in.hasRemaining()) {
                RecordCodec.read(in, POSITION + in.position());
            }
        } catch (CorruptLogException expected) {
            assertTrue(expected.toString().contains("position"));
        }
    }

    @Test
    void shouldCallAMarkThatCannotBeDamaged() {
        ByteBuffer bytes = ByteBuffer.allocate(256);
        RecordCodec.writeSmall(
                bytes, new Record.Deferred(1, 2, 3, 4, new long[] {5}, new long[] {10}));
        bytes.flip();
        assertThrows(CorruptLogException.class, () -> RecordCodec.read(bytes, 0));
    }

    @Test
    void shouldRefuseARecordThatNamesAPlaceAfterItsOwn() throws CorruptLogException {
        for (long place : new long[] {-1, 5000, 5001, Long.MAX_VALUE}) {
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            RecordCodec.writeSmall(bytes, new Record.TimersFired(1, place));
            refuse(bytes);
            RecordCodec.writeSmall(bytes, new Record.TimerCancelled(1, place));
            refuse(bytes);
            RecordCodec.writeTimerHead(bytes, messageSizeBytes(), 77, place, 99);
            var _ = writeMessage(bytes, 0);
            refuse(bytes);
            writeHalf(bytes, place);
            refuse(bytes);
        }
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        RecordCodec.writeSmall(bytes, new Record.TimersFired(1, 4999));
        assertEquals(new Record.TimersFired(1, 4999), RecordCodec.read(bytes.flip(), 5000));
    }

    @Test
    void shouldRefuseOffsetsBelowZero() {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        RecordCodec.writeSmall(bytes, new Record.OffsetReset(1, 2, 3, -1, 5));
        refuse(bytes);
        RecordCodec.writeSmall(bytes, new Record.Acknowledged(1, 2, 3, new long[] {4, -1}));
        refuse(bytes);
    }

    private static void refuse(ByteBuffer record) {
        record.flip();
        assertThrows(CorruptLogException.class, () -> RecordCodec.read(record, 5000));
        record.clear();
    }

    @Test
    void shouldNameTheKindThatANewerVersionWrote() {
        ByteBuffer bytes = ByteBuffer.allocate(8).putInt(8).put((byte) 77).clear();
        CorruptLogException e =
                assertThrows(CorruptLogException.class, () -> RecordCodec.read(bytes, 5));
        assertTrue(e.toString().contains("77"), e.toString());
    }

    @Test
    void shouldReadBackWhoHoldsALock() throws Exception {
        for (String clientId : List.of("a", "10.0.0.1@é", "x".repeat(255))) {
            ByteBuffer bytes = ByteBuffer.allocate(RecordCodec.LOCKED_SIZE_BYTES_MAX);
            Record locked = new Record.QueueLocked(1, 2, 3, clientId);
            RecordCodec.writeSmall(bytes, locked);
            assertEquals(locked, RecordCodec.read(bytes.flip(), 0));
            bytes.rewind().putShort(8 + 12, (short) 300);
            assertThrows(CorruptLogException.class, () -> RecordCodec.read(bytes, 0));
        }
    }
}
