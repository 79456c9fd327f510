package io.sluice.engine.shard;

import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.schedule.Transactions.Decision;
import java.nio.ByteBuffer;

/**
 * The bytes of records, big-endian. Every record begins with
 *
 * <pre>
 *   0  size        4   of the record, this field included
 *   4  kind        1
 *   5  key count   1   0 where there are no keys
 *   6  reserved    2
 * </pre>
 *
 * MESSAGE goes on with topic id 4, queue id 4, tag hash 4, key hashes 8 each, and then the stored
 * message ({@link StoredMessage}), whose own fields say offset and store time, and its checksum 4:
 * whoever reads one message from storage does not know its batch, whose checksum covers everything.
 * TIMER has due time 8, position and due time of the timer that it replaces 8 + 8, and then the
 * whole MESSAGE record as it shall be stored when due, but for its place: the position is that at
 * which it lay when the timer was scheduled first, and in place of the queue offset stands the low
 * half of its fingerprint, 0 if a resend is not to be known by it. HALF has the position by which
 * its transaction is known 8 (0 for its own), when producers are asked first 8, how long after the
 * commit the message is due 8, and then the MESSAGE record, but for its place. Those about leases
 * stand in {@link LeaseCodec}, those about order and resets in {@link OrderCodec}, those about lite
 * topics in {@link LiteCodec}. The others list their components in order.
 */
final class RecordCodec {
    private static final byte MESSAGE = 1;
    private static final byte TIMER = 2;
    private static final byte FIRED = 3;
    private static final byte JOINED = 4;
    private static final byte COMMITTED = 5;
    private static final byte QUEUE_EXPIRED = 6;
    private static final byte SEGMENTS_EXPIRED = 7;
    private static final byte TOPIC_FORGOTTEN = 8;
    private static final byte GROUP_FORGOTTEN = 9;
    private static final byte LEASED = 10;
    private static final byte ACKNOWLEDGED = 11;
    private static final byte LEASE_EXTENDED = 12;
    private static final byte LEASES_FORGOTTEN = 13;
    private static final byte DEFERRED = 14;
    private static final byte HALF = 20;
    private static final byte TRANSACTION_CHECKED = 21;
    private static final byte TRANSACTION_DECIDED = 22;
    private static final byte LOCKED = 30;
    private static final byte UNLOCKED = 31;
    private static final byte RESET = 32;
    private static final byte BARRIER = 33;
    private static final byte TIMER_CANCELLED = 40;

    static final int HEAD_SIZE_BYTES = 8;
    private static final int MESSAGE_HEAD_SIZE_BYTES = HEAD_SIZE_BYTES + 12;
    private static final int TIMER_HEAD_SIZE_BYTES = HEAD_SIZE_BYTES + 24;
    private static final int HALF_HEAD_SIZE_BYTES = HEAD_SIZE_BYTES + 24;

    /** What the message of a half record says of its place: so nobody finds it by one. */
    private static final long NO_POSITION = 0;

    /** The size of a FIRED record. */
    static final int FIRED_SIZE_BYTES = HEAD_SIZE_BYTES + 16;

    /** The size of a TRANSACTION_DECIDED record. */
    static final int DECIDED_SIZE_BYTES = HEAD_SIZE_BYTES + 17;

    /** No small record is larger, but for those of many leases or with a client's id. */
    static final int SMALL_SIZE_BYTES_MAX = 40;

    /** No LOCKED record is larger. */
    static final int LOCKED_SIZE_BYTES_MAX = HEAD_SIZE_BYTES + OrderCodec.LOCKED_SIZE_BYTES_MAX;

    private static final long[] NO_KEYS = {};

    private RecordCodec() {}

    /** The size of a LEASED record, and no less than that of an ACKNOWLEDGED one. */
    static int leasedSizeBytes(int offsets) {
        return HEAD_SIZE_BYTES + LeaseCodec.LEASED_SIZE_BYTES + offsets * Long.BYTES;
    }

    /** The size of a DEFERRED record. */
    static int deferredSizeBytes(int offsets) {
        return HEAD_SIZE_BYTES
                + LeaseCodec.DEFERRED_SIZE_BYTES
                + offsets * LeaseCodec.MARKED_SIZE_BYTES;
    }

