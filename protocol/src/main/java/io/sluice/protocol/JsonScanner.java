package io.sluice.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The tokens of RocketMQ's JSON dialect, over a byte array that the scanner owns: strings are
 * unescaped in place, for the unescaped form is never longer. So a token is a range of the array
 * ({@link #from} to {@link #to}) that can be compared, parsed or copied as it stands.
 *
 * <p>More lenient than JSON where fastjson is: single quotes, bare words as names, raw control
 * bytes inside of strings, {@code \x41} and {@code \0} escapes.
 */
final class JsonScanner {
    /** What {@link #next} and {@link #peek} say when nothing is left. */
    static final int END = -1;

    static final int DEPTH_MAX = 32;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long TOPS = 0x8080_8080_8080_8080L;
    private static final long BACKSLASHES = '\\' * ONES;

    final byte[] bytes;
    private final int end;

    /** The next byte to look at. */
    int at;

    /** The last token, without quotes. */
    int from;

    int to;

    JsonScanner(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    /** The next byte that is not space, left where it is. */
    int peek() {
        int i = at;
        while (i < end) {
            byte b = bytes[i];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                at = i;
                return b & 0xFF;
            }
            i++;
        }
        at = i;
        return END;
    }

    /** Takes the next byte that is not space. */
    int next() {
        int b = peek();
        if (b != END) {
            at++;
        }
        return b;
    }

    void expect(char wanted) {
        if (!take(wanted)) {
            throw unexpected(peek(), "'" + wanted + "'");
        }
    }

    /** Takes {@code wanted} if it is next. */
    boolean take(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /**
     * Takes what follows a member or an element: a comma, or the closing bracket, or both.
     *
     * @return whether another one follows
     */
    boolean more(char close) {
        if (take(',')) {
            return !take(close);
        }
        if (!take(close)) {
            throw unexpected(peek(), "',' or '" + close + "'");
        }
        return false;
    }

    /** Takes a string, quoted in either way, or a bare word, number, literal: a token. */
    void scalar() {
        int b = peek();
        if (b == '"' || b == '\'') {
            at++;
            string(b);
        } else {
            word();
        }
    }

    private void word() {
        from = at;
        while (at < end && isWord(bytes[at])) {
            at++;
        }
        to = at;
        if (from == to) {
            throw unexpected(peek(), "a value");
        }
    }

    private static boolean isWord(byte b) {
        return (b >= '0' && b <= '9')
                || (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || b == '-'
                || b == '+'
                || b == '.'
                || b == '_'
                || b == '$';
    }

    /** Takes the rest of a string, the opening quote being taken. */
    void string(int quote) {
        from = at;
        int stop = plainEnd(at, quote);
        if (stop < end && bytes[stop] == quote) {
            to = stop;
            at = stop + 1;
        } else {
            unescape(stop, quote);
        }
    }

    /** Takes the rest of a string from its first escape on, closing up what escapes leave. */
    private void unescape(int firstEscape, int quote) {
        int write = firstEscape;
        at = firstEscape;
        while (at < end && bytes[at] == '\\') {
            at++;
            write = escape(write);
            int stop = plainEnd(at, quote);
            System.arraycopy(bytes, at, bytes, write, stop - at);
            write += stop - at;
            at = stop;
        }
        if (at == end) {
            throw JsonException.at(from, "a string that begins here has no end");
        }
        to = write;
        at++;
    }

    /** Where the next quote or backslash is, looking at eight bytes at once; or the end. */
    private int plainEnd(int start, int quote) {
        long quotes = quote * ONES;
        int i = start;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            long word = (long) LONG.get(bytes, i);
            long hits = zeroes(word ^ quotes) | zeroes(word ^ BACKSLASHES);
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        while (i < end && bytes[i] != quote && bytes[i] != '\\') {
            i++;
        }
        return i;
    }

    /**
     * The top bit of every zero byte, exact up to the lowest of them: see Hacker's Delight, 6-1.
     */
    private static long zeroes(long word) {
        return (word - ONES) & ~word & TOPS;
    }

    /** Takes one escape, its backslash being taken, and writes its meaning. */
    private int escape(int write) {
        if (at == end) {
            throw JsonException.at(at, "an escape has no end");
        }
        byte b = bytes[at++];
        switch (b) {
            case 'u' -> {
                return Utf8.put(bytes, write, codePoint());
            }
            case 'x' -> {
                return Utf8.put(bytes, write, hex(2));
            }
            default -> bytes[write] = simple(b);
        }
        return write + 1;
    }

    private byte simple(byte b) {
        return switch (b) {
            case '"', '\'', '\\', '/' -> b;
            case 'b' -> '\b';
            case 'f', 'F' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> (byte) (b - '0');
            default -> throw JsonException.at(at - 1, "an escape is unknown");
        };
    }

    private int codePoint() {
        int unit = hex(4);
        if (!Character.isHighSurrogate((char) unit)
                || end - at < 6
                || bytes[at] != '\\'
                || bytes[at + 1] != 'u') {
            return unit;
        }
        int back = at;
        at += 2;
        int low = hex(4);
        if (Character.isLowSurrogate((char) low)) {
            return Character.toCodePoint((char) unit, (char) low);
        }
        at = back;
        return unit;
    }

    private int hex(int digits) {
        if (end - at < digits) {
            throw JsonException.at(at, "an escape has no end");
        }
        int value = 0;
        for (int i = 0; i < digits; i++) {
            value = (value << 4) | hexDigit(bytes[at++]);
        }
        return value;
    }

    private int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int letter = b | 0x20;
        if (letter >= 'a' && letter <= 'f') {
            return letter - 'a' + 10;
        }
        throw JsonException.at(at - 1, "an escape needs a hexadecimal digit");
    }

    /** Takes a value of any kind, unread and unchanged: the token is its text, quotes included. */
    void raw() {
        peek();
        int start = at;
        int depth = 0;
        do {
            int b = next();
            switch (b) {
                case '{', '[' -> {
                    if (++depth > DEPTH_MAX) {
                        throw JsonException.at(at, "nested deeper than " + DEPTH_MAX);
                    }
                }
                case '}', ']' -> depth--;
                case '"', '\'' -> skipString(b);
                case ',', ':' -> {
                    if (depth == 0) {
                        at--;
                        throw unexpected(b, "a value");
                    }
                }
                case END -> throw unexpected(END, "a value");
                default -> {
                    at--;
                    word();
                }
            }
        } while (depth > 0);
        if (depth < 0) {
            throw JsonException.at(at, "a value is missing");
        }
        from = start;
        to = at;
    }

    private void skipString(int quote) {
        int start = at;
        while (at < end) {
            byte b = bytes[at++];
            if (b == quote) {
                return;
            }
            if (b == '\\') {
                at++;
            }
        }
        throw JsonException.at(start, "a string that begins here has no end");
    }

    boolean tokenIs(String text) {
        return Ascii.equals(text, bytes, from, to);
    }

    /** The error for a byte that stands where {@code wanted} should. */
    JsonException unexpected(int found, String wanted) {
        String shown =
                found == END
                        ? "the end"
                        : found > ' ' && found < 0x7F
                                ? "'" + (char) found + "'"
                                : "byte 0x" + Integer.toHexString(found);
        return JsonException.at(found == END ? end : at, wanted + " expected, not " + shown);
    }
}
