package io.sluice.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.QueryConsumerOffsetHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers an audit from lists of messages that a test has made up, right or wrong. */
final class ScriptedServer implements AutoCloseable {
    private static final int SOME = 3;

    private final Map<String, List<byte[]>> queues = new HashMap<>();
    private final Set<String> topics = new HashSet<>();
    private final Map<String, Long> committed = new HashMap<>();
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    ScriptedServer() throws IOException {
        Thread.ofPlatform().daemon().name("scripted-server").start(this::serve);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The messages of one queue; the test changes them between requests. */
    synchronized List<byte[]> queue(QueueName name) {
        return queues.computeIfAbsent(name.toString(), _ -> new ArrayList<>());
    }

    synchronized void committed(String group, QueueName name, long offset) {
        committed.put(group + " " + name, offset);
    }

    /** Names of topics that are there. */
    synchronized Set<String> topics() {
        return topics;
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.setTcpNoDelay(true);
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (true) {
                    answer(read(in), socket.getOutputStream());
                }
            } catch (IOException e) {
                // the connection, or the test, has ended
            }
        }
    }

    private static ByteBuf read(DataInputStream in) throws IOException {
        int length = in.readInt();
        return Unpooled.buffer().writeInt(length).writeBytes(in.readNBytes(length));
    }

    private synchronized void answer(ByteBuf frame, OutputStream out) throws IOException {
        Header header = Header.decode(frame, 0);
        byte[] body = {};
        FrameWriter writer = new FrameWriter();
        if (header.code() == RequestCode.QUERY_CONSUMER_OFFSET) {
            offset(header, writer);
        } else if (header.code() == RequestCode.GET_TOPIC_CONFIG) {
            boolean there = topics.contains(header.text("topic"));
            int code = there ? ResponseCode.SUCCESS : ResponseCode.TOPIC_NOT_EXIST;
            var _ = writer.response(header, code);
        } else {
            body = messages(PullMessageHeader.decode(header));
            int code = body.length == 0 ? ResponseCode.PULL_NOT_FOUND : ResponseCode.SUCCESS;
            var _ = writer.response(header, code);
        }
        ByteBuf answer = Unpooled.buffer();
        writer.finish(answer, body.length);
        answer.writeBytes(body).readBytes(out, answer.readableBytes());
    }

    private void offset(Header header, FrameWriter writer) {
        QueryConsumerOffsetHeader fields = QueryConsumerOffsetHeader.decode(header);
        String key = fields.consumerGroup() + " " + fields.topic() + "/" + fields.queueId();
        Long offset = committed.get(key);
        int code = offset == null ? ResponseCode.QUERY_NOT_FOUND : ResponseCode.SUCCESS;
        var _ = writer.response(header, code).field("offset", offset == null ? -1 : offset);
    }

    /** A few at a time, so that an audit has to go on. */
    private byte[] messages(PullMessageHeader fields) {
        List<byte[]> queue =
                queues.getOrDefault(fields.topic() + "/" + fields.queueId(), List.of());
        ByteBuf some = Unpooled.buffer();
        long from = fields.queueOffset();
        for (long i = from; i < Math.min(from + SOME, queue.size()); i++) {
            some.writeBytes(queue.get((int) i));
        }
        byte[] bytes = new byte[some.readableBytes()];
        some.readBytes(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