    /** The size of the MESSAGE record of a stored message of {@code storedSizeBytes}. */
    static int messageSizeBytes(int keyCount, int storedSizeBytes) {
        return MESSAGE_HEAD_SIZE_BYTES
                + keyCount * Long.BYTES
                + storedSizeBytes
                + StoredMessage.CHECKSUM_SIZE_BYTES;
    }

    /** The size of the TIMER record around a MESSAGE record. */
    static int timerSizeBytes(int messageRecordSizeBytes) {
        return TIMER_HEAD_SIZE_BYTES + messageRecordSizeBytes;
    }

    /**
     * Writes a MESSAGE record with its stored message.
     *
     * @param recordPosition the log position of the record
     * @return the record, as {@link #readMessage} would read it back
     */
    static Record.MessageStored writeMessage(
            ByteBuffer out,
            Message message,
            int queueId,
            int storedSizeBytes,
            long queueOffset,
            long recordPosition,
            long storeMs,
            byte[] storeHost) {
        long[] keyHashes = message.keyHashes();
        int head = MESSAGE_HEAD_SIZE_BYTES + keyHashes.length * Long.BYTES;
        out.putInt(messageSizeBytes(keyHashes.length, storedSizeBytes))
                .put(MESSAGE)
                .put((byte) keyHashes.length);
        out.putShort((short) 0).putInt(message.topicId()).putInt(queueId);
        out.putInt(message.tagHash());
        for (long hash : keyHashes) {
            out.putLong(hash);
        }
        int stored = out.position();
        StoredMessage.write(
                out,
                message,
                storedSizeBytes,
                queueId,
                queueOffset,
                recordPosition + head,
                storeMs,
                storeHost);
        out.putInt(StoredMessage.checksum(out, stored));
        return new Record.MessageStored(
                message.topicId(),
                queueId,
                message.tagHash(),
                keyHashes,
                storeMs,
                recordPosition + head,
                storedSizeBytes);
    }

    /**
     * Gives a stored message its place, and the record around it the checksum that goes with it.
     */
    static void place(
            ByteBuffer out, int stored, int queueId, long offset, long position, long storeMs) {
        StoredMessage.place(out, stored, queueId, offset, position, storeMs);
        int end = stored + StoredMessage.sizeBytes(out, stored);
        out.putInt(end, StoredMessage.checksum(out, stored));
    }

    /** Whether these bytes have the form of one TIMER record. */
    static boolean isWholeTimer(ByteBuffer timer) {
        return timer.remaining() >= HEAD_SIZE_BYTES
                && timer.get(4) == TIMER
                && timer.getInt(0) == timer.remaining()
                && isWhole(timer, 0, timer.remaining());
    }

    /** Whether the message in a TIMER record that was read from storage is as it was written. */
    static boolean isIntactTimer(ByteBuffer timer) {
        if (!isWholeTimer(timer)) {
            return false;
        }
        int stored = storedIndex(timer, TIMER_HEAD_SIZE_BYTES);
        int end = timer.limit() - StoredMessage.CHECKSUM_SIZE_BYTES;
        return StoredMessage.isIntact(
                timer,
                stored,
                end - stored,
                StoredMessage.position(timer, stored),
                timer.getInt(end));
    }

    /** Writes the head of a TIMER record; the MESSAGE record follows. */
    static void writeTimerHead(
            ByteBuffer out,
            int messageRecordSizeBytes,
            long dueMs,
            long replaces,
            long replacesDueMs) {
        out.putInt(TIMER_HEAD_SIZE_BYTES + messageRecordSizeBytes).put(TIMER).put((byte) 0);
        out.putShort((short) 0).putLong(dueMs).putLong(replaces).putLong(replacesDueMs);
    }

    /** The MESSAGE record inside of a TIMER record. */
    static ByteBuffer messageOfTimer(ByteBuffer timer) {
        return timer.slice(TIMER_HEAD_SIZE_BYTES, timer.limit() - TIMER_HEAD_SIZE_BYTES);
    }

    /** The size of the HALF record around a MESSAGE record. */
    static int halfSizeBytes(int messageRecordSizeBytes) {
        return HALF_HEAD_SIZE_BYTES + messageRecordSizeBytes;
    }

