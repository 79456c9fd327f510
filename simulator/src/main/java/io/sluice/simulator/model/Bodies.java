package io.sluice.simulator.model;

import io.sluice.simulator.world.Dice;
import java.nio.ByteBuffer;

/**
 * Bodies that say which message they are, and of which every byte is known.
 *
 * <pre>
 *   0        4        8                  size
 *   | send   | index  | noise from both  |
 * </pre>
 */
final class Bodies {
    static final int SIZE_BYTES_MIN = 8;

    private Bodies() {}

    /** The body of message {@code index} of send {@code send}; at least 8 bytes. */
    static ByteBuffer make(int send, int index, int sizeBytes) {
        ByteBuffer body = ByteBuffer.allocate(Math.max(SIZE_BYTES_MIN, sizeBytes));
        body.putInt(send).putInt(index);
        long noise = noise(send, index);
        while (body.remaining() >= Long.BYTES) {
            body.putLong(noise);
            noise = next(noise);
        }
        while (body.hasRemaining()) {
            body.put((byte) noise);
        }
        return body.flip();
    }

    static int send(ByteBuffer body) {
        return body.getInt(body.position());
    }

    static int index(ByteBuffer body) {
        return body.getInt(body.position() + Integer.BYTES);
    }

    /** Whether every byte is as it was made. */
    static boolean isUnaltered(ByteBuffer body, int sizeBytes) {
        if (body.remaining() != Math.max(SIZE_BYTES_MIN, sizeBytes)) {
            return false;
        }
        long noise = noise(send(body), index(body));
        int at = body.position() + SIZE_BYTES_MIN;
        for (; at + Long.BYTES <= body.limit(); at += Long.BYTES) {
            if (body.getLong(at) != noise) {
                return false;
            }
            noise = next(noise);
        }
        for (; at < body.limit(); at++) {
            if (body.get(at) != (byte) noise) {
                return false;
            }
        }
        return true;
    }

    private static long noise(int send, int index) {
        return Dice.mix(((long) send << 32) + index);
    }

    private static long next(long noise) {
        long x = noise ^ (noise << 13);
        x ^= x >>> 7;
        return x ^ (x << 17);
    }
}
