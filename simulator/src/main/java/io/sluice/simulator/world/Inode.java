package io.sluice.simulator.world;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of one file: what readers see, what the disk holds, and the changes between the two.
 *
 * <p>Always: visible = durable + {@link #changes} in their order; beyond the size, both arrays hold
 * zeroes. So a durable write costs three copies of its bytes and nothing that grows with the file.
 */
final class Inode {
    private final Device device;
    final int number;
    final List<Change.Bytes> changes = new ArrayList<>();
    byte[] visible;
    int sizeBytes;
    private byte[] durable;
    private int durableSizeBytes;

    /** How many changes have a time at which they are durable. */
    private int promised;

    /** How many open files are this one. */
    int handles;

    /** Renamed since it was last fully durable. */
    boolean renamed;

    Inode(Device device, int number) {
        this.device = device;
        this.number = number;
        this.visible = device.memory.takeZeroed(1);
        this.durable = device.memory.takeZeroed(1);
    }

    /** Gives the memory back; the inode is not used any more. */
    void release() {
        changes.forEach(this::recycle);
        changes.clear();
        device.memory.give(visible);
        device.memory.give(durable);
        visible = Change.Bytes.TRUNCATION;
        durable = Change.Bytes.TRUNCATION;
        sizeBytes = 0;
        durableSizeBytes = 0;
    }

    private void recycle(Change.Bytes change) {
        if (!change.isTruncation()) {
            device.memory.give(change.bytes);
        }
    }

    private byte[] grown(byte[] bytes, int size) {
        if (size <= bytes.length) {
            return bytes;
        }
        byte[] more = device.memory.take(size);
        System.arraycopy(bytes, 0, more, 0, bytes.length);
        Arrays.fill(more, bytes.length, more.length, (byte) 0);
        device.memory.give(bytes);
        return more;
    }

    /** Makes bytes visible; the caller says when they are durable. */
    Change.Bytes write(ByteBuffer source, int from, int length, int offset, long beginNanos) {
        byte[] bytes = device.memory.take(length);
        source.get(from, bytes, 0, length);
        Change.Bytes change = new Change.Bytes(device.calls(), beginNanos, offset, bytes, length);
        if (length > 0) {
            visible = grown(visible, change.end());
            sizeBytes = Math.max(sizeBytes, change.end());
            System.arraycopy(bytes, 0, visible, offset, length);
        }
        changes.add(change);
        return change;
    }

    /** Cuts what is visible. */
    Change.Bytes truncate(int size, long beginNanos) {
        Change.Bytes change =
                new Change.Bytes(device.calls(), beginNanos, size, Change.Bytes.TRUNCATION, 0);
        changes.add(change);
        cutVisible(size);
        return change;
    }

    private void cutVisible(int size) {
        if (size < sizeBytes) {
            Arrays.fill(visible, size, sizeBytes, (byte) 0);
            sizeBytes = size;
        }
    }

    private void cutDurable(int size) {
        if (size < durableSizeBytes) {
            Arrays.fill(durable, size, durableSizeBytes, (byte) 0);
            durableSizeBytes = size;
        }
    }

    /** The current call, ending at {@code endNanos}, makes this change durable. */
    void promise(Change.Bytes change, long endNanos) {
        if (!change.failed && change.durableNanos == Change.NEVER) {
            change.durableNanos = endNanos;
            change.durableCall = device.calls();
            change.lied = false;
            promised++;
        }
    }

    /** A DURABLE write is promised, and with it the truncations before, which decide its place. */
    void promiseWrite(Change.Bytes write, long endNanos) {
        for (Change.Bytes change : changes) {
            if (change.isTruncation()) {
                promise(change, endNanos);
            }
        }
        promise(write, endNanos);
    }

    /** The current call, ending at {@code endNanos}, makes all durable that can become so. */
    void promiseAll(long endNanos) {
        for (Change.Bytes change : changes) {
            promise(change, endNanos);
        }
        renamed = false;
    }

    /** The current call says that it makes all durable. */
    void lie() {
        for (Change.Bytes change : changes) {
            change.lied |= change.durableNanos == Change.NEVER;
        }
    }

    /** What a lie was told about is durable at {@code nanos}. */
    void promiseLies(long nanos) {
        for (Change.Bytes change : changes) {
            if (change.lied) {
                promise(change, nanos);
            }
        }
    }

    /** Moves to the disk what is durable at {@code nanos}. */
    void settle(long nanos) {
        if (promised == 0) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < changes.size(); i++) {
            Change.Bytes change = changes.get(i);
            if (device.isOver(change, nanos)) {
                persist(change, kept);
                recycle(change);
                promised--;
            } else {
                changes.set(kept++, change);
            }
        }
        changes.subList(kept, changes.size()).clear();
    }

    /**
     * Moves a change to the disk although the first {@code earlier} changes are not there. Sectors
     * are written as they are, so earlier bytes in the same sectors come along.
     */
    private void persist(Change.Bytes change, int earlier) {
        for (int i = 0; i < earlier; i++) {
            applyInSectorsOf(change, changes.get(i));
        }
        apply(change, change.offset, change.end());
        for (int i = 0; i < earlier; i++) {
            supersede(changes.get(i), change);
        }
    }

    private void applyInSectorsOf(Change.Bytes change, Change.Bytes earlier) {
        int from = change.sectorFirst() * Device.SECTOR_BYTES;
        int to = change.sectorEnd() * Device.SECTOR_BYTES;
        if (!earlier.isTruncation()) {
            apply(earlier, Math.max(from, earlier.offset), Math.min(to, earlier.end()));
        }
    }

    /** An earlier change holds from now on what the disk holds, wherever a later one was. */
    private void supersede(Change.Bytes earlier, Change.Bytes later) {
        if (later.isTruncation()) {
            earlier.length = Math.max(0, Math.min(earlier.length, later.offset - earlier.offset));
            return;
        }
        int from = Math.max(earlier.offset, later.sectorFirst() * Device.SECTOR_BYTES);
        int to = Math.min(earlier.end(), later.sectorEnd() * Device.SECTOR_BYTES);
        if (from < to) {
            System.arraycopy(durable, from, earlier.bytes, from - earlier.offset, to - from);
        }
    }

    /** Brings the part of a change from {@code from} to {@code to} to the disk. */
    private void apply(Change.Bytes change, int from, int to) {
        if (change.isTruncation()) {
            cutDurable(change.offset);
        } else if (from < to) {
            durable = grown(durable, to);
            durableSizeBytes = Math.max(durableSizeBytes, to);
            System.arraycopy(change.bytes, from - change.offset, durable, from, to - from);
        }
    }

    /** The process died at {@code nanos}: takes back what had not begun, cuts what is under way. */
    void kill(long nanos) {
        settle(nanos);
        boolean changed = dropFuture(nanos);
        for (Change.Bytes change : changes) {
            change.beginNanos = 0;
            if (change.durableNanos != Change.NEVER) {
                device.count(DiskFault.CUT_IN_FLIGHT);
                changed |= cutInFlight(change);
                change.durableNanos = Change.NEVER;
                change.durableCall = Change.NEVER;
            }
        }
        promised = 0;
        handles = 0;
        if (changed) {
            makeVisible();
        }
    }

    private boolean cutInFlight(Change.Bytes change) {
        if (change.isTruncation() || change.durableCall != change.call || device.dice.coin()) {
            return false;
        }
        change.length = device.partOf(change.offset, change.length);
        return true;
    }

    private boolean dropFuture(long nanos) {
        boolean dropped = false;
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (device.isFuture(changes.get(i), nanos)) {
                Change.Bytes change = changes.remove(i);
                promised -= change.durableNanos == Change.NEVER ? 0 : 1;
                recycle(change);
                dropped = true;
            }
        }
        return dropped;
    }

    /** What is on the disk, and the changes after it, become what readers see. */
    private void makeVisible() {
        cutVisible(0);
        visible = grown(visible, durableSizeBytes);
        System.arraycopy(durable, 0, visible, 0, durableSizeBytes);
        sizeBytes = durableSizeBytes;
        for (Change.Bytes change : changes) {
            if (change.isTruncation()) {
                cutVisible(change.offset);
            } else if (change.length > 0) {
                visible = grown(visible, change.end());
                System.arraycopy(change.bytes, 0, visible, change.offset, change.length);
                sizeBytes = Math.max(sizeBytes, change.end());
            }
        }
    }

    /** The power was lost at {@code nanos}. */
    void losePower(long nanos, PowerLoss loss) {
        settle(nanos);
        boolean changed = dropFuture(nanos);
        handles = 0;
        promised = 0;
        if (!changes.isEmpty()) {
            loss.survivors(changes, renamed, this::apply, this::extend);
            changes.forEach(this::recycle);
            changes.clear();
            changed = true;
        }
        renamed = false;
        if (changed) {
            makeVisible();
        }
    }

    private void extend(int size) {
        durable = grown(durable, size);
        durableSizeBytes = Math.max(durableSizeBytes, size);
    }

    /** A sync failed: what is not durable can only become so by being written again. */
    void failUnsynced() {
        for (Change.Bytes change : changes) {
            if (change.durableNanos == Change.NEVER && !change.isTruncation()) {
                change.failed = true;
            }
        }
    }

    /** Inverts a bit wherever it is held. */
    void flipBit(int offset, int bit) {
        visible[offset] ^= (byte) (1 << bit);
        if (offset < durableSizeBytes) {
            durable[offset] ^= (byte) (1 << bit);
        }
        for (Change.Bytes change : changes) {
            if (offset >= change.offset && offset < change.end()) {
                change.bytes[offset - change.offset] ^= (byte) (1 << bit);
            }
        }
    }

    /** Makes bytes zero wherever they are held. */
    void zero(int from, int to) {
        Arrays.fill(visible, from, to, (byte) 0);
        Arrays.fill(
                durable,
                Math.min(from, durableSizeBytes),
                Math.min(to, durableSizeBytes),
                (byte) 0);
        for (Change.Bytes change : changes) {
            int first = Math.max(from, change.offset);
            int end = Math.min(to, change.end());
            if (first < end) {
                Arrays.fill(change.bytes, first - change.offset, end - change.offset, (byte) 0);
            }
        }
    }

    /** Makes these bytes the file's, durable. */
    void become(byte[] from, int size) {
        cutDurable(0);
        extend(size);
        System.arraycopy(from, 0, durable, 0, size);
        changes.forEach(this::recycle);
        changes.clear();
        promised = 0;
        makeVisible();
    }
}
