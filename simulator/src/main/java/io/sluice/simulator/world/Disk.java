package io.sluice.simulator.world;

import io.sluice.engine.log.SegmentFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory on a simulated disk. The calls of {@link SegmentFile.Directory} are the engine's; the
 * others are the simulator's, neither fail nor take time, and see what the engine would see.
 *
 * <p>A directory serves one process after the other: after a crash, the next engine is given the
 * same object.
 */
public final class Disk implements SegmentFile.Directory {
    private static final int TRIES = 16;

    final Device device;
    final Names names;
    final int alignmentBytes;

    Disk(Device device, int alignmentBytes) {
        this.device = device;
        this.alignmentBytes = alignmentBytes;
        this.names = new Names(device);
    }

    /** A directory on a disk of its own. */
    public Disk(World world, Dice dice, int alignmentBytes) {
        this(new Device(world, dice, new DiskMemory()), alignmentBytes);
        device.adopt(this);
    }

    /** The disk that this directory is on. */
    public Device device() {
        return device;
    }

    // What the engine calls.

    @Override
    public List<String> list() throws IOException {
        boolean crash = enter(Call.LIST, "");
        if (crash) {
            throw device.crash();
        }
        device.spendQuick();
        if (device.armed.strikes(DiskFault.LIST_ERROR, "")) {
            throw error(DiskFault.LIST_ERROR, "directory");
        }
        return names.list();
    }

