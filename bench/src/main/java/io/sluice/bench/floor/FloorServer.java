package io.sluice.bench.floor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The thinnest servers that answer a remoting SEND: one thread that cuts frames and answers them,
 * and, for the durable one, a second thread that writes what the first has gathered. A batch is
 * handed over whenever the writer is idle; while it is written the next one fills.
 *
 * <p>No route, no topic, no queue, no index: what a message queue costs on top of this is its own.
 */
public final class FloorServer {
    /** What is done with a frame before it is answered. */
    public enum Mode {
        /** Nothing. */
        ECHO,
        /** It is written to the disk. */
        DURABLE
    }

    private final Selector selector;
    private final ServerSocketChannel acceptor;
    private final @Nullable GroupCommit commit;

    private FloorServer(Selector selector, ServerSocketChannel acceptor, @Nullable GroupCommit c) {
        this.selector = selector;
        this.acceptor = acceptor;
        this.commit = c;
    }

    /** Arguments: mode, port, file, size of the file in bytes. Runs until it is killed. */
    public static void main(String[] args) throws IOException {
        Mode mode = Mode.valueOf(args[0]);
        Selector selector = Selector.open();
        GroupCommit commit =
                switch (mode) {
                    case ECHO -> null;
                    case DURABLE ->
                            GroupCommit.start(
                                    Path.of(args[2]), Long.parseLong(args[3]), selector::wakeup);
                };
        ServerSocketChannel acceptor = ServerSocketChannel.open();
        acceptor.bind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])));
        acceptor.configureBlocking(false);
        acceptor.register(selector, SelectionKey.OP_ACCEPT);
        new FloorServer(selector, acceptor, commit).run();
    }

    private void run() throws IOException {
        while (true) {
            selector.select(this::serve);
            if (commit != null) {
                commit.turn();
            }
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else {
                serve(key, (FloorConnection) key.attachment());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = acceptor.accept();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        key.attach(new FloorConnection(channel, key));
    }

    private void serve(SelectionKey key, FloorConnection connection) throws IOException {
        if (key.isReadable() && !connection.read()) {
            connection.close();
            return;
        }
        if (commit == null) {
            connection.cut((frame, from, to, opaque) -> connection.answer(opaque));
        } else {
            connection.cut((frame, from, to, opaque) ->
                    commit.append(frame, from, to, connection, opaque));
        }
        connection.flush();
    }
}
