package io.sluice.faults;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A mixed load from one thread: connections that send single, batched and delayed messages in both
 * header serializations, and one consumer for each group that pulls, commits and gives messages
 * back. All of it goes into the ledger. It ends after a time, on request, or when the server breaks
 * a connection.
 */
public final class Load {
    private static final int SENDERS = 3;
    private static final int IN_FLIGHT = 256;
    private static final long SELECT_MS = 5;

    private final Ledger ledger;
    private final SplittableRandom random;
    private final LongSupplier serverClockMs;
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean isEnding;
    private volatile boolean isDeaf;

    /**
     * How a load ended.
     *
     * @param unanswered requests whose fate is not known
     * @param lastRefusal the last code of a refused send; 0 if none was
     * @param broken why a connection broke; null if none did
     * @param longestSilenceMs the longest time without any answer
     */
    public record Result(
            long acknowledged,
            int unanswered,
            int lastRefusal,
            @Nullable String broken,
            long longestSilenceMs,
            Duration elapsed) {
        /** Whether every request was answered. */
        public boolean isDrained() {
            return unanswered == 0;
        }
    }

    /**
     * @param serverClockMs the earliest time that the server's clock may show, in ms since 1970
     */
    public Load(Ledger ledger, long seed, LongSupplier serverClockMs) {
        this.ledger = ledger;
        this.serverClockMs = serverClockMs;
        random = new SplittableRandom(seed);
    }

    /** Messages acknowledged in all runs; any thread may ask. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Makes a running load stop sending and wait for its answers; any thread may ask. */
    public void end() {
        isEnding = true;
    }

    /**
     * Makes a running load take no more answers while it goes on sending; any thread may ask. What
     * is answered from now on counts as unanswered: as if the power went here.
     */
    public void deafen() {
        isDeaf = true;
    }

    /**
     * Runs for a time, then waits for what is unanswered.
     *
     * @param drainMax how long to wait for answers in the end, and for a first one
     */
    public Result run(int port, Duration duration, Duration drainMax) {
        isEnding = false;
        isDeaf = false;
        List<Connection> connections = new ArrayList<>();
        Loop loop = new Loop(connections);
        try (Selector selector = Selector.open()) {
            open(port, connections, selector);
            loop.run(selector, duration, drainMax);
        } catch (IOException e) {
            loop.broken = String.valueOf(e.getMessage());
        } finally {
            connections.forEach(Load::close);
        }
        return loop.result();
    }

    private void open(int port, List<Connection> connections, Selector selector)
            throws IOException {
        for (int i = 0; i < SENDERS; i++) {
            connections.add(
                    new SendConnection(port, ledger, IN_FLIGHT, random.split(), serverClockMs));
        }
        for (int group = 0; group < ledger.plan.groups().size(); group++) {
            connections.add(
                    new ConsumeConnection(port, ledger, group, random.split(), serverClockMs));
        }
        connections.add(new OperateConnection(port, ledger.catalog()));
        for (Connection connection : connections) {
            connection.channel().register(selector, SelectionKey.OP_READ, connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // it is gone, which is what was wanted
        }
    }

    /** One run over open connections. */
    private final class Loop {
        private final List<Connection> connections;
        private final long startNs = System.nanoTime();
        private final long acknowledgedBefore = acknowledged.get();
        private long lastAnswerNs = startNs;
        private long longestSilenceNs;
        private @Nullable String broken;

        Loop(List<Connection> connections) {
            this.connections = connections;
        }

        void run(Selector selector, Duration duration, Duration drainMax) throws IOException {
            long endNs = startNs + duration.toNanos();
            while (System.nanoTime() < endNs && !isEnding) {
                turn(selector, true);
            }
            long drainedNs = System.nanoTime() + drainMax.toNanos();
            while (unanswered() > 0 && !isDeaf && System.nanoTime() < drainedNs) {
                turn(selector, false);
            }
        }

        private void turn(Selector selector, boolean fill) throws IOException {
            boolean any = selector.select(SELECT_MS) > 0;
            long nowNs = System.nanoTime();
            if (any) {
                silence(nowNs);
                lastAnswerNs = nowNs;
            }
            for (SelectionKey key : selector.keys()) {
                Connection connection = (Connection) key.attachment();
                if (key.isReadable() && !isDeaf) {
                    connection.read(nowNs);
                }
                if (fill) {
                    connection.fill(nowNs);
                }
                key.interestOps(
                        connection.write()
                                ? SelectionKey.OP_READ
                                : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
            selector.selectedKeys().clear();
            acknowledged.set(acknowledgedBefore + count());
        }

        private void silence(long nowNs) {
            longestSilenceNs = Math.max(longestSilenceNs, nowNs - lastAnswerNs);
        }

        private int unanswered() {
            return connections.stream().mapToInt(Connection::unanswered).sum();
        }

        private long count() {
            long count = 0;
            for (Connection connection : connections) {
                count += connection instanceof SendConnection sends ? sends.acknowledged() : 0;
            }
            return count;
        }

        Result result() {
            long nowNs = System.nanoTime();
            silence(nowNs);
            acknowledged.set(acknowledgedBefore + count());
            int lastRefusal = 0;
            for (Connection connection : connections) {
                if (connection instanceof SendConnection sends && sends.lastRefusal() != 0) {
                    lastRefusal = sends.lastRefusal();
                }
            }
            return new Result(
                    count(),
                    unanswered(),
                    lastRefusal,
                    broken,
                    longestSilenceNs / 1_000_000,
                    Duration.ofNanos(nowNs - startNs));
        }
    }
}