    /**
     * Writes the head of a HALF record; the MESSAGE record follows, placed by {@link #hide}.
     *
     * @param id the transaction; 0 if it begins with this record
     */
    static void writeHalfHead(
            ByteBuffer out, int messageRecordSizeBytes, long id, long nextMs, long delayMs) {
        out.putInt(halfSizeBytes(messageRecordSizeBytes)).put(HALF).put((byte) 0);
        out.putShort((short) 0).putLong(id).putLong(nextMs).putLong(delayMs);
    }

    /** The MESSAGE record inside of a HALF record. */
    static ByteBuffer messageOfHalf(ByteBuffer half) {
        return half.slice(HALF_HEAD_SIZE_BYTES, half.limit() - HALF_HEAD_SIZE_BYTES);
    }

    /** The stored message inside of a HALF record. */
    static ByteBuffer storedOfHalf(ByteBuffer half) {
        int stored = storedIndex(half, HALF_HEAD_SIZE_BYTES);
        return half.slice(stored, StoredMessage.sizeBytes(half, stored));
    }

    /** Takes the place from the MESSAGE record that begins at {@code at}. */
    static void hide(ByteBuffer out, int at, long storeMs) {
        int queueId = out.getInt(at + HEAD_SIZE_BYTES + 4);
        place(out, storedIndex(out, at), queueId, 0, NO_POSITION, storeMs);
    }

    /** Whether the message in a HALF record that was read from storage is as it was written. */
    static boolean isIntactHalf(ByteBuffer half) {
        if (half.remaining() < HEAD_SIZE_BYTES
                || half.get(4) != HALF
                || half.getInt(0) != half.remaining()
                || !isWhole(half, 0, half.remaining())) {
            return false;
        }
        int stored = storedIndex(half, HALF_HEAD_SIZE_BYTES);
        int end = half.limit() - StoredMessage.CHECKSUM_SIZE_BYTES;
        return StoredMessage.isIntact(half, stored, end - stored, NO_POSITION, half.getInt(end));
    }

    /**
     * The position at which the timer of a TIMER record was scheduled first: its message says where
     * it lay then, however often the timer was moved since.
     */
    static long originOfTimer(ByteBuffer timer) {
        int stored = storedIndex(timer, TIMER_HEAD_SIZE_BYTES);
        return StoredMessage.position(timer, stored) - stored;
    }

    /** Where the stored message begins in a TIMER record that begins at {@code at}. */
    static int storedIndexOfTimer(ByteBuffer in, int at) {
        return storedIndex(in, at + TIMER_HEAD_SIZE_BYTES);
    }

    /** The MESSAGE record inside of a TIMER record that begins at {@code at}. */
    static Record.MessageStored readMessageOfTimer(ByteBuffer in, int at, long position) {
        return readMessage(in, at + TIMER_HEAD_SIZE_BYTES, position + TIMER_HEAD_SIZE_BYTES);
    }

    /** Whether these bytes are the TIMER record that was scheduled at {@code position}. */
    static boolean isTimer(ByteBuffer bytes, long position, long dueMs, int topicId) {
        return isWholeTimer(bytes)
                && bytes.getLong(HEAD_SIZE_BYTES) == dueMs
                && originOfTimer(bytes) == position
                && topicIdOfMessage(messageOfTimer(bytes)) == topicId;
    }

    static int topicIdOfMessage(ByteBuffer record) {
        return record.getInt(HEAD_SIZE_BYTES);
    }

    static int queueIdOfMessage(ByteBuffer record) {
        return record.getInt(HEAD_SIZE_BYTES + 4);
    }

    /** Where the stored message begins in a MESSAGE record that begins at {@code at}. */
    static int storedIndex(ByteBuffer in, int at) {
        return at + MESSAGE_HEAD_SIZE_BYTES + (in.get(at + 5) & 0xFF) * Long.BYTES;
    }

