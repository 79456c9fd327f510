package io.sluice.engine.schedule;

import java.util.Arrays;

/**
 * The timers of the active segment, or of one whose footer cannot be read yet, in memory: 24 bytes
 * for each, so bounded by the segment's size.
 *
 * <p>Entries are appended to arrays in log order and never moved or overwritten; a heap of their
 * indices gives the order. So once {@link #freeze} was called, a background thread can read the
 * entries while the shard goes on firing from its own heap.
 *
 * <p>The view finds the smallest n without taking them out of the heap: a second, small heap holds
 * the slots of which the next one must be, beginning with the root; what is taken from it is
 * replaced by its two children. Example: the heap's slots hold dues [10, 30, 20, 40]; the view's
 * heap goes {0} → 10, {1, 2} → 20, {1} → 30, {3} → 40.
 */
final class MemoryRun implements Run {
    private static final int NOT_FROZEN = -1;

    private final int segment;
    private final Tombstones tombstones;
    private final IntHeap heap = new IntHeap(this::entryBefore);
    private final IntHeap viewed = new IntHeap((a, b) -> entryBefore(heap.at(a), heap.at(b)));
    private long[] dues = new long[16];
    private long[] positions = new long[16];
    private int[] sizes = new int[16];
    private int count;
    private int cancelled;
    private int frozenEntries = NOT_FROZEN;

    MemoryRun(int segment, Tombstones tombstones) {
        this.segment = segment;
        this.tombstones = tombstones;
    }

    void add(long dueMs, long position, int sizeBytes) {
        if (frozenEntries != NOT_FROZEN) {
            throw new IllegalStateException("segment " + segment + " is sealed");
        }
        if (count == dues.length) {
            dues = Arrays.copyOf(dues, count * 2);
            positions = Arrays.copyOf(positions, count * 2);
            sizes = Arrays.copyOf(sizes, count * 2);
        }
        dues[count] = dueMs;
        positions[count] = position;
        sizes[count] = sizeBytes;
        heap.add(count++);
    }

    /**
     * Ends the run: what is not passed is what the footer will hold. Cancelled timers are written
     * too, since their tombstones stay until the watermark passes them.
     */
    RunWriter freeze() {
        frozenEntries = heap.size();
        return new RunWriter(heap.copy(), dues, positions, sizes);
    }

    /** The number of entries that the footer has or will have. */
    int frozenEntries() {
        return frozenEntries;
    }

    /** How many of the footer's entries, from the first one on, are passed. */
    int passedEntries() {
        return frozenEntries - heap.size();
    }

    int cancelledPending() {
        return cancelled;
    }

    private boolean entryBefore(int a, int b) {
        return RunFormat.before(dues[a], positions[a], dues[b], positions[b]);
    }

    @Override
    public int segment() {
        return segment;
    }

    @Override
    public void pass(long watermarkDueMs, long watermarkPosition) {
        while (!heap.isEmpty()) {
            int first = heap.first();
            boolean gone = tombstones.contains(positions[first]);
            if (!gone
                    && RunFormat.before(
                            watermarkDueMs, watermarkPosition, dues[first], positions[first])) {
                return;
            }
            cancelled -= gone ? 1 : 0;
            heap.removeFirst();
        }
    }

    @Override
    public void rewind() {
        viewed.clear();
        if (!heap.isEmpty()) {
            viewed.add(0);
        }
    }

    @Override
    public void next() {
        int left = 2 * viewed.removeFirst() + 1;
        if (left < heap.size()) {
            viewed.add(left);
        }
        if (left + 1 < heap.size()) {
            viewed.add(left + 1);
        }
    }

    @Override
    public View view() {
        return viewed.isEmpty() ? View.END : View.TIMER;
    }

    @Override
    public long viewDueMs() {
        return dues[heap.at(viewed.first())];
    }

    @Override
    public long viewPosition() {
        return positions[heap.at(viewed.first())];
    }

    @Override
    public int viewSizeBytes() {
        return sizes[heap.at(viewed.first())];
    }

    @Override
    public void cancelled() {
        cancelled++;
    }

    @Override
    public long pending() {
        return (long) heap.size() - cancelled;
    }

    @Override
    public long heldBytes() {
        return dues.length * 20L + 4L * heap.capacity() + 4L * viewed.capacity();
    }
}
