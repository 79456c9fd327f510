package io.sluice.engine.shard;

/**
 * What became of leasing.
 *
 * @param number that of the handing out, from 1: with an offset it is the receipt; 0 if what was
 *     read is no longer what is next, and nothing was leased
 * @param atMs when, wall-clock ms
 * @param attempts of each message, how often it has been handed out, this time included
 */
public record Grant(long number, long atMs, int[] attempts) {
    static final Grant MOVED = new Grant(0, 0, new int[0]);

    /** Whether somebody was faster: ask for another offer. */
    public boolean hasMoved() {
        return number == 0;
    }
}
