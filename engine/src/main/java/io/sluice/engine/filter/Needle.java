package io.sluice.engine.filter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text that is looked for in others, in time linear in their size whatever they are: after a
 * mismatch the search goes on with the longest beginning of the text that may stand there (Knuth,
 * Morris, Pratt). In UTF-8 one text contains another if its bytes do.
 */
final class Needle {
    private final byte[] text;

    /**
     * For each index, how long the longest beginning is that also ends there, but for all of it.
     */
    private final int[] borders;

    Needle(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.borders = borders(this.text);
    }

    private static int[] borders(byte[] text) {
        int[] borders = new int[text.length];
        int size = 0;
        for (int i = 1; i < text.length; i++) {
            while (size > 0 && text[i] != text[size]) {
                size = borders[size - 1];
            }
            size += text[i] == text[size] ? 1 : 0;
            borders[i] = size;
        }
        return borders;
    }

    int sizeBytes() {
        return text.length;
    }

    boolean isIn(byte[] in, int from, int end) {
        int size = 0;
        for (int i = from; i < end; i++) {
            while (size > 0 && in[i] != text[size]) {
                size = borders[size - 1];
            }
            if (in[i] == text[size] && ++size == text.length) {
                return true;
            }
        }
        return false;
    }

    boolean isAt(byte[] in, int at, int end) {
        return end - at >= text.length
                && Arrays.equals(text, 0, text.length, in, at, at + text.length);
    }
}
