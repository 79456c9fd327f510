package io.sluice.engine.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The messages of one answer to a search, up to its limits. */
final class Page {
    private final int countMax;
    private final long sizeBytesMax;
    private final List<ByteBuffer> messages = new ArrayList<>();
    private final List<Long> damaged = new ArrayList<>();
    private long sizeBytes;

    Page(int countMax, long sizeBytesMax) {
        this.countMax = countMax;
        this.sizeBytesMax = sizeBytesMax;
    }

    /** Takes a message; false if it has no room on this page. */
    boolean add(ByteBuffer message) {
        boolean fits = sizeBytes + message.remaining() <= sizeBytesMax || messages.isEmpty();
        if (messages.size() == countMax || !fits) {
            return false;
        }
        messages.add(message);
        sizeBytes += message.remaining();
        return true;
    }

    /**
     * Notes that an index led to {@code position}, and that no intact message lies there.
     *
     * @param exists whether the log holds that place: if not, it has expired, or is not durable yet
     */
    void missing(long position, boolean exists) {
        if (exists) {
            damaged.add(position);
        }
    }

    Found found(long next) {
        return new Found(messages, damaged, next);
    }
}
