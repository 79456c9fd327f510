package io.sluice.engine.filter;

import java.nio.charset.StandardCharsets;

/**
 * A number that is read from text: an integer of 64 bits if it is written as one, else the nearest
 * {@code double}. Reused, so that reading one costs no object; only a number of more than 15
 * digits, or of a large exponent, is handed to the JDK as a string.
 *
 * <p>What counts as a number is what {@link Double#parseDouble} takes, as in RocketMQ, up to {@link
 * #SIZE_BYTES_MAX} bytes.
 */
final class Decimal {
    static final int SIZE_BYTES_MAX = 400;

    /** Up to here a mantissa and a power of ten are exact as {@code double}, so is one division. */
    private static final long MANTISSA_MAX = 1L << 53;

    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final int EXPONENT_MAX = 9_999;

    private boolean integral;
    private long integer;
    private double real;

    void set(long value) {
        integral = true;
        integer = value;
    }

    void set(double value) {
        integral = false;
        real = value + 0.0; // -0.0 is 0.0
    }

    double real() {
        return integral ? integer : real;
    }

    /** By size; as integers if both are. */
    static int compare(Decimal a, Decimal b) {
        return a.integral && b.integral
                ? Long.compare(a.integer, b.integer)
                : Double.compare(a.real(), b.real());
    }

    /** Takes the number that is written there; false if there is none. */
    boolean read(byte[] in, int from, int sizeBytes) {
        if (sizeBytes > SIZE_BYTES_MAX) {
            return false;
        }
        int at = from;
        int end = from + sizeBytes;
        while (at < end && in[at] >= 0 && in[at] <= ' ') {
            at++;
        }
        while (at < end && in[end - 1] >= 0 && in[end - 1] <= ' ') {
            end--;
        }
        int first = at;
        boolean negative = at < end && in[at] == '-';
        if (at < end && (in[at] == '-' || in[at] == '+')) {
            at++;
        }
        boolean plain = at < end && isDigitOrPoint(in[at]) && !isHexadecimal(in, at, end);
        return plain ? digits(in, first, at, end, negative) : special(in, first, at, end);
    }

    private static boolean isDigitOrPoint(byte b) {
        return isDigit(b) || b == '.';
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isHexadecimal(byte[] in, int at, int end) {
        return end - at > 2 && in[at] == '0' && (in[at + 1] | 0x20) == 'x';
    }

    private boolean digits(byte[] in, int first, int start, int end, boolean negative) {
        long mantissa = 0; // negative, since there is one more of those
        boolean exact = true;
        int scale = 0;
        int count = 0;
        boolean point = false;
        int at = start;
        for (; at < end && isDigitOrPoint(in[at]); at++) {
            if (in[at] == '.') {
                if (point) {
                    return false;
                }
                point = true;
                continue;
            }
            count++;
            int digit = in[at] - '0';
            if (mantissa < Long.MIN_VALUE / 10 || mantissa * 10 < Long.MIN_VALUE + digit) {
                exact = false;
            } else {
                mantissa = mantissa * 10 - digit;
            }
            scale += point ? 1 : 0;
        }
        if (count == 0) {
            return false;
        }
        boolean integer = !point && at == end;
        int exponent = 0;
        if (at < end && (in[at] | 0x20) == 'e') {
            boolean down = at + 1 < end && in[at + 1] == '-';
            at += at + 1 < end && (in[at + 1] == '-' || in[at + 1] == '+') ? 2 : 1;
            if (at == end || !isDigit(in[at])) {
                return false;
            }
            for (; at < end && isDigit(in[at]); at++) {
                exponent = Math.min(EXPONENT_MAX, exponent * 10 + in[at] - '0');
            }
            exponent = down ? -exponent : exponent;
        }
        if (at < end && ((in[at] | 0x20) == 'f' || (in[at] | 0x20) == 'd')) {
            at++;
        }
        if (at != end) {
            return false;
        }
        if (integer && exact && (negative || mantissa != Long.MIN_VALUE)) {
            set(negative ? mantissa : -mantissa);
            return true;
        }
        int power = exponent - scale;
        if (exact
                && -mantissa >= 0
                && -mantissa <= MANTISSA_MAX
                && Math.abs(power) < POWERS.length) {
            double value = power < 0 ? -mantissa / POWERS[-power] : -mantissa * POWERS[power];
            set(negative ? -value : value);
            return true;
        }
        return parse(in, first, end);
    }

    /** Infinity, NaN and hexadecimal numbers. */
    private boolean special(byte[] in, int first, int at, int end) {
        boolean may =
                isHexadecimal(in, at, end) || is("NaN", in, at, end) || is("Infinity", in, at, end);
        return may && parse(in, first, end);
    }

    private static boolean is(String word, byte[] in, int at, int end) {
        if (end - at != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (in[at + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean parse(byte[] in, int from, int end) {
        try {
            set(Double.parseDouble(new String(in, from, end - from, StandardCharsets.ISO_8859_1)));
            return true;
        } catch (NumberFormatException e) {
            return false; // only a hexadecimal number comes here unread
        }
    }
}
