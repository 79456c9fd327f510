package io.sluice.engine.log;

import java.nio.ByteBuffer;

/**
 * The open end of a log: records are written into {@link #buffer()}, one after the other, and one
 * durable write commits them all. Owned by the shard from {@link Log#open} to {@link Log#commit}.
 */
public abstract class Batch {
    /**
     * Where the next record goes: the buffer's position moves forward as records are written, its
     * limit is the end of the room. Big-endian.
     */
    public abstract ByteBuffer buffer();

    /** The log position that the byte at {@code index} of {@link #buffer()} gets. */
    public abstract long positionAt(int index);

    /** The segment that this batch lies in. */
    public abstract int segment();

    /** The size of the records written so far, in bytes. */
    public abstract int recordsSizeBytes();
}
