package io.sluice.engine.shard;

import io.sluice.engine.catalog.TopicSettings;
import java.util.Arrays;

/**
 * Where the messages are that were sent lately, by fingerprint. Two generations of hash tables with
 * open addressing: what is new goes to the younger one, and when that has been filled for {@link
 * #WINDOW_MS}, or is full, it takes the place of the older one, which is forgotten. So a send is
 * known for one to two windows, or shorter if more than {@link #ENTRIES_MAX} come in that time.
 *
 * <p>33 bytes for each slot, up to 33 MiB for each generation; tables grow with what is sent. Holds
 * no objects for single sends. Owned by the shard thread.
 */
final class KnownSends {
    /** For how long a send is known at least, in ms of store times. */
    static final long WINDOW_MS = 15_000;

    private static final int CAPACITY_MIN = 1 << 10;
    private static final int CAPACITY_MAX = 1 << 20;
    private static final int SLOT_LONGS = 4;
    private static final int QUEUE_MASK = TopicSettings.QUEUE_IDS_MAX - 1;
    private static final int PLACE_SHIFT = 21;

    /** Of one generation. */
    static final int ENTRIES_MAX = CAPACITY_MAX / 4 * 3;

    /**
     * <pre>
     *   tags    1 byte for each slot: 0 if it is free, else 1 and 7 bits of the fingerprint
     *   slots   4 longs for each: high, low, position,
     *           place << 21 | queue id << 1 | delayed, where the place is the offset or due time
     * </pre>
     *
     * A look at a send that is not known, as nearly all are, mostly touches tags alone, which stay
     * in the processor's cache.
     */
    private static final class Generation {
        private byte[] tags = new byte[CAPACITY_MIN];
        private long[] slots = new long[CAPACITY_MIN * SLOT_LONGS];
        private int size;
        private long firstMs;

        private static byte tag(long high) {
            return (byte) (0x80 | high >>> 57);
        }

        /** Where the send is, or belongs: see {@link #isTaken}. */
        int slotOf(long high, long low) {
            int mask = tags.length - 1;
            byte tag = tag(high);
            int slot = (int) (high ^ high >>> 32) & mask;
            while (tags[slot] != 0
                    && (tags[slot] != tag
                            || slots[slot * SLOT_LONGS] != high
                            || slots[slot * SLOT_LONGS + 1] != low)) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        boolean isTaken(int slot) {
            return tags[slot] != 0;
        }

        void put(long high, long low, long position, long place) {
            if (size >= tags.length / 4 * 3) {
                grow();
            }
            int slot = slotOf(high, low);
            size += isTaken(slot) ? 0 : 1;
            tags[slot] = tag(high);
            int at = slot * SLOT_LONGS;
            slots[at] = high;
            slots[at + 1] = low;
            slots[at + 2] = position;
            slots[at + 3] = place;
        }

        private void grow() {
            byte[] oldTags = tags;
            long[] old = slots;
            allocate(oldTags.length * 2);
            for (int i = 0; i < oldTags.length; i++) {
                int at = i * SLOT_LONGS;
                if (oldTags[i] != 0) {
                    put(old[at], old[at + 1], old[at + 2], old[at + 3]);
                }
            }
        }

        private void allocate(int capacity) {
            tags = new byte[capacity];
            slots = new long[capacity * SLOT_LONGS];
            size = 0;
        }

        /** Forgets all; what was far too large is given back. */
        void clear() {
            if (tags.length > CAPACITY_MIN && size < tags.length / 16) {
                allocate(tags.length / 4);
            } else {
                Arrays.fill(tags, (byte) 0);
                size = 0;
            }
        }
    }

    private Generation younger = new Generation();
    private Generation older = new Generation();
    private Generation found = younger;
    private int slot;

    /** Forgets what was sent too long ago. */
    void forgetUpTo(long nowMs) {
        if (younger.size > 0 && nowMs - younger.firstMs >= WINDOW_MS) {
            turn();
        }
        if (older.size > 0 && nowMs - older.firstMs >= 2 * WINDOW_MS) {
            older.clear();
        }
    }

    private void turn() {
        Generation forgotten = older;
        older = younger;
        younger = forgotten;
        younger.clear();
    }

    /** Looks a send up; if it is known, the following methods tell about it. */
    boolean find(long high, long low) {
        return find(younger, high, low) || find(older, high, low);
    }

    private boolean find(Generation generation, long high, long low) {
        found = generation;
        slot = generation.slotOf(high, low);
        return generation.isTaken(slot);
    }

    private long place() {
        return found.slots[slot * SLOT_LONGS + 3];
    }

    private boolean isDelayed() {
        return (place() & 1) != 0;
    }

    int queueId() {
        return (int) (place() >>> 1) & QUEUE_MASK;
    }

    /** Its queue offset; 0 if it is delayed. */
    long offset() {
        return isDelayed() ? 0 : place() >>> PLACE_SHIFT;
    }

    /** When it is due; 0 if it is not delayed. */
    long dueMs() {
        return isDelayed() ? place() >>> PLACE_SHIFT : 0;
    }

    long position() {
        return found.slots[slot * SLOT_LONGS + 2];
    }

    /**
     * A message was sent.
     *
     * @param nowMs when; never falls
     * @param dueMs 0 if it is not delayed
     */
    void add(long nowMs, long high, long low, int queueId, long offset, long position, long dueMs) {
        forgetUpTo(nowMs);
        if (younger.size >= ENTRIES_MAX) {
            turn();
        }
        if (younger.size == 0) {
            younger.firstMs = nowMs;
        }
        put(younger, high, low, queueId, offset, position, dueMs);
    }

    private static void put(
            Generation to,
            long high,
            long low,
            int queueId,
            long offset,
            long position,
            long dueMs) {
        long place = dueMs == 0 ? offset : dueMs;
        long delayed = dueMs == 0 ? 0 : 1;
        to.put(high, low, position, place << PLACE_SHIFT | (long) queueId << 1 | delayed);
    }

    // Coming back after a restart: first what is newest, then what was sent before.

    /** Whether everything is known that was sent within the window before {@code nowMs}. */
    boolean reachesBack(long nowMs) {
        return older.size > 0 || (younger.size > 0 && nowMs - younger.firstMs >= WINDOW_MS);
    }

    /** A message was sent before all that were added, as {@link #add} has it. */
    void addEarlier(
            long nowMs, long high, long low, int queueId, long offset, long position, long dueMs) {
        if (older.size >= ENTRIES_MAX || find(high, low)) {
            return;
        }
        if (older.size == 0) {
            older.firstMs = (younger.size > 0 ? younger.firstMs : nowMs) - WINDOW_MS;
        }
        put(older, high, low, queueId, offset, position, dueMs);
    }
}
