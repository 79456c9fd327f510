package io.sluice.simulator.world;

import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.util.zip.CRC32C;

/** An open file of a simulated disk, belonging to the process that opened it. */
final class DiskFile implements SegmentFile {
    private final Disk disk;
    private final Device device;
    private final String name;
    private final Inode inode;
    private final Mode mode;
    private final int process;
    private final CRC32C crc = new CRC32C();
    private boolean closed;

    DiskFile(Disk disk, String name, Inode inode, Mode mode) {
        this.disk = disk;
        this.device = disk.device;
        this.name = name;
        this.inode = inode;
        this.mode = mode;
        this.process = device.process();
        inode.handles++;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() throws IOException {
        requireOpen();
        return inode.sizeBytes;
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        requireWritable(source, offset);
        int from = source.position();
        int length = source.remaining();
        int at = Math.toIntExact(offset);
        boolean crash = enter(Call.WRITE, at, length, hash(source, from, length));
        long begin = device.beginChange();
        inode.settle(device.eventNanos());
        if (crash) {
            inode.write(source, from, device.partOf(at, length), at, begin);
            throw device.crash();
        }
        long end = mode == Mode.DURABLE ? device.spendDurable() : device.spendQuick();
        if (device.armed.strikes(DiskFault.WRITE_ERROR, name)) {
            inode.write(source, from, device.partOf(at, length), at, begin).failed = true;
            throw disk.error(DiskFault.WRITE_ERROR, name);
        }
        requireRoom(source, from, length, at, begin);
        if (!isMissed(source, from, length, at, begin, end)) {
            promise(inode, inode.write(source, from, length, at, begin), end);
        }
        source.position(from + length);
    }

    private void requireRoom(ByteBuffer source, int from, int length, int at, long begin)
            throws IOException {
        long growth = (long) at + length - inode.sizeBytes;
        if (growth <= 0) {
            return;
        }
        long room = device.usableBytes();
        if (growth > room) {
            int fits = (int) Math.max(0, Math.min(length, inode.sizeBytes + room - at));
            inode.write(source, from, device.partOf(at, fits), at, begin);
            device.count(DiskFault.DISK_FULL);
            throw new IOException(name + ": No space left on device");
        }
    }

    private void promise(Inode written, Change.Bytes change, long endNanos) {
        if (mode != Mode.DURABLE) {
            return;
        }
        if (device.lies()) {
            change.lied = true;
        } else {
            written.promiseWrite(change, endNanos);
        }
    }

    /** True if the write is lost, torn or led elsewhere, and that is done. */
    private boolean isMissed(
            ByteBuffer source, int from, int length, int at, long begin, long end) {
        if (device.armed.strikes(DiskFault.LOST_WRITE, name)) {
            device.damaged(DiskFault.LOST_WRITE, name, at, length);
            return true;
        }
        if (device.armed.strikes(DiskFault.TORN_WRITE, name)) {
            tear(source, from, length, at, begin, end);
            return true;
        }
        return device.armed.strikes(DiskFault.MISDIRECTED_WRITE, name)
                && misdirect(source, from, length, at, begin, end);
    }

    /** Only what comes before, or only what comes after, some sector's beginning is written. */
    private void tear(ByteBuffer source, int from, int length, int at, long begin, long end) {
        int cut = device.partOf(at, length);
        boolean keepsFirst = cut == 0 || cut == length || device.dice.coin();
        if (cut == length) {
            cut = 0;
        }
        int first = keepsFirst ? 0 : cut;
        int count = keepsFirst ? cut : length - cut;
        promise(inode, inode.write(source, from + first, count, at + first, begin), end);
        int lost = keepsFirst ? cut : 0;
        device.damaged(DiskFault.TORN_WRITE, name, at + lost, length - count);
    }

    private boolean misdirect(
            ByteBuffer source, int from, int length, int at, long begin, long end) {
        String other = device.dice.coin() ? disk.someFile(FileKind.of(name), name) : null;
        String target = other == null ? name : other;
        Inode hit = other == null ? inode : disk.existing(other);
        int step = Math.max(Device.SECTOR_BYTES, disk.alignmentBytes);
        int places = (hit.sizeBytes - length) / step + 1;
        int place = places <= 0 ? 0 : device.dice.below(places) * step;
        if (hit.sizeBytes < length || (hit == inode && place == at)) {
            device.damaged(DiskFault.LOST_WRITE, name, at, length);
            return true;
        }
        promise(hit, hit.write(source, from, length, place, begin), end);
        device.damaged(DiskFault.MISDIRECTED_WRITE, name, at, length);
        device.damaged(DiskFault.MISDIRECTED_WRITE, target, place, length);
        return true;
    }

    @Override
    public void sync() throws IOException {
        requireOpen();
        boolean crash = enter(Call.SYNC, 0, 0, 0);
        if (crash) {
            throw device.crash();
        }
        device.beginChange();
        inode.settle(device.eventNanos());
        long end = device.spendDurable();
        if (device.armed.strikes(DiskFault.SYNC_ERROR, name)) {
            inode.failUnsynced();
            throw disk.error(DiskFault.SYNC_ERROR, name);
        }
        if (device.lies()) {
            inode.lie();
        } else {
            inode.promiseAll(end);
        }
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
        requireOpen();
        if (mode == Mode.DURABLE) {
            throw new NonReadableChannelException();
        }
        int count = (int) Math.max(0, Math.min(target.remaining(), inode.sizeBytes - offset));
        int at = count == 0 ? 0 : (int) offset;
        crc.reset();
        crc.update(inode.visible, at, count);
        boolean crash = enter(Call.READ, offset, target.remaining(), (int) crc.getValue());
        if (crash) {
            throw device.crash();
        }
        device.spendQuick();
        if (device.armed.strikes(DiskFault.READ_ERROR, name)
                || device.armed.isBad(inode, offset, offset + target.remaining())) {
            throw disk.error(DiskFault.READ_ERROR, name);
        }
        target.put(inode.visible, at, count);
        return count;
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        requireOpen();
        if (mode == Mode.READ) {
            throw new AssertionError(name + " is open for reading only");
        }
        boolean crash = enter(Call.TRUNCATE, sizeBytes, 0, 0);
        boolean fails = !crash && device.armed.strikes(DiskFault.TRUNCATE_ERROR, name);
        long begin = device.beginChange();
        inode.settle(device.eventNanos());
        if (sizeBytes < inode.sizeBytes && (!(crash || fails) || device.dice.coin())) {
            inode.truncate((int) sizeBytes, begin);
        }
        if (crash) {
            throw device.crash();
        }
        device.spendQuick();
        if (fails) {
            throw disk.error(DiskFault.TRUNCATE_ERROR, name);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (process == device.process()) {
                inode.handles--;
                disk.names.releaseOrphans();
            }
        }
    }

    private boolean enter(Call call, long offset, int length, int hash) throws IOException {
        return device.enter(call, process, inode.number, offset, length, hash);
    }

    private int hash(ByteBuffer source, int from, int length) {
        crc.reset();
        crc.update(source);
        source.position(from);
        return (int) crc.getValue() + length;
    }

    private void requireOpen() throws IOException {
        if (process != device.process()) {
            throw new DiskCrashedException();
        }
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void requireWritable(ByteBuffer source, long offset) throws IOException {
        requireOpen();
        if (mode == Mode.READ) {
            throw new AssertionError(name + " is open for reading only");
        }
        int alignment = disk.alignmentBytes;
        if (mode == Mode.DURABLE
                && alignment > 1
                && (offset % alignment != 0
                        || source.remaining() % alignment != 0
                        || (source.isDirect()
                                && source.alignmentOffset(source.position(), alignment) != 0))) {
            throw new AssertionError(
                    name + ": unaligned write of " + source.remaining() + " at " + offset);
        }
    }
}
