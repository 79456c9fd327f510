package io.sluice.server.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Frame;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SerializeType;
import io.sluice.server.config.HostPort;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.function.UnaryOperator;

/**
 * A connection to a server, for one thread that sends requests and reads answers itself. Several
 * requests may be under way; answers come in the server's order.
 */
final class RemotingClient implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int BUFFER_SIZE_BYTES = 64 * 1024;
    private static final byte[] NO_BODY = {};

    private final HostPort server;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final FrameWriter writer = new FrameWriter();
    private final ByteBuf header = Unpooled.buffer();
    private int opaque;

    /**
     * @param answerTimeoutMs how long to wait for an answer
     * @throws CommandException if the server cannot be reached
     */
    RemotingClient(HostPort server, int answerTimeoutMs) throws CommandException {
        this.server = server;
        this.socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(server.host(), server.port()), CONNECT_TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(answerTimeoutMs);
            in =
                    new DataInputStream(
                            new BufferedInputStream(socket.getInputStream(), BUFFER_SIZE_BYTES));
            out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_SIZE_BYTES);
        } catch (IOException e) {
            close();
            throw new CommandException(
                    CommandException.UNREACHABLE,
                    "no server answers at "
                            + server
                            + " ("
                            + e.getMessage()
                            + "); start one with ./sluice server, or name another with --server");
        }
    }

    HostPort server() {
        return server;
    }

    /** Sends a request and waits for its answer; none other may be under way. */
    Answer call(int code, UnaryOperator<FrameWriter> fields, byte[] body) throws CommandException {
        int sent = send(code, fields, body);
        Answer answer = receive();
        while (answer.header().opaque() != sent) {
            answer = receive();
        }
        return answer;
    }

    Answer call(int code, UnaryOperator<FrameWriter> fields) throws CommandException {
        return call(code, fields, NO_BODY);
    }

    int send(int code, UnaryOperator<FrameWriter> fields) throws CommandException {
        return send(code, fields, NO_BODY);
    }

    /**
     * Writes a request, which leaves at the latest with the next {@link #receive}.
     *
     * @return the number that its answer carries
     */
    int send(int code, UnaryOperator<FrameWriter> fields, byte[] body) throws CommandException {
        header.clear();
        fields.apply(writer.request(SerializeType.JSON, code, ++opaque))
                .finish(header, body.length);
        try {
            header.readBytes(out, header.readableBytes());
            out.write(body);
        } catch (IOException e) {
            throw lost();
        }
        return opaque;
    }

    /** The next answer; what the server asks of its clients is passed over. */
    Answer receive() throws CommandException {
        try {
            out.flush();
            Answer frame = read();
            while (!frame.header().response()) {
                frame = read();
            }
            return frame;
        } catch (SocketTimeoutException e) {
            throw new CommandException(
                    CommandException.UNREACHABLE, server + " is connected but does not answer");
        } catch (IOException e) {
            throw lost();
        } catch (ProtocolException e) {
            throw new CommandException(
                    CommandException.UNREACHABLE,
                    "what " + server + " answers cannot be read: " + e.getMessage());
        }
    }

    private Answer read() throws IOException {
        int length = in.readInt();
        ByteBuf frame = Unpooled.buffer(Integer.BYTES * 2).writeInt(length);
        frame.writeInt(in.readInt());
        if (Frame.sizeBytes(frame, Frame.SIZE_BYTES_MAX) == Frame.INCOMPLETE) {
            byte[] rest = new byte[length - Integer.BYTES];
            in.readFully(rest);
            frame = Unpooled.wrappedBuffer(frame, Unpooled.wrappedBuffer(rest));
        }
        return new Answer(Header.decode(frame, 0), frame);
    }

    private CommandException lost() {
        return new CommandException(
                CommandException.UNREACHABLE,
                "the server at " + server + " closed the connection; is it still running?");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone, which is what was wanted
        }
    }
}
