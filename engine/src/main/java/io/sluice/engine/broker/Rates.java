package io.sluice.engine.broker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many messages groups may have per second. Each message moves a group's clock on by its share
 * of a second; a group whose clock is a second ahead of time waits. What is under way at the same
 * time is counted when it is handed out, so a group may get ahead by that, and then waits longer.
 * Any thread.
 */
final class Rates {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** A group that had nothing for a while may have so much at once. */
    private static final long BURST_NANOS = NANOS_PER_SECOND;

    private final Map<Integer, AtomicLong> clocks = new ConcurrentHashMap<>();

    /** How many messages a group may have now; 0 if it has to wait. */
    int available(int groupId, int perSecond, long nowNanos) {
        AtomicLong clock = clocks.computeIfAbsent(groupId, id -> new AtomicLong(nowNanos));
        long leftNanos = nowNanos + BURST_NANOS - Math.max(clock.get(), nowNanos);
        long share = NANOS_PER_SECOND / perSecond;
        return Math.clamp(leftNanos / share, 0, Integer.MAX_VALUE);
    }

    /** When a group that has to wait may have one again. */
    long availableAtNanos(int groupId, int perSecond) {
        AtomicLong clock = clocks.get(groupId);
        long share = NANOS_PER_SECOND / perSecond;
        return clock == null ? Long.MIN_VALUE : clock.get() - BURST_NANOS + share;
    }

    /** For how long a group has to wait, in ms, rounded up; 0 if it may have a message now. */
    long waitMs(int groupId, int perSecond, long nowNanos) {
        if (perSecond == 0 || available(groupId, perSecond, nowNanos) > 0) {
            return 0;
        }
        long left = availableAtNanos(groupId, perSecond) - nowNanos;
        return Math.ceilDiv(left, NANOS_PER_SECOND / 1_000);
    }

    /** A group gets messages. */
    void handedOut(int groupId, int perSecond, int count, long nowNanos) {
        long nanos = count * (NANOS_PER_SECOND / perSecond);
        clocks.computeIfAbsent(groupId, id -> new AtomicLong(nowNanos))
                .updateAndGet(clock -> Math.max(clock, nowNanos) + nanos);
    }
}
