package io.sluice.simulator.world;

import io.sluice.engine.time.Clock;
import java.util.PriorityQueue;

/**
 * Simulated time. One thread takes one event after the other, each at its moment; between two
 * events no time passes, unless a task {@link #spend spends} some, as one that waits for a disk
 * does.
 *
 * <p>Owned by one run. Everything that happens is mixed into a hash ({@link #trace}): two runs of
 * the same history have the same hash, or something in the engine is not deterministic.
 */
public final class World implements Clock {
    /** An event; those of the same moment keep the order in which they were given. */
    private record Event(long nanos, long order, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final long START_WALL_MS = 1_700_000_000_000L;
    private static final long NANOS_PER_MS = 1_000_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long order;
    private long nanos;
    private long spentNanos;
    private long wallMs = START_WALL_MS;
    private long wallAtNanos;
    private int driftPpm;
    private long hash;

    /** Runs {@code task} at {@code atNanos}, or now if that is over. */
    public void at(long atNanos, Runnable task) {
        events.add(new Event(Math.max(atNanos, nanos()), order++, task));
    }

    /** Runs {@code task} after {@code delayNanos}, counted from what the current task has spent. */
    public void after(long delayNanos, Runnable task) {
        at(nanos() + delayNanos, task);
    }

    /** Takes the next event if it comes before {@code untilNanos}; false if there is none. */
    public boolean step(long untilNanos) {
        Event next = events.peek();
        if (next == null || next.nanos >= untilNanos) {
            return false;
        }
        events.remove();
        nanos = next.nanos;
        next.task.run();
        spentNanos = 0;
        return true;
    }

    /** Takes all events before {@code untilNanos}, and lets time pass until then. */
    public void runUntil(long untilNanos) {
        while (step(untilNanos)) {
            // Each event may add others.
        }
        nanos = Math.max(nanos, untilNanos);
    }

    /** The current task takes so much longer: what it does from now on happens later. */
    public void spend(long moreNanos) {
        spentNanos += moreNanos;
    }

    /** What the current task has spent so far. */
    long nanosSpent() {
        return spentNanos;
    }

    @Override
    public long nanos() {
        return nanos + spentNanos;
    }

    @Override
    public long wallMs() {
        long elapsed = nanos() - wallAtNanos;
        return wallMs + (elapsed + elapsed * driftPpm / 1_000_000) / NANOS_PER_MS;
    }

    /** Sets the wall clock forward or, if {@code ms} is negative, back. */
    public void jumpWallMs(long ms) {
        setWall(wallMs() + ms);
    }

    /** The wall clock runs faster by so many millionths, or slower if negative; 0 runs true. */
    public void driftPpm(int ppm) {
        setWall(wallMs());
        driftPpm = ppm;
    }

    private void setWall(long ms) {
        wallMs = ms;
        wallAtNanos = nanos();
    }

    /** Mixes a fact into the history's hash. */
    public void trace(long fact) {
        hash = Long.rotateLeft(hash, 7) * 0x9E3779B97F4A7C15L ^ Dice.mix(fact + nanos());
    }

    /** The hash of everything traced so far. */
    public long traceHash() {
        return hash;
    }
}
