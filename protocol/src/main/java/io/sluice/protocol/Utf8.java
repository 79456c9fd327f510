package io.sluice.protocol;

/** Writing code points as UTF-8 into an array. */
final class Utf8 {
    private Utf8() {}

    /**
     * Writes a code point at {@code at}, where it has room; a lone surrogate becomes a question
     * mark, as everywhere in the JDK.
     *
     * @return where the next one goes
     */
    static int put(byte[] bytes, int at, int codePoint) {
        int next = at;
        if (codePoint < 0x80) {
            bytes[next++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            bytes[next++] = (byte) (0xC0 | (codePoint >> 6));
            bytes[next++] = rest(codePoint);
        } else if (codePoint >= 0x10000) {
            bytes[next++] = (byte) (0xF0 | (codePoint >> 18));
            bytes[next++] = rest(codePoint >> 12);
            bytes[next++] = rest(codePoint >> 6);
            bytes[next++] = rest(codePoint);
        } else if (Character.isSurrogate((char) codePoint)) {
            bytes[next++] = '?';
        } else {
            bytes[next++] = (byte) (0xE0 | (codePoint >> 12));
            bytes[next++] = rest(codePoint >> 6);
            bytes[next++] = rest(codePoint);
        }
        return next;
    }

    private static byte rest(int codePoint) {
        return (byte) (0x80 | (codePoint & 0x3F));
    }
}
