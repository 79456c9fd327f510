package io.sluice.protocol;

/** Reading ASCII where it lies, without making a String of it. */
final class Ascii {
    private static final long OVERFLOW = Long.MAX_VALUE / 10;

    private Ascii() {}

    static boolean equals(String text, byte[] bytes, int from, int to) {
        int length = to - from;
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }

    static boolean equalsIgnoreCase(String lowerCase, byte[] bytes, int from, int to) {
        int length = to - from;
        if (lowerCase.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lowerCase.charAt(i) != (bytes[from + i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    /**
     * A decimal number with an optional sign, as {@link Long#parseLong(String)} reads it.
     *
     * @throws NumberFormatException if it is not one, or does not fit
     */
    static long parseLong(byte[] bytes, int from, int to) {
        int at = from;
        boolean negative = at < to && bytes[at] == '-';
        if (at < to && (negative || bytes[at] == '+')) {
            at++;
        }
        if (at == to) {
            throw new NumberFormatException("no digits");
        }
        long value = 0; // kept negative: the smallest long has no positive counterpart
        for (; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException("not a digit");
            }
            if (value < -OVERFLOW || value * 10 < Long.MIN_VALUE + digit) {
                throw new NumberFormatException("too large");
            }
            value = value * 10 - digit;
        }
        if (negative) {
            return value;
        }
        if (value == Long.MIN_VALUE) {
            throw new NumberFormatException("too large");
        }
        return -value;
    }
}
