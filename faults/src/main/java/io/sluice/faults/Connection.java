package io.sluice.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Frame;
import io.sluice.protocol.Header;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One connection of the load: buffers on both sides of a socket, and frames cut out of what is
 * read. Owned by the load's thread.
 */
abstract class Connection implements AutoCloseable {
    private static final int OUT_BYTES = 1 << 20;
    private static final int IN_BYTES = 1 << 20;

    /** What is framed and not yet written: between 0 and the position. */
    final ByteBuffer out = ByteBuffer.allocateDirect(OUT_BYTES);

    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
    private final ByteBuf frames = Unpooled.wrappedBuffer(in.duplicate());
    private final SocketChannel channel;

    Connection(int port) throws IOException {
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
    }

    SocketChannel channel() {
        return channel;
    }

    /** Frames as many requests as may be under way. */
    abstract void fill(long nowNs);

    /** Takes an answer, which lies in {@code bytes} until this returns. */
    abstract void answered(Header header, ByteBuffer bytes, long nowNs);

    /** Requests whose fate is not known; a parked pull is none. */
    abstract int unanswered();

    /** Writes what is framed; false if some is left. */
    boolean write() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                break;
            }
        }
        out.compact();
        return out.position() == 0;
    }

    /** Reads what has arrived and hands on the answers in it. */
    void read(long nowNs) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server closed the connection");
        }
        int end = in.position();
        int at = 0;
        frames.setIndex(0, end);
        for (int size = next(); size != Frame.INCOMPLETE; size = next()) {
            Header header = Header.decode(frames, at);
            if (header.response()) {
                answered(header, in, nowNs);
            }
            at += size;
            frames.readerIndex(at);
        }
        in.flip().position(at);
        in.compact();
    }

    private int next() {
        return Frame.sizeBytes(frames, IN_BYTES);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
