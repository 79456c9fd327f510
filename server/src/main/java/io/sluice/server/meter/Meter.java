package io.sluice.server.meter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts one thing. Counting costs an addition on any thread; how much it was lately is told from
 * samples that one thread takes every 10 s, so that a count of a minute covers 60 to 70 s, one of
 * an hour 60 to 70 minutes and one of a day 24 to 25 hours, or less if it began later.
 */
public final class Meter {
    static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /**
     * How much in a span of time.
     *
     * @param perSecond over that span, which counts as a second at least
     */
    public record Rate(long sum, double perSecond) {
        /** Nothing. */
        public static final Rate NONE = new Rate(0, 0);
    }

    private final LongAdder count = new LongAdder();
    private final Samples minute;
    private final Samples hour;
    private final Samples day;

    Meter(long nowNanos) {
        minute = new Samples(7, SAMPLE_NANOS, nowNanos);
        hour = new Samples(7, TimeUnit.MINUTES.toNanos(10), nowNanos);
        day = new Samples(25, TimeUnit.HOURS.toNanos(1), nowNanos);
    }

    void add(long amount) {
        count.add(amount);
    }

    /** How much since the server was started. */
    public long total() {
        return count.sum();
    }

    synchronized void sample(long nowNanos) {
        long total = total();
        minute.offer(nowNanos, total);
        hour.offer(nowNanos, total);
        day.offer(nowNanos, total);
    }

    synchronized Rate lastSeconds(long nowNanos) {
        return rate(nowNanos, minute.newest());
    }

    synchronized Rate lastMinute(long nowNanos) {
        return rate(nowNanos, minute.oldest());
    }

    synchronized Rate lastHour(long nowNanos) {
        return rate(nowNanos, hour.oldest());
    }

    synchronized Rate lastDay(long nowNanos) {
        return rate(nowNanos, day.oldest());
    }

    private Rate rate(long nowNanos, Sample from) {
        long sum = total() - from.total;
        long nanos = Math.max(nowNanos - from.nanos, NANOS_PER_SECOND);
        return new Rate(sum, (double) sum * NANOS_PER_SECOND / nanos);
    }

    private record Sample(long nanos, long total) {}

    /** The last few samples, at least {@code everyNanos} apart. */
    private static final class Samples {
        private final long[] nanos;
        private final long[] totals;
        private final long everyNanos;
        private int count = 1;

        Samples(int countMax, long everyNanos, long nowNanos) {
            this.nanos = new long[countMax];
            this.totals = new long[countMax];
            this.everyNanos = everyNanos;
            nanos[0] = nowNanos;
        }

        /** Takes a sample; one that comes a little early because of a late one before it counts. */
        void offer(long nowNanos, long total) {
            int last = (count - 1) % nanos.length;
            if (nowNanos - nanos[last] >= everyNanos - SAMPLE_NANOS / 2) {
                int next = count++ % nanos.length;
                nanos[next] = nowNanos;
                totals[next] = total;
            }
        }

        Sample oldest() {
            return at(Math.max(0, count - nanos.length));
        }

        Sample newest() {
            return at(count - 1);
        }

        private Sample at(int index) {
            int slot = index % nanos.length;
            return new Sample(nanos[slot], totals[slot]);
        }
    }
}
