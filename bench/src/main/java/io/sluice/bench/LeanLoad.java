package io.sluice.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Closed-loop load from one thread over a few connections: whatever a read answers is sent again in
 * one write. It allocates nothing per message, so that on a small machine the server gets the
 * processor. Times are taken once per read and once per write, never inside a batch.
 */
final class LeanLoad implements Load {
    static final String TOPIC = "bench";

    private static final long LATENCY_MAX_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long SILENCE_MAX_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long SELECT_MS = 100;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Shape shape;

    LeanLoad(Shape shape) {
        this.shape = shape;
    }

    @Override
    public Result run(Endpoint endpoint, Window.Times times, Window window) throws IOException {
        Histogram latency = new Histogram(LATENCY_MAX_NS, 3);
        SendFrame frame =
                new SendFrame(
                        TOPIC,
                        endpoint.brokerName(),
                        shape.queues(),
                        shape.bodyBytes(),
                        System.currentTimeMillis());
        List<LeanConnection> connections = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < shape.connections(); i++) {
                LeanConnection connection =
                        new LeanConnection(endpoint.sendAddress(), frame, i, shape, latency);
                connections.add(connection);
                connection.channel().register(selector, SelectionKey.OP_READ, connection);
            }
            return new Loop(selector, connections, latency).run(times, window);
        } finally {
            for (LeanConnection connection : connections) {
                connection.close();
            }
        }
    }

    /** One run over open connections. */
    private static final class Loop {
        private final Selector selector;
        private final List<LeanConnection> connections;
        private final Histogram latency;
        private int refill = Integer.MAX_VALUE;
        private long progressNs = System.nanoTime();

        Loop(Selector selector, List<LeanConnection> connections, Histogram latency) {
            this.selector = selector;
            this.connections = connections;
            this.latency = latency;
        }

        Result run(Window.Times times, Window window) throws IOException {
            createTopic();
            for (SelectionKey key : selector.keys()) {
                send(key);
            }
            turnFor(times.warmup().toNanos());
            latency.reset();
            window.opened();
            long answeredBefore = answered();
            long cpuBefore = THREADS.getCurrentThreadCpuTime();
            long openedNs = System.nanoTime();
            turnFor(times.measured().toNanos());
            long elapsedNs = System.nanoTime() - openedNs;
            long cpuNs = THREADS.getCurrentThreadCpuTime() - cpuBefore;
            window.closed();
            long messages = answered() - answeredBefore;
            Histogram measured = latency.copy();
            drain();
            requireNoErrors();
            return new Result(messages, elapsedNs, measured, cpuNs);
        }

        /** The first message creates the topic; no other may run ahead of it. */
        private void createTopic() throws IOException {
            LeanConnection first = connections.getFirst();
            refill = 0;
            first.fill(System.nanoTime(), 1);
            first.write();
            while (first.inFlight() > 0) {
                turn();
            }
            requireNoErrors();
            refill = Integer.MAX_VALUE;
        }

        private void turnFor(long durationNs) throws IOException {
            long endNs = System.nanoTime() + durationNs;
            while (System.nanoTime() < endNs) {
                turn();
            }
        }

        private void drain() throws IOException {
            refill = 0;
            while (connections.stream().anyMatch(connection -> connection.inFlight() > 0)) {
                turn();
            }
        }

        private void turn() throws IOException {
            if (selector.select(SELECT_MS) > 0) {
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isReadable()) {
                        ((LeanConnection) key.attachment()).read();
                    }
                    send(key);
                }
                selector.selectedKeys().clear();
                progressNs = System.nanoTime();
            } else if (System.nanoTime() - progressNs > SILENCE_MAX_NS) {
                throw new LoadFailedException("No answer for 20 s; see the server's log");
            }
        }

        private void send(SelectionKey key) throws IOException {
            LeanConnection connection = (LeanConnection) key.attachment();
            connection.fill(System.nanoTime(), refill);
            int interest =
                    connection.write()
                            ? SelectionKey.OP_READ
                            : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
        }

        private long answered() {
            return connections.stream().mapToLong(LeanConnection::answered).sum();
        }

        private void requireNoErrors() throws LoadFailedException {
            for (LeanConnection connection : connections) {
                if (connection.errors() > 0) {
                    throw new LoadFailedException(
                            "%d messages were refused, the last with response code %d"
                                    .formatted(connection.errors(), connection.lastErrorCode()));
                }
            }
        }
    }
}
