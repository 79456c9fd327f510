package io.sluice.engine.shard;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The bounded way into a shard: many threads offer, the shard polls. When it is full an offer is
 * refused at once, and the caller says BUSY to its client.
 *
 * <p>A ring: a producer claims the next index by compare-and-set on the tail and then publishes
 * into its slot; the consumer takes a slot once it is published and empties it.
 */
final class Inbox {
    private final AtomicReferenceArray<@Nullable Command> slots;
    private final int mask;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /**
     * @param capacity commands at most, a power of two
     */
    Inbox(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is a power of two, not " + capacity);
        }
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /** False if the inbox is full. Any thread. */
    boolean offer(Command command) {
        long index;
        do {
            index = tail.get();
            if (index - head.getAcquire() > mask) {
                return false;
            }
        } while (!tail.compareAndSet(index, index + 1));
        slots.set((int) index & mask, command); // volatile: what is read next is read after it
        return true;
    }

    /** The next command; null if there is none that is published. Shard only. */
    @Nullable Command poll() {
        long index = head.getPlain();
        int slot = (int) index & mask;
        Command command = slots.getAcquire(slot);
        if (command != null) {
            slots.setPlain(slot, null);
            head.setRelease(index + 1);
        }
        return command;
    }

    /** How many commands wait, more or less. Any thread. */
    int size() {
        return (int) (tail.get() - head.getAcquire());
    }

    /** Whether nothing was offered that has not been polled. Any thread. */
    boolean isEmpty() {
        return tail.get() == head.get();
    }
}
