package io.sluice.faults.flood;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Thousands of connections of one thread, which {@link #run} makes its own. Those that the server
 * closes or refuses are opened again a second later.
 */
final class Swarm {
    private static final int CONNECTING_MAX = 200;
    private static final int SHARED_BYTES = 1 << 20;
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    /** Connections per source address: a port is taken by one only. */
    private static final int PER_ADDRESS = 10_000;

    private record Retry(Supplier<Behaviour> behaviour, long atNs) {}

    private record Waiting(Supplier<Behaviour> behaviour, Link link) {}

    private final InetSocketAddress server;
    private final int firstAddress;
    private final long tickNs;
    private final Selector selector = Selector.open();
    private final Deque<Retry> toOpen = new ArrayDeque<>();
    private final Set<Waiting> open = new LinkedHashSet<>();
    private final ByteBuffer shared = ByteBuffer.allocateDirect(SHARED_BYTES);
    private int connecting;
    private int opened;
    private volatile int openCount;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private volatile boolean stopped;

    /**
     * @param firstAddress n of 127.0.0.n, from which the first connections come
     * @param tickMs how often each connection's behaviour is ticked
     */
    Swarm(int port, int firstAddress, int tickMs) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.firstAddress = firstAddress;
        this.tickNs = TimeUnit.MILLISECONDS.toNanos(tickMs);
    }

    /** Before {@link #run}. */
    Swarm add(int count, Supplier<Behaviour> behaviour) {
        for (int i = 0; i < count; i++) {
            toOpen.add(new Retry(behaviour, 0));
        }
        return this;
    }

    /** Connections that are open. */
    int openCount() {
        return openCount;
    }

    /** Connections that the server closed or refused so far. */
    long lost() {
        return lost.get();
    }

    /** Bytes that were written so far. */
    long written() {
        return written.get();
    }

    void stop() {
        stopped = true;
        selector.wakeup();
    }

    void run() throws IOException {
        long tickAt = System.nanoTime() + tickNs;
        while (!stopped) {
            openMore(System.nanoTime());
            selector.select(Math.clamp((tickAt - System.nanoTime()) / 1_000_000, 1, 100));
            long now = System.nanoTime();
            List<Waiting> touched = new ArrayList<>();
            for (SelectionKey key : selector.selectedKeys()) {
                Waiting one = (Waiting) key.attachment();
                handle(key, one, now);
                touched.add(one);
            }
            selector.selectedKeys().clear();
            if (now >= tickAt) {
                tickAt = now + tickNs;
                for (Waiting one : List.copyOf(open)) {
                    one.link.behaviour.tick(one.link, now);
                    flush(one);
                }
            } else {
                touched.forEach(this::flush);
            }
        }
        open.forEach(one -> one.link.close());
        selector.close();
    }

    private void openMore(long now) {
        while (connecting < CONNECTING_MAX && !toOpen.isEmpty() && toOpen.peek().atNs - now <= 0) {
            Supplier<Behaviour> behaviour = toOpen.remove().behaviour;
            try {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.bind(new InetSocketAddress("127.0.0." + address(), 0));
                Link link = new Link(behaviour.get(), channel);
                var _ = channel.connect(server);
                link.key(
                        channel.register(
                                selector, SelectionKey.OP_CONNECT, new Waiting(behaviour, link)));
                connecting++;
            } catch (IOException e) {
                lose(behaviour);
            }
        }
    }

    private int address() {
        return firstAddress + opened++ / PER_ADDRESS % 100;
    }

    private void lose(Supplier<Behaviour> behaviour) {
        lost.incrementAndGet();
        toOpen.add(new Retry(behaviour, System.nanoTime() + RETRY_NS));
    }

    private void handle(SelectionKey key, Waiting one, long now) {
        try {
            if (key.isConnectable()) {
                connecting--;
                if (one.link.channel().finishConnect()) {
                    key.interestOps(one.link.behaviour.deaf() ? 0 : SelectionKey.OP_READ);
                    open.add(one);
                    openCount = open.size();
                    one.link.behaviour.opened(one.link);
                }
            } else if (key.isReadable()) {
                one.link.read(shared, now);
            }
        } catch (IOException e) {
            drop(one);
        }
    }

    private void flush(Waiting one) {
        try {
            written.addAndGet(one.link.flush());
        } catch (IOException e) {
            drop(one);
        }
    }

    private void drop(Waiting one) {
        one.link.close();
        open.remove(one);
        openCount = open.size();
        lose(one.behaviour);
    }
}
