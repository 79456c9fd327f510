package io.sluice.simulator.world;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of a directory, and a journal of the changes that are not durable, oldest first, each
 * of which can be undone. Always: what is durable = what is visible without the journal.
 */
final class Names {
    /** A creation (no old name), a deletion (no new name) or a renaming. */
    private static final class Renaming extends Change {
        final @Nullable String from;
        final @Nullable String to;
        final Inode inode;
        final @Nullable Inode replaced;

        Renaming(
                long call,
                long beginNanos,
                @Nullable String from,
                @Nullable String to,
                Inode inode,
                @Nullable Inode replaced) {
            super(call, beginNanos);
            this.from = from;
            this.to = to;
            this.inode = inode;
            this.replaced = replaced;
        }

        /** The inode that has no name any more when this is durable. */
        @Nullable Inode unlinked() {
            return to == null ? inode : replaced;
        }
    }

    private final Device device;
    private final TreeMap<String, Inode> visible = new TreeMap<>();
    private final List<Renaming> journal = new ArrayList<>();
    private final List<Inode> orphans = new ArrayList<>();

    Names(Device device) {
        this.device = device;
    }

    List<String> list() {
        return List.copyOf(visible.keySet());
    }

    Collection<Inode> inodes() {
        return visible.values();
    }

    @Nullable Inode find(String name) {
        return visible.get(name);
    }

    /** Changes a name; {@code from} or {@code to} may be missing, and {@code from} exists. */
    void change(@Nullable String from, @Nullable String to, Inode inode, long beginNanos) {
        if (from != null) {
            visible.remove(from);
        }
        Inode replaced = to == null ? null : visible.put(to, inode);
        journal.add(new Renaming(device.calls(), beginNanos, from, to, inode, replaced));
        inode.renamed |= from != null && !inode.changes.isEmpty();
    }

    private void undoLast() {
        Renaming last = journal.removeLast();
        if (last.to != null) {
            visible.remove(last.to);
            if (last.replaced != null) {
                visible.put(last.to, last.replaced);
            }
        }
        if (last.from == null) {
            orphans.add(last.inode);
        } else {
            visible.put(last.from, last.inode);
        }
    }

    /** The current call, ending at {@code endNanos}, makes all durable. */
    void promiseAll(long endNanos) {
        for (Renaming change : journal) {
            if (change.durableNanos == Change.NEVER) {
                change.durableNanos = endNanos;
                change.durableCall = device.calls();
            }
        }
    }

    /** The current call says that it makes all durable. */
    void lie() {
        for (Renaming change : journal) {
            change.lied |= change.durableNanos == Change.NEVER;
        }
    }

    /** Forgets how to undo what is durable at {@code nanos}. */
    void settle(long nanos) {
        int over = 0;
        while (over < journal.size() && device.isOver(journal.get(over), nanos)) {
            over++;
        }
        settleFirst(over);
    }

    private void settleFirst(int count) {
        for (int i = 0; i < count; i++) {
            Inode unlinked = journal.get(i).unlinked();
            if (unlinked != null) {
                orphans.add(unlinked);
            }
        }
        journal.subList(0, count).clear();
        releaseOrphans();
    }

    /** Gives back the memory of files that have no name and are not open. */
    void releaseOrphans() {
        if (!orphans.isEmpty()) {
            orphans.removeIf(inode -> {
                if (inode.handles == 0) {
                    inode.release();
                }
                return inode.handles == 0;
            });
        }
    }

    /** What had not begun did not happen, nor did what came after it: the call that crashed. */
    private void dropFuture(long nanos) {
        int begun = 0;
        while (begun < journal.size() && !device.isFuture(journal.get(begun), nanos)) {
            begun++;
        }
        while (journal.size() > begun) {
            undoLast();
        }
    }

    void kill(long nanos) {
        settle(nanos);
        dropFuture(nanos);
        for (Renaming change : journal) {
            change.beginNanos = 0;
            if (change.durableNanos != Change.NEVER) {
                device.count(DiskFault.CUT_IN_FLIGHT);
            }
            change.durableNanos = Change.NEVER;
            change.durableCall = Change.NEVER;
            change.inode.handles = 0;
        }
        visible.values().forEach(inode -> inode.kill(nanos));
        journal.forEach(change -> killUnlinked(change, nanos));
        orphans.forEach(inode -> inode.handles = 0);
        releaseOrphans();
    }

    private static void killUnlinked(Renaming change, long nanos) {
        Inode unlinked = change.unlinked();
        if (unlinked != null) {
            unlinked.kill(nanos);
        }
    }

    void losePower(long nanos, PowerLoss loss, Dice dice) {
        settle(nanos);
        dropFuture(nanos);
        int kept = dice.below(journal.size() + 1);
        while (journal.size() > kept) {
            device.count(DiskFault.NAME_LOST);
            if (journal.getLast().lied) {
                device.count(DiskFault.LIE_LOST);
            }
            undoLast();
        }
        settleFirst(kept);
        orphans.forEach(inode -> inode.handles = 0);
        releaseOrphans();
        visible.values().forEach(inode -> inode.losePower(nanos, loss));
    }

    void release() {
        settleFirst(journal.size());
        orphans.forEach(Inode::release);
        orphans.clear();
        visible.values().forEach(Inode::release);
        visible.clear();
    }

    /** Takes a name away at once and durably. */
    void remove(String name) {
        visible.remove(name);
    }

    /** Gives a name at once and durably, replacing nothing. */
    void put(String name, Inode inode) {
        visible.put(name, inode);
    }
}
