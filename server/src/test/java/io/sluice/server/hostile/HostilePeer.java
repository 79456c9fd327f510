package io.sluice.server.hostile;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket over which attempts go out by the dozen, and answers come back in any order. */
final class HostilePeer implements AutoCloseable {
    private static final int AT_A_TIME = 32;
    private static final int PATIENCE_MS = 3000;

    /**
     * What became of an attempt.
     *
     * @param answer null if there was none
     * @param closed whether the server closed the connection instead
     */
    record Outcome(Attempt attempt, @Nullable Header answer, boolean closed) {
        boolean refused() {
            return answer != null && answer.code() != ResponseCode.SUCCESS;
        }
    }

    private final int port;
    private final SerializeType type;
    private Socket socket;
    private DataInputStream in;
    private int opaque;

    HostilePeer(int port, SerializeType type) throws IOException {
        this.port = port;
        this.type = type;
        socket = connect();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    private Socket connect() throws IOException {
        Socket fresh = new Socket(InetAddress.getLoopbackAddress(), port);
        fresh.setSoTimeout(PATIENCE_MS);
        fresh.setTcpNoDelay(true);
        return fresh;
    }

    /** Makes all attempts; what became of them, in their order. */
    List<Outcome> make(List<Attempt> attempts) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (int from = 0; from < attempts.size(); from += AT_A_TIME) {
            int to = Math.min(from + AT_A_TIME, attempts.size());
            outcomes.addAll(makeSome(attempts.subList(from, to)));
        }
        return outcomes;
    }

    private List<Outcome> makeSome(List<Attempt> attempts) throws IOException {
        int first = opaque + 1;
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (Attempt attempt : attempts) {
            frames.writeBytes(attempt.frame(type, ++opaque));
        }
        @Nullable Header[] answers = new Header[attempts.size()];
        boolean closed = false;
        try {
            socket.getOutputStream().write(frames.toByteArray());
            for (int left = attempts.size(); left > 0; ) {
                Header answer = answer();
                int index = answer.opaque() - first;
                if (index >= 0) { // else one for which nobody waits any more
                    answers[index] = answer;
                    left--;
                }
            }
        } catch (SocketTimeoutException e) {
            // those that have none may be waiting for messages
        } catch (SocketException | java.io.EOFException e) {
            closed = true;
            close();
            socket = connect();
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < answers.length; i++) {
            outcomes.add(new Outcome(attempts.get(i), answers[i], closed && answers[i] == null));
        }
        return outcomes;
    }

    private Header answer() throws IOException {
        while (true) {
            int length = in.readInt();
            byte[] bytes = new byte[length + 4];
            ByteBuf frame = Unpooled.wrappedBuffer(bytes);
            frame.setInt(0, length);
            in.readFully(bytes, 4, length);
            Header header = Header.decode(frame, 0);
            if (header.response()) {
                return header;
            }
            if (!header.oneway()) {
                refuse(header);
            }
        }
    }

    /** The server asks: perhaps because an attempt made it. */
    private void refuse(Header question) throws IOException {
        ByteBuf frame = Unpooled.buffer();
        new FrameWriter().response(question, ResponseCode.SYSTEM_ERROR).finish(frame, 0);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        socket.getOutputStream().write(bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
