package io.sluice.engine.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What of a message decides when it is handed out, in 64 bits: its priority, or which message group
 * it is of.
 *
 * <pre>
 *   0           nothing is known, or the lowest priority
 *   1 to 9      its priority
 *   negative    its message group: a hash
 * </pre>
 *
 * Two message groups with one hash are one group: their messages wait for each other, and no more.
 */
public final class Mark {
    /** Nothing is known. */
    public static final long NONE = 0;

    /** The highest priority; what is more counts as this. */
    public static final int PRIORITY_MAX = 9;

    private static final byte[] PRIORITY = "_SYS_MSG_PRIORITY_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MESSAGE_GROUP = "__SHARDINGKEY".getBytes(StandardCharsets.US_ASCII);

    private Mark() {}

    /**
     * The priority of the stored message at {@code at}, 0 to 9; 0 if it says none, or no number.
     */
    public static long ofPriority(ByteBuffer stored, int at) {
        long range = StoredMessage.propertyRange(stored, at, PRIORITY);
        int size = (int) range;
        if (range < 0 || size == 0) {
            return NONE;
        }
        int from = (int) (range >>> 32);
        int priority = 0;
        for (int i = from; i < from + size; i++) {
            int digit = stored.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            priority = Math.min(PRIORITY_MAX, priority * 10 + digit);
        }
        return priority;
    }

    /**
     * The message group of the stored message at {@code at}, a negative number. Those that say none
     * are a group of their own.
     */
    public static long ofMessageGroup(ByteBuffer stored, int at) {
        long range = StoredMessage.propertyRange(stored, at, MESSAGE_GROUP);
        int size = range < 0 ? 0 : (int) range;
        int from = (int) (range >>> 32);
        long hash = 0xCBF29CE484222325L;
        for (int i = from; i < from + size; i++) {
            hash = (hash ^ stored.get(i)) * 0x100000001B3L;
        }
        hash ^= hash >>> 32;
        hash *= 0xD6E8FEB86659FD93L;
        return (hash ^ hash >>> 29) | Long.MIN_VALUE;
    }

    /** Whether it says of which message group a message is. */
    public static boolean isMessageGroup(long mark) {
        return mark < 0;
    }

    /** The priority, 0 to 9; 0 if the mark is a message group's. */
    public static int priority(long mark) {
        return mark < 0 ? 0 : (int) mark;
    }

    /** Whether a mark can be. */
    public static boolean isUsable(long mark) {
        return mark <= PRIORITY_MAX;
    }
}
