package io.sluice.server.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.Frame;
import io.sluice.protocol.FrameException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one connection's bytes into whole frames. Frames that lie whole in a buffer from the socket
 * are cut where they lie; one that does not is put together in a buffer of its own, which grows
 * with what has come, not with what its length announces. Event loop only.
 */
final class FrameCutter {
    private static final int PREFIX_BYTES = 8;
    private static final int FIRST_CAPACITY_BYTES = 4096;

    /** Once this part of a frame is here, room is made for all of it. */
    private static final int TRUSTED_SHARE = 8;

    private final ByteBufAllocator allocator;
    private final int sizeBytesMax;

    /** What has come of a frame that is not whole. */
    private @Nullable ByteBuf partial;

    /** What has come after it; its owner is this object. */
    private @Nullable ByteBuf rest;

    /** The size of the frame that {@link #next} found. */
    private int sizeBytes;

    FrameCutter(ByteBufAllocator allocator, int sizeBytesMax) {
        this.allocator = allocator;
        this.sizeBytesMax = sizeBytesMax;
    }

    /** Takes bytes from the socket, and the ownership of their buffer. */
    void add(ByteBuf in) {
        if (rest == null) {
            rest = in;
            return;
        }
        ByteBuf joined = allocator.buffer(rest.readableBytes() + in.readableBytes());
        joined.writeBytes(rest).writeBytes(in);
        rest.release();
        in.release();
        rest = joined;
    }

    /**
     * The buffer that holds the next whole frame from its reader index on; null if more has to
     * come. {@link #skip} must follow.
     *
     * @throws FrameException if the bytes are no frame
     */
    @Nullable ByteBuf next() {
        ByteBuf in = rest;
        if (partial != null) {
            return in == null ? null : complete(partial, in);
        }
        if (in == null) {
            return null;
        }
        sizeBytes = Frame.sizeBytes(in, sizeBytesMax);
        if (sizeBytes != Frame.INCOMPLETE) {
            return in;
        }
        if (in.isReadable()) {
            partial = allocator.buffer(Math.max(FIRST_CAPACITY_BYTES, in.readableBytes()));
            partial.writeBytes(in);
        }
        in.release();
        rest = null;
        return null;
    }

    private @Nullable ByteBuf complete(ByteBuf begun, ByteBuf in) {
        sizeBytes = Frame.sizeBytes(begun, sizeBytesMax);
        while (sizeBytes == Frame.INCOMPLETE && in.isReadable()) {
            int have = begun.readableBytes();
            int want = have < PREFIX_BYTES ? PREFIX_BYTES : begun.getInt(begun.readerIndex()) + 4;
            int take = Math.min(want - have, in.readableBytes());
            makeRoom(begun, take, want);
            begun.writeBytes(in, take);
            sizeBytes = Frame.sizeBytes(begun, sizeBytesMax);
        }
        if (!in.isReadable()) {
            in.release();
            rest = null;
        }
        return sizeBytes == Frame.INCOMPLETE ? null : begun;
    }

    private static void makeRoom(ByteBuf begun, int take, int want) {
        int have = begun.readableBytes() + take;
        if (have > begun.capacity()) {
            int doubled = Math.max(begun.capacity() * 2, have);
            begun.capacity(have > want / TRUSTED_SHARE ? want : Math.min(doubled, want));
        }
    }

    /** The size in bytes of the frame that {@link #next} returned. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** Leaves the frame that {@link #next} returned behind. */
    void skip() {
        if (partial != null) {
            partial.release();
            partial = null;
            return;
        }
        ByteBuf in = rest;
        if (in != null) {
            in.skipBytes(sizeBytes);
            if (!in.isReadable()) {
                in.release();
                rest = null;
            }
        }
    }

    /** What is kept of a frame that is not whole, in bytes. */
    int partialBytes() {
        return partial == null ? 0 : partial.capacity();
    }

    /** Gives all bytes back. */
    void release() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
