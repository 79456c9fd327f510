package io.sluice.engine.queue;

import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Which messages a subscription wants: all, or those with one of some tags. The hash in the queue
 * entry sorts out nearly all others without touching them; the message itself has the last word.
 */
public final class TagFilter extends MessageFilter {
    /** Wants every message. */
    public static final TagFilter ALL = new TagFilter(new int[0], new byte[0][]);

    private final int[] hashes;
    private final byte[][] tags;

    private TagFilter(int[] hashes, byte[][] tags) {
        this.hashes = hashes;
        this.tags = tags;
    }

    /** Wants the messages that have one of {@code tags}; every message if there are none. */
    public static TagFilter of(Collection<String> tags) {
        if (tags.isEmpty()) {
            return ALL;
        }
        int[] hashes = tags.stream().mapToInt(String::hashCode).sorted().distinct().toArray();
        byte[][] names =
                tags.stream()
                        .map(tag -> tag.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        return new TagFilter(hashes, names);
    }

    @Override
    public boolean all() {
        return tags.length == 0;
    }

    @Override
    boolean mayMatch(int tagHash) {
        return all() || Arrays.binarySearch(hashes, tagHash) >= 0;
    }

    @Override
    public boolean matches(ByteBuffer stored, int at) {
        if (all()) {
            return true;
        }
        for (byte[] tag : tags) {
            if (StoredMessage.propertyEquals(stored, at, Properties.TAGS, tag)) {
                return true;
            }
        }
        return false;
    }
}
