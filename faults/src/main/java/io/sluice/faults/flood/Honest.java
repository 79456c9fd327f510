package io.sluice.faults.flood;

import io.sluice.protocol.ResponseCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Honest clients for some seconds, measured after a time to warm up. */
final class Honest {
    private static final byte[] BODY = new byte[1024];
    private static final int TICK_MS = 1;
    private static final int OWN_ADDRESS = 200;

    /**
     * What they saw.
     *
     * @param perSecond messages acknowledged
     * @param p50Ms from when a message was sent to when it was acknowledged
     * @param refused requests answered by anything but success
     * @param lost connections that the server closed
     */
    record Measure(double perSecond, double p50Ms, double p99Ms, long refused, long lost) {
        @Override
        public String toString() {
            return "%,.0f/s, p50 %.2f ms, p99 %.2f ms, refused %d, lost %d"
                    .formatted(perSecond, p50Ms, p99Ms, refused, lost);
        }
    }

    private final int port;
    private final String topic;
    private long[] nanos = new long[1 << 16];
    private int count;
    private long refused;
    private boolean measuring;

    Honest(int port, String topic) {
        this.port = port;
        this.topic = topic;
    }

    /** Each sends as soon as one of its {@code window} messages is acknowledged. */
    Measure saturate(int connections, int window, long warmMs, long ms)
            throws InterruptedException {
        return run(connections, warmMs, ms, queue -> new Windowed(queue, window));
    }

    /** Each sends {@code perSecond} messages per second whatever the answers do. */
    Measure pace(int connections, int perSecond, long warmMs, long ms) throws InterruptedException {
        return run(connections, warmMs, ms, queue -> new Paced(queue, perSecond));
    }

    private interface ByQueue {
        Behaviour of(int queue);
    }

    private Measure run(int connections, long warmMs, long ms, ByQueue behaviours)
            throws InterruptedException {
        try {
            Swarm swarm = new Swarm(port, OWN_ADDRESS, TICK_MS);
            for (int i = 0; i < connections; i++) {
                int queue = i % Nuisance.QUEUES;
                swarm.add(1, () -> behaviours.of(queue));
            }
            Thread thread = Thread.ofPlatform().daemon().name("honest").start(() -> run(swarm));
            Thread.sleep(warmMs);
            long began = begin();
            Thread.sleep(ms);
            Measure measure = end(swarm.lost(), began);
            swarm.stop();
            thread.join();
            return measure;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Swarm swarm) {
        try {
            swarm.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized long begin() {
        count = 0;
        measuring = true;
        return System.nanoTime();
    }

    private synchronized Measure end(long lost, long beganNs) {
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        measuring = false;
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return new Measure(count / seconds, ms(sorted, 0.5), ms(sorted, 0.99), refused, lost);
    }

    private static double ms(long[] sorted, double share) {
        return sorted.length == 0
                ? Double.POSITIVE_INFINITY
                : sorted[(int) (share * (sorted.length - 1))] / 1e6;
    }

    private synchronized void took(long ns, boolean ok) {
        if (!ok) {
            refused++;
        } else if (measuring) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = ns;
        }
    }

    /** Numbers its requests and knows when it sent each. */
    private abstract class Sender implements Behaviour {
        private static final int KEPT = 1 << 16;
        private final byte[] frame;
        private final long[] sentNs = new long[KEPT];
        private int sent;

        Sender(int queue) {
            frame = Frames.send(topic, queue, BODY);
        }

        void send(Link link, long nowNs) {
            sentNs[sent & (KEPT - 1)] = nowNs;
            Frames.number(frame, sent++);
            link.write(frame);
        }

        @Override
        public void answered(Link link, ByteBuffer answer, long nowNs) {
            int opaque = answer.getInt(answer.position() + Frames.OPAQUE_AT);
            int code = answer.getShort(answer.position() + Frames.CODE_AT);
            took(nowNs - sentNs[opaque & (KEPT - 1)], code == ResponseCode.SUCCESS);
        }
    }

    private final class Windowed extends Sender {
        private final int window;

        Windowed(int queue, int window) {
            super(queue);
            this.window = window;
        }

        @Override
        public void opened(Link link) {
            for (int i = 0; i < window; i++) {
                send(link, System.nanoTime());
            }
        }

        @Override
        public void answered(Link link, ByteBuffer answer, long nowNs) {
            super.answered(link, answer, nowNs);
            send(link, nowNs);
        }
    }

    private final class Paced extends Sender {
        private final long everyNs;
        private long dueNs;

        Paced(int queue, int perSecond) {
            super(queue);
            everyNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        }

        @Override
        public void opened(Link link) {
            dueNs = System.nanoTime() + (long) (Math.random() * everyNs);
        }

        @Override
        public void tick(Link link, long nowNs) {
            while (nowNs - dueNs >= 0) {
                send(link, nowNs);
                dueNs += everyNs;
            }
        }
    }
}
