package io.sluice.faults.flood;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection of a swarm: what is to be written, and what has come of a frame. */
final class Link {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final int OUT_BYTES = 4096;

    final Behaviour behaviour;
    private final SocketChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer out = NONE;
    private ByteBuffer part = NONE;

    Link(Behaviour behaviour, SocketChannel channel) {
        this.behaviour = behaviour;
        this.channel = channel;
    }

    SocketChannel channel() {
        return channel;
    }

    void key(SelectionKey given) {
        key = given;
    }

    /** Adds bytes to what is written by the next {@link #flush}. */
    void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    void write(byte[] bytes, int from, int count) {
        if (out.remaining() < count) {
            int size = Math.max(OUT_BYTES, 2 * (out.position() + count));
            out = ByteBuffer.allocate(size).put(out.flip());
        }
        out.put(bytes, from, count);
    }

    /** Whether all has gone out that was written. */
    boolean idle() {
        return out.position() == 0;
    }

    /** Writes what the socket takes; how many bytes that is. */
    int flush() throws IOException {
        SelectionKey known = key;
        if (out.position() == 0 || known == null) {
            return 0;
        }
        int written = channel.write(out.flip());
        boolean all = !out.hasRemaining();
        out.compact();
        int reading = behaviour.deaf() ? 0 : SelectionKey.OP_READ;
        int wanted = all ? reading : reading | SelectionKey.OP_WRITE;
        if (known.interestOps() != wanted) {
            known.interestOps(wanted);
        }
        return written;
    }

    /** Reads once and hands on the frames; {@code shared} is empty before and after. */
    void read(ByteBuffer shared, long nowNs) throws IOException {
        shared.clear().put(part.flip());
        part = NONE;
        if (channel.read(shared) < 0) {
            throw new EOFException();
        }
        shared.flip();
        while (shared.remaining() >= 4
                && shared.remaining() >= 4 + shared.getInt(shared.position())) {
            int end = shared.position() + 4 + shared.getInt(shared.position());
            int limit = shared.limit();
            shared.limit(end);
            if ((shared.getInt(shared.position() + Frames.FLAG_AT) & 1) != 0) {
                behaviour.answered(this, shared, nowNs);
            }
            shared.limit(limit).position(end);
        }
        if (shared.hasRemaining()) {
            part = ByteBuffer.allocate(shared.remaining()).put(shared);
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
