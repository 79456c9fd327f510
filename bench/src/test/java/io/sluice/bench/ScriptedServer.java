package io.sluice.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Answers requests out of order and in pieces of random size, one thread per connection, and keeps
 * the headers of all requests.
 */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket acceptor;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    final Queue<String> headers = new ConcurrentLinkedQueue<>();
    private final Behaviour behaviour;

    /**
     * @param code of every answer but the first, which creates the topic
     * @param answers after how many of them a connection is closed
     */
    record Behaviour(int code, int answers) {}

    ScriptedServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        acceptor = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    Endpoint endpoint() {
        return new Endpoint("broker-a", acceptor.getLocalPort(), 0, 0, List.of());
    }

    private void accept() {
        try {
            for (int seed = 0; ; seed++) {
                Socket socket = acceptor.accept();
                sockets.add(socket);
                Random random = new Random(seed);
                Thread.ofVirtual().start(() -> serve(socket, random));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket, Random random) {
        try (socket) {
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (int left = behaviour.answers; left > 0; ) {
                List<byte[]> answers = new ArrayList<>();
                do {
                    answers.add(answer(request(in)));
                } while (in.available() > 0);
                Collections.shuffle(answers, random);
                left -= answers.size();
                write(socket.getOutputStream(), answers, random);
            }
        } catch (IOException ended) {
            // The load has closed its side.
        }
    }

    private String request(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] rest = in.readNBytes(length);
        if (rest.length < length) {
            throw new EOFException();
        }
        int headerBytes = ByteBuffer.wrap(rest).getInt();
        String header = new String(rest, 4, headerBytes, StandardCharsets.US_ASCII);
        headers.add(header);
        return header;
    }

    private byte[] answer(String header) {
        int from = header.indexOf("\"opaque\":") + 9;
        String opaque = header.substring(from, from + 10);
        int code = headers.size() == 1 ? 0 : behaviour.code;
        return Responses.frame("{\"code\":%d,\"flag\":1,\"opaque\":%s}".formatted(code, opaque), 0);
    }

    private static void write(OutputStream out, List<byte[]> answers, Random random)
            throws IOException {
        for (byte[] answer : answers) {
            int cut = random.nextInt(answer.length);
            out.write(answer, 0, cut);
            out.flush();
            out.write(answer, cut, answer.length - cut);
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
