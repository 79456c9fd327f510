package io.sluice.faults;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * The body of every message: it says what it is, and everything else in it follows from that.
 *
 * <pre>
 *   0  magic        4
 *   4  template     4   which frame it was sent in, see {@link Template}
 *   8  id           8   sender and sequence, see {@link #id}
 *  16  queue        4   index of the queue it was sent to
 *  20  delay        4   ms; 0 if it is not delayed
 *  24  earliest     8   ms; the sender's idea of the server's clock when it was framed
 *  32  filler           a slice of a fixed pool of noise that the id chooses
 *   …  checksum     4   CRC32C of all before it
 * </pre>
 */
final class Payload {
    static final int SIZE_BYTES_MIN = 36;
    static final int SIZE_BYTES_MAX = 4 * 1024;

    private static final int MAGIC = 0x51_1C_E0_0D;
    private static final int SEQUENCE_BITS = 40;
    private static final int POOL_BYTES = 64 * 1024;
    private static final ByteBuffer POOL = pool();

    private Payload() {}

    private static ByteBuffer pool() {
        byte[] noise = new byte[POOL_BYTES + SIZE_BYTES_MAX];
        new Random(POOL_BYTES).nextBytes(noise);
        return ByteBuffer.allocateDirect(noise.length).put(noise).flip();
    }

    /** Names a message for ever: which sender, and which in its order. */
    static long id(int sender, long sequence) {
        return ((long) sender << SEQUENCE_BITS) | sequence;
    }

    static int sender(long id) {
        return (int) (id >>> SEQUENCE_BITS);
    }

    static long sequence(long id) {
        return id & ((1L << SEQUENCE_BITS) - 1);
    }

    static String shown(long id) {
        return "message %d of sender %d".formatted(sequence(id), sender(id));
    }

    /** Writes a body of {@code sizeBytes} bytes at {@code at}. */
    static void write(
            ByteBuffer out,
            int at,
            int sizeBytes,
            long id,
            int template,
            int queue,
            int delayMs,
            long earliestMs) {
        out.putInt(at, MAGIC).putInt(at + 4, template).putLong(at + 8, id);
        out.putInt(at + 16, queue).putInt(at + 20, delayMs).putLong(at + 24, earliestMs);
        out.put(at + 32, POOL, poolIndex(id), sizeBytes - SIZE_BYTES_MIN);
        out.putInt(at + sizeBytes - 4, crc(out, at, sizeBytes - 4));
    }

    /** Whether the bytes are exactly what {@link #write} wrote for some message. */
    static boolean isIntact(ByteBuffer in, int at, int sizeBytes) {
        if (sizeBytes < SIZE_BYTES_MIN
                || sizeBytes > SIZE_BYTES_MAX
                || in.getInt(at) != MAGIC
                || in.getInt(at + sizeBytes - 4) != crc(in, at, sizeBytes - 4)) {
            return false;
        }
        int filler = sizeBytes - SIZE_BYTES_MIN;
        return in.slice(at + 32, filler).equals(POOL.slice(poolIndex(idAt(in, at)), filler));
    }

    static int template(ByteBuffer in, int at) {
        return in.getInt(at + 4);
    }

    static long idAt(ByteBuffer in, int at) {
        return in.getLong(at + 8);
    }

    static int queue(ByteBuffer in, int at) {
        return in.getInt(at + 16);
    }

    static int delayMs(ByteBuffer in, int at) {
        return in.getInt(at + 20);
    }

    static long earliestMs(ByteBuffer in, int at) {
        return in.getLong(at + 24);
    }

    /** CRC32C of a range. */
    static int crc(ByteBuffer in, int at, int sizeBytes) {
        CRC32C crc = new CRC32C();
        crc.update(in.slice(at, sizeBytes));
        return (int) crc.getValue();
    }

    private static int poolIndex(long id) {
        long mixed = id * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 48) & (POOL_BYTES - 1);
    }
}
