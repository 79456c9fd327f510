package io.sluice.server.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Answers every request on a free port of this machine as a test says. */
final class ScriptedServer implements AutoCloseable {
    /** What a test says to a request. */
    interface Script {
        Reply reply(Header request, byte[] body);
    }

    /** How an answer's fields are written. */
    interface Fields {
        FrameWriter write(FrameWriter writer);
    }

    /** An answer. */
    record Reply(int code, Fields fields, byte[] body) {
        static Reply of(int code) {
            return new Reply(code, writer -> writer, new byte[0]);
        }

        Reply with(Fields more) {
            return new Reply(code, more, body);
        }

        Reply with(byte[] bytes) {
            return new Reply(code, fields, bytes);
        }
    }

    private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final Script script;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed at the end of the test
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                byte[] rest = new byte[in.readInt()];
                in.readFully(rest);
                ByteBuf frame = Unpooled.buffer().writeInt(rest.length).writeBytes(rest);
                answer(frame, socket.getOutputStream());
            }
        } catch (IOException | UncheckedIOException e) {
            // the client has gone, or the test says so
        }
    }

    private void answer(ByteBuf frame, OutputStream out) throws IOException {
        Header request = Header.decode(frame, 0);
        byte[] body = new byte[request.bodySizeBytes()];
        frame.getBytes(request.bodyIndex(), body);
        Reply reply = script.reply(request, body);
        ByteBuf header = Unpooled.buffer();
        reply.fields()
                .write(new FrameWriter().response(request, reply.code()))
                .finish(header, reply.body().length);
        header.readBytes(out, header.readableBytes());
        out.write(reply.body());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
