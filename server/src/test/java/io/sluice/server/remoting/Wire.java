package io.sluice.server.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Frame;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SerializeType;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A client that knows nothing but frames: one blocking socket, requests and answers by hand. */
public final class Wire implements AutoCloseable {
    /** A frame that came: an answer, or a request of the server's. */
    public record Reply(Header header, byte[] body) {
        public int code() {
            return header.code();
        }

        public ByteBuf buffer() {
            return Unpooled.wrappedBuffer(body);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final SerializeType type;
    private final FrameWriter writer = new FrameWriter();
    private final Deque<Reply> notifications = new ArrayDeque<>();
    private static final AtomicInteger KEYS_MADE = new AtomicInteger();
    private static final Set<String> KEYS = ConcurrentHashMap.newKeySet();
    private int opaque;

    public Wire(int port) throws IOException {
        this(port, SerializeType.JSON);
    }

    public Wire(int port, SerializeType type) throws IOException {
        this.type = type;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    public Socket socket() {
        return socket;
    }

    /** The bytes of a request; its number is {@link #lastOpaque}. */
    public byte[] request(int code, UnaryOperator<FrameWriter> fields, byte[] body) {
        return finish(fields.apply(writer.request(type, code, ++opaque)), body);
    }

    public byte[] oneway(int code, UnaryOperator<FrameWriter> fields, byte[] body) {
        return finish(fields.apply(writer.oneway(type, code, ++opaque)), body);
    }

    /** Answers a request of the server's. */
    public void respond(Reply asked, int code, byte[] body) throws IOException {
        write(finish(writer.response(asked.header(), code), body));
    }

    private static byte[] finish(FrameWriter header, byte[] body) {
        ByteBuf frame = Unpooled.buffer();
        header.finish(frame, body.length);
        frame.writeBytes(body);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }

    public int lastOpaque() {
        return opaque;
    }

    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Asks and awaits the answer; notifications that come before it are kept. */
    public Reply call(int code, UnaryOperator<FrameWriter> fields, byte[] body) throws IOException {
        write(request(code, fields, body));
        return answer();
    }

    public Reply call(int code, UnaryOperator<FrameWriter> fields) throws IOException {
        return call(code, fields, new byte[0]);
    }

    /** The next answer. */
    public Reply answer() throws IOException {
        while (true) {
            Reply reply = read();
            if (reply.header.response()) {
                return reply;
            }
            notifications.add(reply);
        }
    }

    /** The next notification. */
    public Reply notification() throws IOException {
        Reply kept = notifications.poll();
        return kept != null ? kept : read();
    }

    private Reply read() throws IOException {
        int length = in.readInt();
        byte[] bytes = new byte[length + 4];
        ByteBuf frame = Unpooled.wrappedBuffer(bytes);
        frame.setInt(0, length);
        in.readFully(bytes, 4, length);
        if (Frame.sizeBytes(frame, Frame.SIZE_BYTES_MAX) != bytes.length) {
            throw new AssertionError("the server wrote what is no frame");
        }
        Header header = Header.decode(frame, 0);
        byte[] body = new byte[header.bodySizeBytes()];
        frame.getBytes(header.bodyIndex(), body);
        return new Reply(header, body);
    }

    /** Awaits that the server closes the connection. */
    public boolean closedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    /** Sends under a unique key of its own: the body, if that is sent for the first time. */
    public Reply send(String topic, int queueId, String body) throws IOException {
        String key = KEYS.add(body) ? body : body + "-" + KEYS_MADE.incrementAndGet();
        return send(topic, queueId, "UNIQ_KEY\u0001" + key + "\u0002", body);
    }

    public Reply send(String topic, int queueId, String properties, String body)
            throws IOException {
        return call(
                RequestCode.SEND_MESSAGE_V2,
                sendHeader(topic, queueId, properties)::encode,
                body.getBytes(StandardCharsets.UTF_8));
    }

    public static SendMessageHeader sendHeader(String topic, int queueId, String properties) {
        return new SendMessageHeader(
                "producers",
                topic,
                "TBW102",
                4,
                queueId,
                0,
                1_700_000_000_000L,
                7,
                properties.getBytes(StandardCharsets.UTF_8),
                0,
                false,
                SendMessageHeader.ABSENT,
                false,
                null);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
