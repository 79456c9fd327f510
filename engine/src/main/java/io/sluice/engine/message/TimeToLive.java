package io.sluice.engine.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * For how long a message may be delivered, as its sender says: the property {@code TTL_MS}, in
 * milliseconds from its born time. RocketMQ has no such thing: its property {@code TTL} is only
 * what a requester waits for, and can be set by no application.
 *
 * <p>A bit of the system flag, which no client looks at, says that there is a limit, so that the
 * others cost nothing.
 */
public final class TimeToLive {
    /** System flag bit: the message has a time to live. */
    public static final int LIMITED = 1 << 30;

    /** The property. */
    public static final byte[] PROPERTY = "TTL_MS".getBytes(StandardCharsets.US_ASCII);

    private static final int DIGITS_MAX = 18;

    private TimeToLive() {}

    /** Whether the stored message at {@code at} has a limit. */
    public static boolean isLimited(ByteBuffer stored, int at) {
        return (StoredMessage.systemFlag(stored, at) & LIMITED) != 0;
    }

    /** Whether a limited message may not be delivered any more. */
    public static boolean isOver(ByteBuffer stored, int at, long nowMs) {
        long range = StoredMessage.propertyRange(stored, at, PROPERTY);
        long ms = range < 0 ? -1 : digits(stored, (int) (range >>> 32), (int) range);
        return ms >= 0 && nowMs - StoredMessage.bornMs(stored, at) > ms;
    }

    /** The limit in encoded properties, in ms; 0 if they have none, negative if it is no number. */
    public static long ms(byte[] properties) {
        long range = Properties.range(properties, PROPERTY);
        return range < 0
                ? 0
                : digits(ByteBuffer.wrap(properties), (int) (range >>> 32), (int) range);
    }

    private static long digits(ByteBuffer in, int from, int count) {
        if (count < 1 || count > DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < from + count; i++) {
            int digit = in.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
