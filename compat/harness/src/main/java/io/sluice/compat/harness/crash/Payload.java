package io.sluice.compat.harness.crash;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * A body that follows from its id alone, so that whoever reads it back can tell whether a single
 * bit differs without having kept it.
 *
 * <pre>
 *   0    8
 *   +----+---------------------------------+
 *   | id | 0 to 1,999 bytes drawn from id  |      id = writer &lt;&lt; 40 | sequence
 *   +----+---------------------------------+
 * </pre>
 */
public final class Payload {

    private static final int SEQUENCE_BITS = 40;
    private static final int DRAWN_BYTES_MAX = 2_000;

    private Payload() {}

    public static long id(int writer, long sequence) {
        return (long) writer << SEQUENCE_BITS | sequence;
    }

    public static int writer(long id) {
        return (int) (id >>> SEQUENCE_BITS);
    }

    public static int sequence(long id) {
        return Math.toIntExact(id & (1L << SEQUENCE_BITS) - 1);
    }

    public static byte[] body(long id) {
        Random drawn = new Random(id);
        byte[] rest = new byte[drawn.nextInt(DRAWN_BYTES_MAX)];
        drawn.nextBytes(rest);
        return ByteBuffer.allocate(Long.BYTES + rest.length).putLong(id).put(rest).array();
    }

    /** The id of a body that was read back; fails if it is not exactly what was sent. */
    public static long verified(byte[] body) {
        long id = ByteBuffer.wrap(body).getLong();
        if (!Arrays.equals(body, body(id))) {
            throw new AssertionError(
                    "message %d of writer %d is not what was sent"
                            .formatted(sequence(id), writer(id)));
        }
        return id;
    }
}