    /** Writes a record other than a message or a timer. */
    static void writeSmall(ByteBuffer out, Record record) {
        int start = out.position();
        out.putInt(0).put(kind(record)).put((byte) 0).putShort((short) 0);
        switch (record) {
            case Record.TimersFired r -> out.putLong(r.dueMs()).putLong(r.position());
            case Record.GroupJoined r ->
                    out.putInt(r.groupId()).putInt(r.topicId()).putInt(r.queues());
            case Record.OffsetCommitted r ->
                    out.putInt(r.groupId())
                            .putInt(r.topicId())
                            .putInt(r.queueId())
                            .putLong(r.offset());
            case Record.QueueExpired r ->
                    out.putInt(r.topicId()).putInt(r.queueId()).putLong(r.offset());
            case Record.SegmentsExpired r -> out.putInt(r.segment());
            case Record.TopicForgotten r -> out.putInt(r.topicId());
            case Record.GroupForgotten r -> out.putInt(r.groupId());
            case Record.Leased r -> LeaseCodec.write(out, r);
            case Record.Acknowledged r -> LeaseCodec.write(out, r);
            case Record.LeaseExtended r -> LeaseCodec.write(out, r);
            case Record.LeasesForgotten r -> LeaseCodec.write(out, r);
            case Record.Deferred r -> LeaseCodec.write(out, r);
            case Record.QueueLocked r -> OrderCodec.write(out, r);
            case Record.QueueUnlocked r -> OrderCodec.write(out, r);
            case Record.OffsetReset r -> OrderCodec.write(out, r);
            case Record.BarrierDrawn r -> OrderCodec.write(out, r);
            case Record.LiteCreated r -> LiteCodec.write(out, r);
            case Record.LiteExpired r -> LiteCodec.write(out, r);
            case Record.TimerCancelled r -> out.putLong(r.dueMs()).putLong(r.position());
            case Record.MessageStored r -> throw new IllegalArgumentException("not small: " + r);
            case Record.TimerScheduled r -> throw new IllegalArgumentException("not small: " + r);
            case Record.HalfStored r -> throw new IllegalArgumentException("not small: " + r);
            case Record.TransactionChecked r ->
                    out.putLong(r.id())
                            .putLong(r.nextMs())
                            .putInt(r.checks())
                            .put((byte) (r.givenUp() ? 1 : 0));
            case Record.TransactionDecided r ->
                    out.putLong(r.id()).putLong(r.atMs()).put(r.decision().code());
        }
        out.putInt(start, out.position() - start);
    }

    private static byte kind(Record record) {
        return switch (record) {
            case Record.MessageStored r -> MESSAGE;
            case Record.TimerScheduled r -> TIMER;
            case Record.TimersFired r -> FIRED;
            case Record.GroupJoined r -> JOINED;
            case Record.OffsetCommitted r -> COMMITTED;
            case Record.QueueExpired r -> QUEUE_EXPIRED;
            case Record.SegmentsExpired r -> SEGMENTS_EXPIRED;
            case Record.TopicForgotten r -> TOPIC_FORGOTTEN;
            case Record.GroupForgotten r -> GROUP_FORGOTTEN;
            case Record.Leased r -> LEASED;
            case Record.Acknowledged r -> ACKNOWLEDGED;
            case Record.LeaseExtended r -> LEASE_EXTENDED;
            case Record.LeasesForgotten r -> LEASES_FORGOTTEN;
            case Record.Deferred r -> DEFERRED;
            case Record.HalfStored r -> HALF;
            case Record.TransactionChecked r -> TRANSACTION_CHECKED;
            case Record.TransactionDecided r -> TRANSACTION_DECIDED;
            case Record.QueueLocked r -> LOCKED;
            case Record.QueueUnlocked r -> UNLOCKED;
            case Record.OffsetReset r -> RESET;
            case Record.BarrierDrawn r -> BARRIER;
            case Record.TimerCancelled r -> TIMER_CANCELLED;
            case Record.LiteCreated r -> LiteCodec.CREATED;
            case Record.LiteExpired r -> LiteCodec.EXPIRED;
        };
    }

