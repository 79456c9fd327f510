package io.sluice.faults.flood;

import java.nio.ByteBuffer;

/** What a client does with its connection. */
interface Behaviour {
    /** The connection is there. */
    void opened(Link link);

    /**
     * An answer has come whole.
     *
     * @param frame the whole frame from its position to its limit; valid until this returns
     */
    default void answered(Link link, ByteBuffer frame, long nowNs) {}

    /** Some milliseconds have passed. */
    default void tick(Link link, long nowNs) {}

    /** Whether what the server sends is left where it is. */
    default boolean deaf() {
        return false;
    }
}
