package io.sluice.engine.schedule;

import io.sluice.engine.schedule.RunFormat.Block;

/**
 * The timers of a segment whose footer can be read: a place in the footer's run and two blocks of
 * it in memory, the current one and the one ahead. Owned by the shard thread; never reads, but says
 * by {@link #wanted} which block it wants next and takes it by {@link #loaded}.
 */
final class SealedRun implements Run {
    /** No block is wanted. */
    static final long NOTHING = -1;

    private static final long NOT_LOCATED = -1;

    private final int segment;
    private final Tombstones tombstones;
    private long entries = NOT_LOCATED;
    private long passed; // entries before this one are passed
    private long cancelled;
    private Block current = Block.NONE;
    private Block ahead = Block.NONE;
    private long lastDueMs = Long.MIN_VALUE; // of the last one passed
    private long lastPosition;

    private long viewed;
    private long viewDueMs;
    private long viewPosition;

    private boolean loading;
    private boolean broken;
    private boolean dropped;

    SealedRun(int segment, Tombstones tombstones) {
        this.segment = segment;
        this.tombstones = tombstones;
    }

    boolean isLocated() {
        return entries != NOT_LOCATED;
    }

    /** Whether somebody should find out where it is. */
    boolean wantsPlace() {
        return !isLocated() && !loading && !broken && !dropped;
    }

    void loading() {
        loading = true;
    }

    /** A block could not be read: nothing is wanted until {@link #retry}. */
    void broken() {
        loading = false;
        broken = true;
    }

    void retry() {
        broken = false;
    }

    /** The segment is gone, or the run was replaced: what is still being loaded is for nobody. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    boolean isDone() {
        return isLocated() && passed == entries;
    }

    /** Learns where it is: {@code block} begins at or before the first entry not passed. */
    void located(long entries, long passed, long cancelled, Block block) {
        this.entries = entries;
        this.passed = passed;
        this.cancelled = cancelled;
        current = block;
        loading = false;
    }

    void loaded(Block block) {
        loading = false;
        if (current.holds(passed)) {
            ahead = block;
        } else {
            current = block;
        }
    }

    /**
     * The first entry of the block that is to be loaded next: the current one, or when more than
     * half of that is passed the one ahead.
     */
    long wanted() {
        if (loading || broken || dropped || !isLocated() || passed == entries) {
            return NOTHING;
        }
        if (!current.holds(passed)) {
            return passed;
        }
        long next = current.first() + current.count();
        boolean half = passed - current.first() >= current.count() / 2;
        return half && next < entries && !ahead.holds(next) ? next : NOTHING;
    }

    private Block blockOf(long entry) {
        return current.holds(entry) ? current : ahead;
    }

    private boolean isInMemory(long entry) {
        return current.holds(entry) || ahead.holds(entry);
    }

    @Override
    public int segment() {
        return segment;
    }

    @Override
    public void pass(long watermarkDueMs, long watermarkPosition) {
        while (passed < entries && isInMemory(passed)) {
            Block block = blockOf(passed);
            long dueMs = block.dueMs(passed);
            long position = block.position(passed);
            boolean gone = tombstones.contains(position);
            if (!gone && RunFormat.before(watermarkDueMs, watermarkPosition, dueMs, position)) {
                break;
            }
            cancelled -= gone ? 1 : 0;
            lastDueMs = dueMs;
            lastPosition = position;
            passed++;
        }
        if (!current.holds(passed) && ahead.holds(passed)) {
            current = ahead;
            ahead = Block.NONE;
        }
    }

    @Override
    public void rewind() {
        viewed = passed;
        viewDueMs = lastDueMs;
        viewPosition = lastPosition;
        look();
    }

    @Override
    public void next() {
        viewed++;
        look();
    }

    /** Where the entry is not in memory, the view stays on the one before it: a lower bound. */
    private void look() {
        if (isInMemory(viewed)) {
            Block block = blockOf(viewed);
            viewDueMs = block.dueMs(viewed);
            viewPosition = block.position(viewed);
        }
    }

    @Override
    public View view() {
        if (isLocated() && viewed == entries) {
            return View.END;
        }
        return isInMemory(viewed) ? View.TIMER : View.UNLOADED;
    }

    @Override
    public long viewDueMs() {
        return viewDueMs;
    }

    @Override
    public long viewPosition() {
        return viewPosition;
    }

    @Override
    public int viewSizeBytes() {
        return blockOf(viewed).sizeBytes(viewed);
    }

    @Override
    public void cancelled() {
        cancelled++;
    }

    @Override
    public long pending() {
        return isLocated() ? entries - passed - cancelled : -1;
    }

    @Override
    public long heldBytes() {
        return current.bytes().capacity() + (long) ahead.bytes().capacity();
    }
}