    /**
     * Reads the record at the buffer's position and moves past it.
     *
     * @param position the log position of the record
     */
    static Record read(ByteBuffer in, long position) throws CorruptLogException {
        int at = in.position();
        int size = in.remaining() < HEAD_SIZE_BYTES ? -1 : in.getInt(at);
        if (size < HEAD_SIZE_BYTES || size > in.remaining()) {
            throw new CorruptLogException("record of " + size + " bytes at position " + position);
        }
        if (!isWhole(in, at, size) || !leadsBack(in, at, position)) {
            throw new CorruptLogException(
                    "record of kind %d with %d bytes at position %d, whose fields cannot be"
                            .formatted(in.get(at + 4), size, position));
        }
        int body = at + HEAD_SIZE_BYTES;
        in.position(at + size);
        return switch (in.get(at + 4)) {
            case MESSAGE -> readMessage(in, at, position);
            case TIMER ->
                    new Record.TimerScheduled(
                            in.getLong(body),
                            StoredMessage.storeMs(in, storedIndex(in, at + TIMER_HEAD_SIZE_BYTES)),
                            position,
                            size,
                            in.getLong(body + 8),
                            in.getLong(body + 16),
                            keyHashes(in, at + TIMER_HEAD_SIZE_BYTES));
            case FIRED -> new Record.TimersFired(in.getLong(body), in.getLong(body + 8));
            case JOINED ->
                    new Record.GroupJoined(
                            in.getInt(body), in.getInt(body + 4), in.getInt(body + 8));
            case COMMITTED ->
                    new Record.OffsetCommitted(
                            in.getInt(body),
                            in.getInt(body + 4),
                            in.getInt(body + 8),
                            in.getLong(body + 12));
            case QUEUE_EXPIRED ->
                    new Record.QueueExpired(
                            in.getInt(body), in.getInt(body + 4), in.getLong(body + 8));
            case SEGMENTS_EXPIRED -> new Record.SegmentsExpired(in.getInt(body));
            case TOPIC_FORGOTTEN -> new Record.TopicForgotten(in.getInt(body));
            case GROUP_FORGOTTEN -> new Record.GroupForgotten(in.getInt(body));
            case LEASED -> LeaseCodec.leased(in, body, at + size);
            case ACKNOWLEDGED -> LeaseCodec.acknowledged(in, body, at + size);
            case LEASE_EXTENDED -> LeaseCodec.extended(in, body);
            case LEASES_FORGOTTEN -> LeaseCodec.forgotten(in, body);
            case DEFERRED -> LeaseCodec.deferred(in, body, at + size);
            case HALF -> readHalf(in, at, position);
            case TRANSACTION_CHECKED ->
                    new Record.TransactionChecked(
                            in.getLong(body),
                            in.getLong(body + 8),
                            in.getInt(body + 16),
                            in.get(body + 20) != 0);
            case TRANSACTION_DECIDED ->
                    new Record.TransactionDecided(
                            in.getLong(body), Decision.of(in.get(body + 16)), in.getLong(body + 8));
            case LOCKED -> OrderCodec.locked(in, body);
            case UNLOCKED -> OrderCodec.unlocked(in, body);
            case RESET -> OrderCodec.reset(in, body);
            case BARRIER -> OrderCodec.barrier(in, body);
            case LiteCodec.CREATED -> LiteCodec.created(in, body);
            case LiteCodec.EXPIRED -> LiteCodec.expired(in, body);
            case TIMER_CANCELLED ->
                    new Record.TimerCancelled(in.getLong(body), in.getLong(body + 8));
            default ->
                    throw new CorruptLogException(
                            "record of unknown kind %d at position %d; it may be of a newer version"
                                    .formatted(in.get(at + 4), position));
        };
    }

