package io.sluice.bench.floor;

import io.sluice.bench.HeaderScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One connection to a floor server. Owned by the server's loop thread. */
final class FloorConnection {
    /** Told of each whole frame. */
    @FunctionalInterface
    interface Sink {
        void frame(ByteBuffer in, int from, int to, int opaque) throws IOException;
    }

    /** As long as what RocketMQ answers, so that the load's reading costs the same. */
    private static final String RESPONSE =
            """
            {"code":0,"extFields":{"queueId":"0","msgId":"7F0000010BE45E91A1B4000000000000",\
            "TRACE_ON":"true","MSG_REGION":"DefaultRegion","queueOffset":"1000000"},"flag":1,\
            "language":"JAVA","opaque":0000000000,"serializeTypeCurrentRPC":"JSON","version":513}\
            """;

    private static final int OPAQUE_AT = 8 + RESPONSE.indexOf(":0000000000") + 1;
    private static final int OPAQUE_DIGITS = 10;
    private static final byte[] RESPONSE_FRAME = responseFrame();
    private static final int BUFFER_BYTES = 512 * 1024;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final HeaderScan opaque = new HeaderScan("opaque");
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    FloorConnection(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    /** Returns false at the end of the stream. */
    boolean read() throws IOException {
        try {
            return channel.read(in) >= 0;
        } catch (IOException reset) {
            return false;
        }
    }

    void cut(Sink sink) throws IOException {
        in.flip();
        while (in.remaining() >= 8 && in.remaining() >= 4 + in.getInt(in.position())) {
            int from = in.position();
            int to = from + 4 + in.getInt(from);
            int headerEnd = from + 8 + (in.getInt(from + 4) & 0xFFFFFF);
            sink.frame(in, from, to, (int) opaque.number(in, from + 8, headerEnd));
            in.position(to);
        }
        in.compact();
    }

    void answer(int toOpaque) {
        int at = out.position();
        out.put(RESPONSE_FRAME);
        int rest = toOpaque;
        for (int i = OPAQUE_DIGITS - 1; i >= 0; i--) {
            out.put(at + OPAQUE_AT + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    void flush() throws IOException {
        if (out.position() > 0 && channel.isOpen()) {
            out.flip();
            channel.write(out);
            out.compact();
        }
        if (key.isValid()) {
            boolean rest = out.position() > 0;
            int interest =
                    rest ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
        }
    }

    void close() throws IOException {
        channel.close();
    }

    private static byte[] responseFrame() {
        byte[] header = RESPONSE.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ByteBuffer.allocate(8 + header.length);
        frame.putInt(4 + header.length).putInt(header.length).put(header);
        return frame.array();
    }
}