    @Override
    public SegmentFile open(String name, Mode mode) throws IOException {
        boolean crash = enter(Call.OPEN, name);
        Inode inode = names.find(name);
        boolean creates = inode == null && mode != Mode.READ;
        if (device.armed.strikes(DiskFault.OPEN_ERROR, name) && !crash) {
            device.spendQuick();
            throw error(DiskFault.OPEN_ERROR, name);
        }
        if (creates && (!crash || device.dice.coin())) {
            inode = new Inode(device, device.nextFileNumber());
            names.change(null, name, inode, device.beginChange());
        }
        if (crash) {
            throw device.crash();
        }
        device.spendQuick();
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return new DiskFile(this, name, inode, mode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        boolean crash = enter(Call.RENAME, from);
        Inode inode = names.find(from);
        if (inode == null && !crash) {
            throw new NoSuchFileException(from);
        }
        changeName(crash, DiskFault.RENAME_ERROR, from, to, inode);
    }

    @Override
    public void delete(String name) throws IOException {
        boolean crash = enter(Call.DELETE, name);
        changeName(crash, DiskFault.DELETE_ERROR, name, null, names.find(name));
    }

    private void changeName(
            boolean crash, DiskFault fault, String from, @Nullable String to, @Nullable Inode inode)
            throws IOException {
        boolean fails = !crash && device.armed.strikes(fault, from);
        long begin = device.beginChange();
        if (inode != null && !from.equals(to) && (!(crash || fails) || device.dice.coin())) {
            names.change(from, to, inode, begin);
        }
        if (crash) {
            throw device.crash();
        }
        device.spendQuick();
        if (fails) {
            throw error(fault, from);
        }
    }

    @Override
    public void sync() throws IOException {
        boolean crash = enter(Call.DIRECTORY_SYNC, "");
        if (crash) {
            // What it would have made durable may be so, as after any power loss.
            throw device.crash();
        }
        names.settle(device.eventNanos());
        device.beginChange();
        long end = device.spendDurable();
        if (device.armed.strikes(DiskFault.DIRECTORY_SYNC_ERROR, "")) {
            throw error(DiskFault.DIRECTORY_SYNC_ERROR, "directory");
        }
        if (device.lies()) {
            names.lie();
        } else {
            names.promiseAll(end);
        }
    }

    @Override
    public long usableBytes() {
        return device.usableBytes();
    }

    @Override
    public int alignmentBytes() {
        return alignmentBytes;
    }

    private boolean enter(Call call, String name) throws IOException {
        return device.enter(call, device.process(), -1, 0, 0, name.hashCode());
    }

    IOException error(DiskFault fault, String name) {
        device.count(fault);
        return new IOException(name + ": Input/output error");
    }

    void flush(long nanos) {
        names.promiseAll(nanos);
        for (Inode inode : names.inodes()) {
            inode.promiseLies(nanos);
        }
    }

    // What the simulator calls.

    /** The names of all files, sorted. */
    public List<String> fileNames() {
        return names.list();
    }

    /** The bytes of a file. */
    public byte[] content(String name) {
        Inode inode = existing(name);
        return Arrays.copyOf(inode.visible, inode.sizeBytes);
    }

    /** Makes a file, or all of its bytes new, durably and at once. */
    public void put(String name, byte[] content) {
        Inode inode = names.find(name);
        if (inode == null) {
            inode = new Inode(device, device.nextFileNumber());
            names.put(name, inode);
        }
        inode.become(content, content.length);
    }

    /** Removes a file, durably and at once; only from a {@link #copy}, before an engine uses it. */
    public void remove(String name) {
        existing(name);
        names.remove(name);
    }

    /**
     * What is visible now, durable on a disk of its own that has no faults and takes no time.
     *
     * @param world the one that the copy's engine lives in
     */
    public Disk copy(World world) {
        Disk copy = new Disk(world, new Dice(0), alignmentBytes);
        copy.device.latency(Latency.NONE);
        for (String name : names.list()) {
            Inode from = existing(name);
            Inode to = new Inode(copy.device, copy.device.nextFileNumber());
            to.become(from.visible, from.sizeBytes);
            copy.names.put(name, to);
        }
        return copy;
    }

    /** Reads that touch these bytes fail until READ_ERROR is healed, whatever the file's name. */
    public void badRange(String name, long offset, long length) {
        device.armed.badRange(existing(name), offset, offset + length);
    }

    /** Inverts a bit, counted from the beginning of the file. */
    public void flipBit(String name, long bit) {
        existing(name).flipBit((int) (bit / 8), (int) (bit % 8));
        device.damaged(DiskFault.BIT_FLIP, name, bit / 8, 1);
    }

    /** Inverts a bit of some file of this kind, rather where there is something; false if none. */
    public boolean flipBit(FileKind kind) {
        String name = someFile(kind, "");
        if (name == null) {
            return false;
        }
        Inode inode = existing(name);
        int at = someByte(inode);
        flipBit(name, at * 8L + device.dice.below(8));
        return true;
    }

    /** Fills the sector at {@code offset} with zeroes. */
    public void zeroSector(String name, long offset) {
        Inode inode = existing(name);
        int from = (int) (offset / Device.SECTOR_BYTES) * Device.SECTOR_BYTES;
        int to = Math.min(inode.sizeBytes, from + Device.SECTOR_BYTES);
        inode.zero(from, to);
        device.damaged(DiskFault.ZEROED_SECTOR, name, from, to - from);
    }

    /** Fills a sector of some file of this kind with zeroes; false if there is none. */
    public boolean zeroSector(FileKind kind) {
        String name = someFile(kind, "");
        if (name == null) {
            return false;
        }
        zeroSector(name, someByte(existing(name)));
        return true;
    }

    private int someByte(Inode inode) {
        int at = device.dice.below(inode.sizeBytes);
        for (int i = 0; i < TRIES && inode.visible[at] == 0; i++) {
            at = device.dice.below(inode.sizeBytes);
        }
        return at;
    }

    /** A file of this kind that has bytes and another name; null if there is none. */
    @Nullable String someFile(FileKind kind, String but) {
        List<String> found = new ArrayList<>();
        for (String name : names.list()) {
            if (kind.includes(name) && !name.equals(but) && existing(name).sizeBytes > 0) {
                found.add(name);
            }
        }
        return found.isEmpty() ? null : found.get(device.dice.below(found.size()));
    }

    Inode existing(String name) {
        Inode inode = names.find(name);
        if (inode == null) {
            throw new IllegalArgumentException("no file " + name + " in " + names.list());
        }
        return inode;
    }
}