    /**
     * Whether a record of {@code sizeBytes} has all its fields, and they may be; true for an
     * unknown kind.
     */
    private static boolean isWhole(ByteBuffer in, int at, int sizeBytes) {
        return switch (in.get(at + 4)) {
            case MESSAGE -> isWholeMessage(in, at, sizeBytes);
            case TIMER ->
                    sizeBytes >= TIMER_HEAD_SIZE_BYTES + MESSAGE_HEAD_SIZE_BYTES
                            && isWholeMessage(
                                    in,
                                    at + TIMER_HEAD_SIZE_BYTES,
                                    sizeBytes - TIMER_HEAD_SIZE_BYTES);
            case FIRED, QUEUE_EXPIRED, TIMER_CANCELLED -> sizeBytes >= HEAD_SIZE_BYTES + 16;
            case JOINED -> sizeBytes >= HEAD_SIZE_BYTES + 12;
            case COMMITTED -> isOfQueue(in, at, sizeBytes, 20);
            case SEGMENTS_EXPIRED, TOPIC_FORGOTTEN, GROUP_FORGOTTEN ->
                    sizeBytes >= HEAD_SIZE_BYTES + 4;
            case LEASED -> isWholeLease(in, at, sizeBytes, LeaseCodec.LEASED_SIZE_BYTES);
            case ACKNOWLEDGED ->
                    isWholeLease(in, at, sizeBytes, LeaseCodec.ACKNOWLEDGED_SIZE_BYTES);
            case LEASE_EXTENDED -> isWholeLease(in, at, sizeBytes, LeaseCodec.EXTENDED_SIZE_BYTES);
            case LEASES_FORGOTTEN ->
                    isWholeLease(in, at, sizeBytes, LeaseCodec.FORGOTTEN_SIZE_BYTES);
            case DEFERRED ->
                    LeaseCodec.isWholeDeferred(
                            in, at + HEAD_SIZE_BYTES, sizeBytes - HEAD_SIZE_BYTES);
            case HALF -> isWholeHalf(in, at, sizeBytes);
            case TRANSACTION_CHECKED -> sizeBytes >= HEAD_SIZE_BYTES + 21;
            case TRANSACTION_DECIDED ->
                    sizeBytes >= DECIDED_SIZE_BYTES
                            && isDecision(in.get(at + HEAD_SIZE_BYTES + 16));
            case LOCKED ->
                    OrderCodec.isWholeLocked(in, at + HEAD_SIZE_BYTES, sizeBytes - HEAD_SIZE_BYTES);
            case UNLOCKED -> isOfQueue(in, at, sizeBytes, OrderCodec.UNLOCKED_SIZE_BYTES);
            case RESET ->
                    isOfQueue(in, at, sizeBytes, OrderCodec.RESET_SIZE_BYTES)
                            && in.getLong(at + HEAD_SIZE_BYTES + 12) >= 0;
            case BARRIER -> sizeBytes >= HEAD_SIZE_BYTES + OrderCodec.BARRIER_SIZE_BYTES;
            case LiteCodec.CREATED -> LiteCodec.isWholeCreated(in, at, sizeBytes);
            case LiteCodec.EXPIRED -> LiteCodec.isWholeExpired(in, at, sizeBytes);
            default -> true;
        };
    }

    /** Whether the place that a record names, if it does, lies before its own; 0 names none. */
    private static boolean leadsBack(ByteBuffer in, int at, long position) {
        int body = at + HEAD_SIZE_BYTES;
        long place =
                switch (in.get(at + 4)) {
                    case TIMER, FIRED, TIMER_CANCELLED -> in.getLong(body + 8);
                    case HALF -> in.getLong(body);
                    default -> 0;
                };
        return place == 0 || (place > 0 && place < position);
    }

    private static boolean isWholeLease(ByteBuffer in, int at, int sizeBytes, int fixedSizeBytes) {
        int body = sizeBytes - HEAD_SIZE_BYTES;
        return LeaseCodec.isWhole(in, at + HEAD_SIZE_BYTES, body, fixedSizeBytes);
    }

    /** Whether all fields are there, and the third, a queue, may be. */
    private static boolean isOfQueue(ByteBuffer in, int at, int sizeBytes, int fieldsSizeBytes) {
        return sizeBytes >= HEAD_SIZE_BYTES + fieldsSizeBytes
                && isQueue(in.getInt(at + HEAD_SIZE_BYTES + 8));
    }

    /** Queues are kept in arrays by their number. */
    static boolean isQueue(int queueId) {
        return queueId >= 0 && queueId < TopicSettings.QUEUE_IDS_MAX;
    }

