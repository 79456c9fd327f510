package io.sluice.simulator.cli;

import java.util.OptionalLong;

/** Gives each seed of a range to one of many threads, from the first one on. */
final class Seeds {
    private final long from;
    private final long count;
    private final long untilNanos;
    private long given;

    private Seeds(long from, long count, long untilNanos) {
        this.from = from;
        this.count = count;
        this.untilNanos = untilNanos;
    }

    /** So many. */
    static Seeds count(long from, long count) {
        return new Seeds(from, count, System.nanoTime() + Long.MAX_VALUE / 2);
    }

    /** As many as begin within a time. */
    static Seeds during(long from, long nanos) {
        return new Seeds(from, Long.MAX_VALUE, System.nanoTime() + nanos);
    }

    /** The next one; empty if there are no more. */
    synchronized OptionalLong next() {
        return given < count && System.nanoTime() - untilNanos < 0
                ? OptionalLong.of(from + given++)
                : OptionalLong.empty();
    }

    /** How many were given. */
    synchronized long given() {
        return given;
    }
}
