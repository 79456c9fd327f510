package io.sluice.simulator.world;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** Decides what a power loss leaves of changes that were not durable. */
final class PowerLoss {
    /** Brings a part of a change to the disk. */
    interface Apply {
        void apply(Change.Bytes change, int from, int to);
    }

    /** How the disk's cache was emptied before the power went. */
    private enum Pattern {
        NOTHING,
        EVERYTHING,
        FIRST_SO_MANY,
        WHOLE_WRITES,
        SECTORS
    }

    private static final Pattern[] PATTERNS = Pattern.values();

    private final Device device;
    private final Dice dice;

    // By sector: 1 + the last change that survives in it.
    private int[] survivors = new int[256];

    PowerLoss(Device device, Dice dice) {
        this.device = device;
        this.dice = dice;
    }

    /**
     * Applies what survives of {@code changes}, none of which is certain.
     *
     * @param renamed whether the file got a new name since it was durable
     * @param extend lengthens the file with zeroes
     */
    void survivors(List<Change.Bytes> changes, boolean renamed, Apply apply, IntConsumer extend) {
        Pattern pattern = PATTERNS[dice.below(PATTERNS.length)];
        int first = pattern == Pattern.FIRST_SO_MANY ? dice.below(changes.size()) : -1;
        clear(changes);
        int end = choose(changes, pattern, first);
        int lost = 0;
        for (int i = 0; i < changes.size(); i++) {
            Change.Bytes change = changes.get(i);
            int missing;
            if (change.isTruncation()) {
                missing = i < end ? 0 : 1;
                if (i < end) {
                    apply.apply(change, 0, 0);
                }
            } else {
                missing = applySurvivors(change, i, apply);
                boolean mayExtend = i < end && change.length > 0 && pattern != Pattern.NOTHING;
                if (mayExtend && dice.perMille(200)) {
                    extend.accept(change.end());
                }
            }
            if (missing < change.sectorEnd() - change.sectorFirst() && lost > 0) {
                device.count(DiskFault.UNSYNCED_REORDERED);
            }
            lost += missing;
            countLoss(change, missing);
        }
        if (lost > 0 && renamed) {
            device.count(DiskFault.NAME_WITHOUT_BYTES);
        }
    }

    private void countLoss(Change.Bytes change, int missing) {
        int sectors = change.isTruncation() ? 1 : change.sectorEnd() - change.sectorFirst();
        if (missing < sectors) {
            device.count(DiskFault.UNSYNCED_KEPT);
        }
        if (missing > 0) {
            device.count(DiskFault.UNSYNCED_LOST);
            if (missing < sectors) {
                device.count(DiskFault.UNSYNCED_TORN);
            }
            if (change.lied) {
                device.count(DiskFault.LIE_LOST);
            }
        }
    }

    private void clear(List<Change.Bytes> changes) {
        int sectors = 0;
        for (Change.Bytes change : changes) {
            sectors = Math.max(sectors, change.sectorEnd());
        }
        if (sectors > survivors.length) {
            survivors = new int[Integer.highestOneBit(sectors) * 2];
        } else {
            Arrays.fill(survivors, 0, sectors, 0);
        }
    }

    /** Fills {@link #survivors}; the number of changes before the first truncation that is lost. */
    private int choose(List<Change.Bytes> changes, Pattern pattern, int first) {
        for (int i = 0; i < changes.size(); i++) {
            Change.Bytes change = changes.get(i);
            boolean whole =
                    switch (pattern) {
                        case NOTHING -> false;
                        case EVERYTHING -> true;
                        case FIRST_SO_MANY -> i < first;
                        case WHOLE_WRITES, SECTORS -> dice.coin();
                    };
            boolean torn = pattern == Pattern.SECTORS || i == first;
            if (change.isTruncation() && !whole) {
                return i;
            }
            for (int sector = change.sectorFirst(); sector < change.sectorEnd(); sector++) {
                if (torn ? dice.coin() : whole) {
                    survivors[sector] = i + 1;
                }
            }
        }
        return changes.size();
    }

    /** Applies the sectors that survive; the number of those that do not. */
    private int applySurvivors(Change.Bytes change, int index, Apply apply) {
        int missing = 0;
        int run = change.offset;
        for (int sector = change.sectorFirst(); sector < change.sectorEnd(); sector++) {
            int end = Math.min(change.end(), (sector + 1) * Device.SECTOR_BYTES);
            if (survivors[sector] <= index) {
                missing++;
                run = end;
            } else {
                apply.apply(change, run, end);
                run = end;
            }
        }
        return missing;
    }
}