    private static boolean isWholeMessage(ByteBuffer in, int at, int sizeBytes) {
        if (sizeBytes < MESSAGE_HEAD_SIZE_BYTES) {
            return false;
        }
        int stored = sizeBytes - (storedIndex(in, at) - at) - StoredMessage.CHECKSUM_SIZE_BYTES;
        return stored >= StoredMessage.SIZE_BYTES_MIN
                && in.getInt(at) == sizeBytes
                && in.get(at + 4) == MESSAGE
                && isQueue(in.getInt(at + HEAD_SIZE_BYTES + 4))
                && StoredMessage.sizeBytes(in, storedIndex(in, at)) == stored;
    }

    private static boolean isDecision(byte code) {
        return code >= Decision.COMMITTED.code() && code <= Decision.EXPIRED.code();
    }

    /** Its properties are read, so all sizes in it have to be right. */
    private static boolean isWholeHalf(ByteBuffer in, int at, int sizeBytes) {
        int message = at + HALF_HEAD_SIZE_BYTES;
        if (sizeBytes < HALF_HEAD_SIZE_BYTES + MESSAGE_HEAD_SIZE_BYTES
                || !isWholeMessage(in, message, sizeBytes - HALF_HEAD_SIZE_BYTES)) {
            return false;
        }
        int stored = storedIndex(in, message);
        return StoredMessage.isWhole(in, stored, StoredMessage.sizeBytes(in, stored), NO_POSITION);
    }

    /** Reads the HALF record that begins at {@code at}, whatever the buffer's position. */
    static Record.HalfStored readHalf(ByteBuffer in, int at, long position) {
        int message = at + HALF_HEAD_SIZE_BYTES;
        int stored = storedIndex(in, message);
        long id = in.getLong(at + HEAD_SIZE_BYTES);
        String group =
                Properties.text(StoredMessage.properties(in, stored), Properties.PRODUCER_GROUP);
        return new Record.HalfStored(
                id == 0 ? position : id,
                position,
                in.getInt(at),
                in.getInt(message + HEAD_SIZE_BYTES),
                in.getInt(message + HEAD_SIZE_BYTES + 4),
                group == null ? "" : group,
                StoredMessage.storeMs(in, stored),
                in.getLong(at + HEAD_SIZE_BYTES + 16),
                in.getLong(at + HEAD_SIZE_BYTES + 8),
                keyHashes(in, message));
    }

    /** Reads the MESSAGE record that begins at {@code at}, whatever the buffer's position. */
    static Record.MessageStored readMessage(ByteBuffer in, int at, long position) {
        int body = at + HEAD_SIZE_BYTES;
        int stored = storedIndex(in, at);
        return new Record.MessageStored(
                in.getInt(body),
                in.getInt(body + 4),
                in.getInt(body + 8),
                keyHashes(in, at),
                StoredMessage.storeMs(in, stored),
                position + (stored - at),
                StoredMessage.sizeBytes(in, stored));
    }

    /** The key hashes in the MESSAGE record that begins at {@code at}. */
    static long[] keyHashes(ByteBuffer in, int at) {
        int keyCount = in.get(at + 5) & 0xFF;
        long[] keys = keyCount == 0 ? NO_KEYS : new long[keyCount];
        for (int i = 0; i < keyCount; i++) {
            keys[i] = in.getLong(at + MESSAGE_HEAD_SIZE_BYTES + i * Long.BYTES);
        }
        return keys;
    }

    /** The due time of a TIMER record. */
    static long dueMsOfTimer(ByteBuffer in) {
        return in.getLong(HEAD_SIZE_BYTES);
    }

    /** Whether a TIMER record of plausible size may begin with these bytes. */
    static boolean mayBeTimer(ByteBuffer head, int sizeBytesMax) {
        return mayBe(TIMER, TIMER_HEAD_SIZE_BYTES, head, sizeBytesMax);
    }

    /** Whether a HALF record of plausible size may begin with these bytes. */
    static boolean mayBeHalf(ByteBuffer head, int sizeBytesMax) {
        return mayBe(HALF, HALF_HEAD_SIZE_BYTES, head, sizeBytesMax);
    }

    private static boolean mayBe(byte kind, int kindHeadSizeBytes, ByteBuffer head, int sizeMax) {
        int size = head.getInt(0);
        return head.get(4) == kind
                && size >= kindHeadSizeBytes + MESSAGE_HEAD_SIZE_BYTES
                && size <= sizeMax;
    }
}
