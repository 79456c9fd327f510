package io.sluice.engine.message;

import java.nio.ByteBuffer;

/**
 * The hashes under which the key index finds a message: one for its unique key, one for each of its
 * keys. 64 bits, bound to the topic's incarnation; a hit is verified against the message itself.
 */
public final class KeyHash {
    private static final long[] NONE = {};

    /** As many as a record counts. */
    static final int KEYS_MAX = 255;

    private static final long PENDING = 0x9E3779B97F4A7C15L;
    private static final long HALF = 0xC2B2AE3D27D4EB4FL;

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

    /**
     * The hash under which a message that is not stored yet is found, whose key has {@code hash}:
     * another one, so that a search for what is stored does not come upon it.
     */
    public static long pending(long hash) {
        return hash ^ PENDING;
    }

    /** As {@link #pending}, for the message of a transaction, whether it was committed or not. */
    public static long half(long hash) {
        return hash ^ HALF;
    }

    /** The hash under which a copy is found of the message that was stored at {@code position}. */
    public static long ofOrigin(int topicId, long position) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(position).array();
        return ~of(topicId, bytes, 0, bytes.length);
    }

    /** The hashes of all keys in encoded properties, at most 255 of them. */
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
        int words = keys < 0 ? 0 : words(properties, keys);
        int first = unique < 0 ? 0 : 1;
        long[] hashes = new long[Math.min(KEYS_MAX, first + words)];
        if (unique >= 0) {
            hashes[0] = of(topicId, properties, (int) (unique >>> 32), (int) unique);
        }
        if (words > 0) {
            hashWords(topicId, properties, keys, hashes, first);
        }
        return hashes;
    }

    private static int words(byte[] bytes, long range) {
        int from = (int) (range >>> 32);
        int end = from + (int) range;
        int words = 0;
        for (int i = from; i < end; i++) {
            if (bytes[i] != ' ' && (i + 1 == end || bytes[i + 1] == ' ')) {
                words++;
            }
        }
        return words;
    }

    private static void hashWords(int topicId, byte[] bytes, long range, long[] hashes, int first) {
        int end = (int) (range >>> 32) + (int) range;
        int count = first;
        int start = (int) (range >>> 32);
        for (int i = start; i <= end && count < hashes.length; i++) {
            if (i == end || bytes[i] == ' ') {
                if (i > start) {
                    hashes[count++] = of(topicId, bytes, start, i - start);
                }
                start = i + 1;
            }
        }
    }
}
