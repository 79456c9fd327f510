package io.sluice.engine.message;

import java.util.Arrays;

/**
 * The hashes under which the key index finds a message: one for its unique key, one for each of its
 * keys. 64 bits, bound to the topic's incarnation; a hit is verified against the message itself.
 */
public final class KeyHash {
    private static final long[] NONE = {};
    private static final int KEYS_MAX = 64;

    private KeyHash() {}

    /** The hash of the bytes of one key in a topic. */
    public static long of(int topicId, byte[] bytes, int from, int sizeBytes) {
        long hash = 0xCBF29CE484222325L ^ topicId;
        for (int i = from; i < from + sizeBytes; i++) {
            hash = (hash ^ bytes[i]) * 0x100000001B3L;
        }
        hash ^= hash >>> 32;
        hash *= 0xD6E8FEB86659FD93L;
        return hash ^ hash >>> 29;
    }

    /** The hashes of all keys in encoded properties, at most 64 of them. */
    public static long[] all(int topicId, byte[] properties) {
        return all(topicId, properties, Properties.range(properties, Properties.UNIQUE_KEY));
    }

    /**
     * The same.
     *
     * @param unique where the unique key is, as {@link Properties#range} says
     */
    static long[] all(int topicId, byte[] properties, long unique) {
        long keys = Properties.range(properties, Properties.KEYS);
        if (unique < 0 && keys < 0) {
            return NONE;
        }
        long[] hashes = new long[keys < 0 ? 1 : KEYS_MAX];
        int count = 0;
        if (unique >= 0) {
            hashes[count++] = of(topicId, properties, (int) (unique >>> 32), (int) unique);
        }
        if (keys >= 0) {
            count = words(topicId, properties, keys, hashes, count);
        }
        return count == hashes.length ? hashes : Arrays.copyOf(hashes, count);
    }

    private static int words(int topicId, byte[] bytes, long range, long[] hashes, int count) {
        int from = (int) (range >>> 32);
        int end = from + (int) range;
        int start = from;
        for (int i = from; i <= end && count < hashes.length; i++) {
            if (i == end || bytes[i] == ' ') {
                if (i > start) {
                    hashes[count++] = of(topicId, bytes, start, i - start);
                }
                start = i + 1;
            }
        }
        return count;
    }
}
