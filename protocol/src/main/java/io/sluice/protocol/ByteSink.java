package io.sluice.protocol;

import java.util.Arrays;

/** A growing byte array that is written at its end, as ASCII, UTF-8, JSON text or numbers. */
final class ByteSink {
    private static final byte[] HEX_LOWER = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };
    private static final byte[] HEX_UPPER = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
    };

    /** The longest escape or code point, in bytes: a byte as {@code \}{@code u0001}. */
    private static final int GROWTH_PER_CHAR = 6;

    private static final int DECIMAL_SIZE_BYTES_MAX = 20;

    byte[] bytes;
    int size;

    ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    void room(int sizeBytes) {
        if (bytes.length - size < sizeBytes) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + sizeBytes));
        }
    }

    void one(int b) {
        room(1);
        bytes[size++] = (byte) b;
    }

    void int16(int value) {
        room(Short.BYTES);
        bytes[size++] = (byte) (value >> 8);
        bytes[size++] = (byte) value;
    }

    void int32(int value) {
        room(Integer.BYTES);
        setInt32(size, value);
        size += Integer.BYTES;
    }

    void setInt32(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    void raw(byte[] source, int from, int length) {
        room(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    /** Text of which every character is below 0x80. */
    void ascii(String text) {
        int length = text.length();
        room(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    void decimal(long value) {
        room(DECIMAL_SIZE_BYTES_MAX);
        int length = decimalLength(value);
        int at = size + length;
        size = at;
        long rest = value > 0 ? -value : value; // negative, for the smallest long's sake
        do {
            bytes[--at] = (byte) ('0' - rest % 10);
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            bytes[--at] = '-';
        }
    }

    static int decimalLength(long value) {
        int length = value < 0 ? 2 : 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            length++;
        }
        return length;
    }

    /** The lowest {@code digits} hexadecimal digits of {@code value}, in upper case. */
    void hex(long value, int digits) {
        room(digits);
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            bytes[size++] = HEX_UPPER[(int) (value >>> shift) & 0xF];
        }
    }

    void utf8(String text) {
        int length = text.length();
        room(length * 3);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[size++] = (byte) c;
            } else {
                i += wide(text, i);
            }
        }
    }

    /** Text as the inside of a JSON string. */
    void escaped(String text) {
        int length = text.length();
        room(length * GROWTH_PER_CHAR);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                escaped(c);
            } else {
                i += wide(text, i);
            }
        }
    }

    /** UTF-8 as the inside of a JSON string. */
    void escaped(byte[] utf8, int from, int length) {
        room(length * GROWTH_PER_CHAR);
        for (int i = from; i < from + length; i++) {
            byte b = utf8[i];
            if (b >= 0) {
                escaped((char) b);
            } else {
                bytes[size++] = b;
            }
        }
    }

    private void escaped(char ascii) {
        if (ascii >= ' ' && ascii != '"' && ascii != '\\') {
            bytes[size++] = (byte) ascii;
            return;
        }
        bytes[size++] = '\\';
        if (ascii >= ' ') {
            bytes[size++] = (byte) ascii;
            return;
        }
        bytes[size++] = 'u';
        bytes[size++] = '0';
        bytes[size++] = '0';
        bytes[size++] = HEX_LOWER[ascii >> 4];
        bytes[size++] = HEX_LOWER[ascii & 0xF];
    }

    /** Writes the code point at {@code i}, not ASCII, as UTF-8; returns its extra chars. */
    private int wide(String text, int i) {
        int codePoint = text.codePointAt(i);
        size = Utf8.put(bytes, size, codePoint);
        return Character.charCount(codePoint) - 1;
    }
}
