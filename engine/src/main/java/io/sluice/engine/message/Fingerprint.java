package io.sluice.engine.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * 128 bits that tell whether two sends are of the same message: of the topic's incarnation, the
 * unique key that the client made, the body and the tag. What a client changes when it sends again,
 * such as the born time, is not in it. Two messages that differ have the same fingerprint so rarely
 * that nobody looks.
 *
 * @param high never 0 in a fingerprint
 */
public record Fingerprint(long high, long low) {
    /** Of a message without a unique key, which is never the same as another. */
    public static final Fingerprint NONE = new Fingerprint(0, 0);

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH = 0x9E3779B97F4A7C15L;
    private static final long LOW = 0xD6E8FEB86659FD93L;

    /** Of what is stored at {@code at}. */
    public static Fingerprint of(ByteBuffer stored, int at, int topicId, int tagHash) {
        byte[] properties = StoredMessage.properties(stored, at);
        long unique = Properties.range(properties, Properties.UNIQUE_KEY);
        if (unique < 0) {
            return NONE;
        }
        long content =
                content(
                        StoredMessage.bodyCrc(stored, at),
                        StoredMessage.body(stored, at).remaining(),
                        tagHash);
        return new Fingerprint(high(properties, unique, topicId), low(properties, unique, content));
    }

    static long content(int bodyCrc, int bodySizeBytes, int tagHash) {
        return ((long) bodyCrc << 32 | bodySizeBytes) ^ tagHash * HIGH;
    }

    static long high(byte[] properties, long unique, int topicId) {
        long hash = mixed(properties, unique, topicId * LOW, HIGH);
        return hash == 0 ? 1 : hash;
    }

    static long low(byte[] properties, long unique, long content) {
        return mixed(properties, unique, content, LOW);
    }

    /** The low half of a fingerprint that differs by {@code salt} from others. */
    public static long salted(long low, long salt) {
        return (low ^ salt * HIGH) * LOW;
    }

    private static long mixed(byte[] properties, long unique, long seed, long factor) {
        int from = (int) (unique >>> 32);
        int end = from + (int) unique;
        long hash = (seed ^ (end - from)) * factor;
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = step(hash, (long) WORD.get(properties, at), factor);
        }
        for (; at < end; at++) {
            hash = step(hash, properties[at], factor);
        }
        hash ^= hash >>> 32;
        hash *= factor;
        return hash ^ hash >>> 29;
    }

    private static long step(long hash, long word, long factor) {
        long next = (hash ^ word) * factor;
        return next ^ next >>> 31;
    }
}
