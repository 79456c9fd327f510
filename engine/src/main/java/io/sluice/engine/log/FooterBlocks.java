package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verified blocks of footers, the {@link #BLOCKS_MAX} used last kept in memory. Any thread; blocks
 * on storage.
 */
final class FooterBlocks {
    private static final int BLOCKS_MAX = 256;

    private record Key(int segment, int block) {}

    private final ReadFiles files;
    private final Map<Key, ByteBuffer> cached = new LinkedHashMap<>(16, 0.75f, true);

    FooterBlocks(ReadFiles files) {
        this.files = files;
    }

    /**
     * The bytes of a block, verified.
     *
     * @param payloadBytes how many it has
     * @return a read-only buffer that others use too: index absolutely
     * @throws CorruptLogException if the checksum does not match
     */
    ByteBuffer block(int segment, int block, int payloadBytes) throws IOException {
        Key key = new Key(segment, block);
        ByteBuffer known = cached(key);
        if (known != null) {
            return known;
        }
        String name = FileNames.footer(segment);
        long offset = FooterHeader.SIZE_BYTES + (long) block * FooterHeader.BLOCK_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(payloadBytes + Integer.BYTES);
        files.read(segment, name, bytes, offset);
        int checksum = bytes.getInt(payloadBytes);
        bytes.flip().limit(payloadBytes);
        if (FooterHeader.blockChecksum(segment, block, bytes) != checksum) {
            throw new CorruptLogException(
                    name
                            + " is damaged in the "
                            + bytes.capacity()
                            + " bytes at "
                            + offset
                            + ": move it away and restart; it is rebuilt from its segment");
        }
        return keep(key, bytes.asReadOnlyBuffer());
    }

    /** Forgets what is known of a segment whose footer is written anew. */
    synchronized void forget(int segment) {
        cached.keySet().removeIf(key -> key.segment == segment);
    }

    private synchronized @Nullable ByteBuffer cached(Key key) {
        return cached.get(key);
    }

    private synchronized ByteBuffer keep(Key key, ByteBuffer bytes) {
        cached.put(key, bytes);
        if (cached.size() > BLOCKS_MAX) {
            Iterator<Key> eldestFirst = cached.keySet().iterator();
            eldestFirst.next();
            eldestFirst.remove();
        }
        return bytes;
    }
}
