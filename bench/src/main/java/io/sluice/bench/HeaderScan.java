package io.sluice.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds one whole number in a JSON header without parsing the rest. Looking for {@code "name":}
 * with the quotes is enough: inside a JSON string the quotes would be escaped. A name that occurs
 * twice (an extension field may be called {@code code} too) is told apart by its value, since
 * extension fields are always strings.
 */
public final class HeaderScan {
    /** Returned by {@link #number} when the header holds no such number. */
    public static final long ABSENT = Long.MIN_VALUE;

    private final byte[] key;
    private final int[] skip = new int[256];

    /**
     * @param name the field's name without quotes, in ASCII
     */
    public HeaderScan(String name) {
        key = ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(skip, key.length);
        for (int i = 0; i < key.length - 1; i++) {
            skip[key[i]] = key.length - 1 - i;
        }
    }

    /** The number that follows the key between {@code from} and {@code to}, or {@link #ABSENT}. */
    public long number(ByteBuffer in, int from, int to) {
        for (int at = find(in, from, to); at >= 0; at = find(in, at, to)) {
            if (at < to && (isDigit(in.get(at)) || in.get(at) == '-')) {
                return parse(in, at, to);
            }
        }
        return ABSENT;
    }

    /** Horspool's search: with a nine-byte key it looks at about every ninth byte. */
    private int find(ByteBuffer in, int from, int to) {
        int last = key.length - 1;
        int at = from;
        while (at + last < to) {
            byte end = in.get(at + last);
            if (end == key[last] && matches(in, at)) {
                return at + key.length;
            }
            at += skip[end & 0xFF];
        }
        return -1;
    }

    private boolean matches(ByteBuffer in, int at) {
        for (int i = 0; i < key.length - 1; i++) {
            if (in.get(at + i) != key[i]) {
                return false;
            }
        }
        return true;
    }

    private static long parse(ByteBuffer in, int from, int to) {
        boolean negative = in.get(from) == '-';
        long value = 0;
        for (int at = negative ? from + 1 : from; at < to && isDigit(in.get(at)); at++) {
            value = value * 10 + (in.get(at) - '0');
        }
        return negative ? -value : value;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
