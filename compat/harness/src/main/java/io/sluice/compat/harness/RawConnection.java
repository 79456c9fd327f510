package io.sluice.compat.harness;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A plain socket that speaks RocketMQ's frames, well or badly, as a test likes. One thread at a
 * time.
 *
 * <pre>
 *   0        4        8             8 + header length
 *   +--------+--------+-------------+-----------+
 *   | length | header | JSON header | body      |   length counts everything after itself
 *   |        | length |             |           |
 *   +--------+--------+-------------+-----------+
 * </pre>
 */
public final class RawConnection implements AutoCloseable {

    /** Bounds every read, so that a server that says nothing fails a test instead of hanging it. */
    private static final int READ_TIMEOUT_MS = 30_000;

    private static final int HEADER_LENGTH_MASK = 0xFFFFFF;

    private final Socket socket;
    private final DataInputStream in;
    private int nextOpaque = 1;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
    }

    /** Connects to a port on loopback. */
    public static RawConnection open(int port) {
        try {
            return new RawConnection(new Socket(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request without a body and waits for the answer. */
    public Reply request(int code, Map<String, String> fields) {
        return request(code, fields, new byte[0]);
    }

    /** Sends a request and waits for its answer; requests that the server sends are skipped. */
    public Reply request(int code, Map<String, String> fields, byte[] body) {
        int opaque = nextOpaque++;
        write(frame(code, opaque, fields, body));
        Reply reply = read();
        while (reply.opaque() != opaque) {
            reply = read();
        }
        return reply;
    }

    /** The bytes of a request as RocketMQ's own client writes them. */
    public static byte[] frame(int code, int opaque, Map<String, String> fields, byte[] body) {
        String extFields =
                fields.entrySet().stream()
                        .map(field -> quote(field.getKey()) + ":" + quote(field.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
        byte[] header =
                ("{\"code\":%d,\"extFields\":%s,\"flag\":0,\"language\":\"JAVA\",\"opaque\":%d,"
                                + "\"serializeTypeCurrentRPC\":\"JSON\",\"version\":435}")
                        .formatted(code, extFields, opaque)
                        .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + body.length)
                .putInt(4 + header.length + body.length)
                .putInt(header.length)
                .put(header)
                .put(body)
                .array();
    }

    private static String quote(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    public void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame. */
    public Reply read() {
        try {
            int length = in.readInt();
            byte[] header = in.readNBytes(in.readInt() & HEADER_LENGTH_MASK);
            byte[] body = in.readNBytes(length - 4 - header.length);
            return Reply.parse(new String(header, StandardCharsets.UTF_8), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the server closes this connection; what it sends before that is thrown away. */
    public void awaitClosedByServer() {
        try {
            while (in.read() >= 0) {
                // Whatever the server says before it hangs up is its own affair.
            }
        } catch (SocketException | EOFException reset) {
            // A reset is a close too.
        } catch (IOException e) {
            throw new UncheckedIOException("the server did not close the connection", e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
