package io.sluice.engine.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a batch. They bind it to its shard, to its place and to the batch before it,
 * so that neither what an earlier crash left nor what a recycled file still holds can pass for a
 * batch of this log. Big-endian:
 *
 * <pre>
 *   0        4        8        12       16               24               32
 *  +--------+--------+--------+--------+----------------+----------------+
 *  | magic  | CRC32C | length | shard  |     epoch      |    sequence    |
 *  +--------+--------+--------+--------+----------------+----------------+
 *  |  base position  |  durable up to  |    time (ms)   |previous| kind + |
 *  |                 |                 |                | CRC32C | size   |
 *  +-----------------+-----------------+----------------+--------+--------+
 *   32                40                48               56       60      64
 *  | records ... up to length | zeroes up to the directory's alignment     |
 * </pre>
 *
 * <ul>
 *   <li>CRC32C covers the bytes from 8 to length.
 *   <li>length: header and records, without the padding.
 *   <li>epoch: one more for each recovery. sequence: one more for each batch of the log.
 *   <li>base position: where byte 0 of this header lies.
 *   <li>durable up to: what was on stable storage when the write of this batch began. Batches
 *       written by one write carry the same value, at most the base of the first.
 *   <li>previous CRC32C: that of the batch before; 0 for the first of a log.
 *   <li>kind: the top 2 bits; size: the segment file's size in the lower 30 bits, in units of 1
 *       byte minus 1, so that a file that was cut short is noticed.
 * </ul>
 */
record BatchHeader(
        int checksum,
        int length,
        int shard,
        long epoch,
        long sequence,
        long base,
        long durableUpTo,
        long timeMs,
        int previousChecksum,
        Kind kind,
        int segmentSizeBytes) {

    /** What a batch is for. */
    enum Kind {
        /** Carries records. */
        RECORDS(0),
        /** Begins an epoch: the first that a recovery writes; no records. */
        EPOCH(1),
        /** Says that everything before it is durable, when no further batch does; no records. */
        MARK(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static @Nullable Kind of(int code) {
            return switch (code) {
                case 0 -> RECORDS;
                case 1 -> EPOCH;
                case 2 -> MARK;
                default -> null;
            };
        }
    }

    static final int SIZE_BYTES = 64;
    static final int MAGIC = 0x534C4231;

    private static final int CHECKSUM_AT = 4;
    private static final int COVERED_FROM = 8;
    private static final int LENGTH_AT = 8;
    private static final int SHARD_AT = 12;
    private static final int EPOCH_AT = 16;
    private static final int SEQUENCE_AT = 24;
    private static final int BASE_AT = 32;
    private static final int DURABLE_UP_TO_AT = 40;
    private static final int TIME_AT = 48;
    private static final int PREVIOUS_AT = 56;
    private static final int KIND_AND_SIZE_AT = 60;

    private static final int KIND_SHIFT = 30;
    private static final int SIZE_MASK = (1 << KIND_SHIFT) - 1;

    /** Writes what the shard knows when it commits. */
    static void begin(ByteBuffer to, int at, LocalBatch batch, int shard, long timeMs) {
        to.putInt(at, MAGIC);
        to.putInt(at + LENGTH_AT, batch.length());
        to.putInt(at + SHARD_AT, shard);
        to.putLong(at + EPOCH_AT, batch.epoch());
        to.putLong(at + SEQUENCE_AT, batch.sequence());
        to.putLong(at + BASE_AT, batch.base());
        to.putLong(at + TIME_AT, timeMs);
        int size = batch.file().sizeBytes() - 1;
        to.putInt(at + KIND_AND_SIZE_AT, batch.kind().code << KIND_SHIFT | size);
    }

    /**
     * Writes what the writer knows when it writes.
     *
     * @param view the same memory as {@code to}; its position and limit are changed
     * @return the batch's checksum
     */
    static int finish(
            ByteBuffer to,
            int at,
            int length,
            long durableUpTo,
            int previousChecksum,
            ByteBuffer view,
            CRC32C crc) {
        to.putLong(at + DURABLE_UP_TO_AT, durableUpTo);
        to.putInt(at + PREVIOUS_AT, previousChecksum);
        int checksum = checksum(view, at, length, crc);
        to.putInt(at + CHECKSUM_AT, checksum);
        return checksum;
    }

    /**
     * The length of what claims to be a batch with base {@code base}, before anything is verified.
     *
     * @param from holds at least {@link #SIZE_BYTES} at {@code at}
     * @return 0 if it does not claim to be one
     */
    static int claimedLength(ByteBuffer from, int at, long base) {
        if (from.getInt(at) != MAGIC || from.getLong(at + BASE_AT) != base) {
            return 0;
        }
        return Math.max(0, from.getInt(at + LENGTH_AT));
    }

    /** The verified header of the batch of {@code length} bytes at {@code at}; null if damaged. */
    static @Nullable BatchHeader verified(
            ByteBuffer from, int at, int length, ByteBuffer view, CRC32C crc) {
        int checksum = from.getInt(at + CHECKSUM_AT);
        if (length < SIZE_BYTES || checksum(view, at, length, crc) != checksum) {
            return null;
        }
        int kindAndSize = from.getInt(at + KIND_AND_SIZE_AT);
        Kind kind = Kind.of(kindAndSize >>> KIND_SHIFT);
        if (kind == null) {
            return null;
        }
        return new BatchHeader(
                checksum,
                length,
                from.getInt(at + SHARD_AT),
                from.getLong(at + EPOCH_AT),
                from.getLong(at + SEQUENCE_AT),
                from.getLong(at + BASE_AT),
                from.getLong(at + DURABLE_UP_TO_AT),
                from.getLong(at + TIME_AT),
                from.getInt(at + PREVIOUS_AT),
                kind,
                (kindAndSize & SIZE_MASK) + 1);
    }

    private static int checksum(ByteBuffer view, int at, int length, CRC32C crc) {
        view.limit(at + length).position(at + COVERED_FROM);
        crc.reset();
        crc.update(view);
        return (int) crc.getValue();
    }
}
