package io.sluice.engine.queue;

import java.nio.ByteBuffer;

/**
 * Which messages of a topic a subscription wants: all of them or those with some tags ({@link
 * TagFilter}), or those of which an expression is true ({@link SqlFilter}). Immutable.
 */
public abstract sealed class MessageFilter permits TagFilter, SqlFilter {

    /** Whether every message is wanted. */
    public abstract boolean all();

    /** Whether a message with this tag hash may be wanted: what the index alone can tell. */
    abstract boolean mayMatch(int tagHash);

    /** Whether the stored message at {@code at} is wanted. */
    public abstract boolean matches(ByteBuffer stored, int at);
}
