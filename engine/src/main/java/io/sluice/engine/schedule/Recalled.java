package io.sluice.engine.schedule;

import java.nio.ByteBuffer;
import java.util.TreeSet;

/**
 * Timers that were recalled after they had been moved out of an expiring segment. The place at
 * which such a timer was scheduled first is all that its sender knows, and does not lead to it any
 * more; so it is remembered here, and looked at when the timer fires. Few: only what is delayed for
 * longer than messages are kept is ever moved. Owned by the shard thread.
 *
 * <pre>
 *   in a checkpoint, big-endian       each, sorted
 *    0  4  number                      0  8  due time, wall-clock milliseconds
 *    4     timers                      8  8  position at which it was scheduled first
 * </pre>
 */
public final class Recalled {
    /** More are not taken. */
    public static final int COUNT_MAX = 100_000;

    private static final int ENTRY_SIZE_BYTES = 16;

    private record Timer(long dueMs, long position) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return dueMs != other.dueMs
                    ? Long.compare(dueMs, other.dueMs)
                    : Long.compare(position, other.position);
        }
    }

    private final TreeSet<Timer> timers = new TreeSet<>();

    /** Whether no more are taken. */
    public boolean isFull() {
        return timers.size() >= COUNT_MAX;
    }

    public void add(long dueMs, long position) {
        timers.add(new Timer(dueMs, position));
    }

    public boolean contains(long dueMs, long position) {
        return !timers.isEmpty() && timers.contains(new Timer(dueMs, position));
    }

    /** Everything that was due before has fired. */
    public void dropBefore(long dueMs) {
        if (!timers.isEmpty()) {
            timers.headSet(new Timer(dueMs, Long.MIN_VALUE)).clear();
        }
    }

    /** The size of what {@link #checkpoint} writes, in bytes. */
    public int checkpointSizeBytes() {
        return Integer.BYTES + timers.size() * ENTRY_SIZE_BYTES;
    }

    public void checkpoint(ByteBuffer to) {
        to.putInt(timers.size());
        timers.forEach(timer -> to.putLong(timer.dueMs).putLong(timer.position));
    }

    /** Takes over what {@link #checkpoint} wrote; on a new object. */
    public void restore(ByteBuffer from) {
        int count = from.getInt();
        if (count < 0 || count > from.remaining() / ENTRY_SIZE_BYTES) {
            throw new IllegalArgumentException(count + " recalled timers");
        }
        for (int i = 0; i < count; i++) {
            add(from.getLong(), from.getLong());
        }
    }
}
