package io.sluice.engine.broker;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a search has found.
 *
 * @param messages in the stored layout
 * @param damaged positions of messages that may be among those that were looked for, but are
 *     damaged on storage
 * @param next where the next page begins; {@link #END} if this is the last
 */
public record Found(List<ByteBuffer> messages, List<Long> damaged, long next) {
    /** There are no more. */
    public static final long END = -1;

    public Found {
        messages = List.copyOf(messages);
        damaged = List.copyOf(damaged);
    }
}
