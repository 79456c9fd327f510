package io.sluice.engine.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a footer file. The sections and the checkpoint follow as one stream of bytes,
 * cut into blocks that each carry their own checksum, so that a few bytes can be read and verified
 * without the rest. Big-endian:
 *
 * <pre>
 *   0        4        8        12       16               24               32
 *  +--------+--------+--------+--------+----------------+----------------+
 *  | magic  | CRC32C | shard  |segment |  end position  |  last epoch    |
 *  +--------+--------+--------+--------+----------------+----------------+
 *  | last sequence   | last   | block  | sizes of QUEUES, ENTRIES, KEYS,  |
 *  |                 | CRC32C | size   | TIMERS, checkpoint: 8 bytes each |
 *  +-----------------+--------+--------+----------------------------------+
 *   32                40       44       48                                88
 *  | block 0: 65,532 bytes | CRC32C | block 1 ... | last block: shorter   |
 * </pre>
 *
 * <p>A block's CRC32C covers the segment number, the block's number and its bytes.
 */
record FooterHeader(int shard, ChainEnd end, List<Long> sizes) {
    static final int SIZE_BYTES = 88;
    static final int BLOCK_BYTES = 1 << 16;
    static final int PAYLOAD_BYTES = BLOCK_BYTES - Integer.BYTES;

    /** The index in {@link #sizes} after those of the sections. */
    static final int CHECKPOINT = 4;

    /** More than a segment's index can ever take; so sums and blocks can be counted. */
    private static final long PART_BYTES_MAX = 1L << 40;

    private static final int PARTS = CHECKPOINT + 1;
    private static final int MAGIC = 0x534C4631;
    private static final int COVERED_FROM = 8;

    FooterHeader {
        if (sizes.size() != PARTS) {
            throw new IllegalArgumentException("a footer has " + PARTS + " parts");
        }
        sizes = List.copyOf(sizes);
    }

    /** The index in {@link #sizes} of {@code section}. */
    static int part(Footer.Section section) {
        return switch (section) {
            case QUEUES -> 0;
            case ENTRIES -> 1;
            case KEYS -> 2;
            case TIMERS -> 3;
        };
    }

    int segment() {
        return end.segment();
    }

    /** Where {@code part} begins in the stream. */
    long startOf(int part) {
        long start = 0;
        for (int i = 0; i < part; i++) {
            start += sizes.get(i);
        }
        return start;
    }

    long streamBytes() {
        return startOf(PARTS);
    }

    ByteBuffer encode() {
        ByteBuffer to = ByteBuffer.allocate(SIZE_BYTES);
        to.putInt(MAGIC).putInt(0).putInt(shard).putInt(segment());
        to.putLong(end.position()).putLong(end.epoch()).putLong(end.sequence());
        to.putInt(end.checksum()).putInt(BLOCK_BYTES);
        sizes.forEach(to::putLong);
        to.putInt(4, checksum(to));
        return to.flip();
    }

    /** The header in {@code from}; null if it is damaged. */
    static @Nullable FooterHeader decode(ByteBuffer from) {
        if (from.getInt(0) != MAGIC || from.getInt(4) != checksum(from)) {
            return null;
        }
        int shard = from.getInt(8);
        int segment = from.getInt(12);
        ChainEnd end =
                new ChainEnd(from.getLong(16), from.getLong(24), from.getLong(32), from.getInt(40));
        if (end.segment() != segment
                || Position.offset(end.position()) < 0
                || from.getInt(44) != BLOCK_BYTES) {
            return null;
        }
        Long[] sizes = new Long[PARTS];
        for (int i = 0; i < PARTS; i++) {
            sizes[i] = from.getLong(48 + Long.BYTES * i);
            if (sizes[i] < 0 || sizes[i] > PART_BYTES_MAX) {
                return null;
            }
        }
        return new FooterHeader(shard, end, List.of(sizes));
    }

    /** The checksum of a block's bytes, those remaining in {@code payload}, which is left as is. */
    static int blockChecksum(int segment, int block, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(8).putInt(segment).putInt(block).flip());
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(COVERED_FROM, SIZE_BYTES - COVERED_FROM));
        return (int) crc.getValue();
    }
}
