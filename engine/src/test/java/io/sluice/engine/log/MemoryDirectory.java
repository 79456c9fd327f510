package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Files in memory, on a disk that a test can make fail. Single-threaded.
 *
 * <p>Fault model, as of a disk with a volatile cache below a file system with an ordered journal:
 *
 * <ul>
 *   <li>A write is seen at once, and survives a power loss once it was synced, or if it was
 *       DURABLE, once it returned. A power loss keeps of every other write any subset of its {@link
 *       #SECTOR_BYTES} sectors, independently, chosen by the seed.
 *   <li>Creations, renames and deletions survive once the directory was synced. Of the others, a
 *       power loss keeps a prefix.
 *   <li>The end of a process loses nothing that was written.
 *   <li>The call at which a crash is set happens in part: its write may be torn, its rename kept.
 *   <li>After a failed write or sync, what was written stays visible, as in a page cache, but no
 *       later sync makes it durable: only writing it again does.
 *   <li>A full disk refuses what would make a file longer.
 *   <li>Bits flip, and files are cut, when the test says so.
 * </ul>
 */
public final class MemoryDirectory implements SegmentFile.Directory {
    /** What can fail. */
    public enum Call {
        LIST,
        OPEN,
        READ,
        WRITE,
        SYNC,
        TRUNCATE,
        RENAME,
        DELETE,
        DIRECTORY_SYNC
    }

    /** Asked before each call; throws to let it fail. */
    public interface Fault {
        void before(Call call, String name) throws IOException;
    }

    /** What every call answers between a crash and a restart. */
    public static final class CrashedException extends IOException {
        private static final long serialVersionUID = 1L;

        CrashedException() {
            super("the machine has crashed");
        }
    }

    private static final int SECTOR_BYTES = 64;

    /** A change of a file's bytes that a power loss may undo in part. */
    private static final class Unsynced {
        final int offset;
        final byte[] bytes;
        final boolean failed;

        Unsynced(int offset, byte[] bytes, boolean failed) {
            this.offset = offset;
            this.bytes = bytes;
            this.failed = failed;
        }
    }

    private static final class Inode {
        byte[] visible = new byte[0];
        byte[] durable = new byte[0];
        List<Unsynced> unsynced = new ArrayList<>();

        Inode copy() {
            Inode copy = new Inode();
            copy.visible = visible.clone();
            copy.durable = visible.clone();
            return copy;
        }
    }

    private final int alignmentBytes;
    private TreeMap<String, Inode> names = new TreeMap<>();
    private TreeMap<String, Inode> durableNames = new TreeMap<>();
    private final List<TreeMap<String, Inode>> unsyncedNames = new ArrayList<>();
    private Fault fault = (call, name) -> {};
    private long capacityBytes = Long.MAX_VALUE;
    private long calls;
    private long crashAt = Long.MAX_VALUE;
    private boolean crashed;

    public MemoryDirectory(int alignmentBytes) {
        this.alignmentBytes = alignmentBytes;
    }

    /** Lets calls fail from now on; {@code (call, name) -> {}} heals. */
    public void fault(Fault newFault) {
        fault = newFault;
    }

    /** How many calls there have been. */
    public long calls() {
        return calls;
    }

    /** Crashes in the middle of the call that comes after {@code more} others. */
    public void crashAfterCalls(long more) {
        crashAt = calls + more;
    }

    /** Crashes between two calls. */
    public void crash() {
        crashed = true;
    }

    public boolean crashed() {
        return crashed;
    }

    /** Starts the machine again after the power was lost. */
    public void restartAfterPowerLoss(Random random) {
        int kept = random.nextInt(unsyncedNames.size() + 1);
        TreeMap<String, Inode> survived = kept == 0 ? durableNames : unsyncedNames.get(kept - 1);
        names = new TreeMap<>(survived);
        durableNames = new TreeMap<>(survived);
        for (Inode inode : names.values()) {
            for (Unsynced write : inode.unsynced) {
                inode.durable = survivors(inode.durable, write, random);
            }
            inode.visible = inode.durable.clone();
            inode.unsynced.clear();
        }
        restart();
    }

    /** Starts a new process on the machine after the old one was killed. */
    public void restartAfterKill() {
        restart();
    }

    private void restart() {
        unsyncedNames.clear();
        if (!names.equals(durableNames)) {
            unsyncedNames.add(new TreeMap<>(names));
        }
        crashed = false;
        crashAt = Long.MAX_VALUE;
    }

    private static byte[] survivors(byte[] before, Unsynced write, Random random) {
        byte[] after = before;
        // Half of the time whole, so that complete but unacknowledged writes are common.
        boolean whole = random.nextBoolean();
        for (int at = 0; at < write.bytes.length; at += SECTOR_BYTES) {
            if (whole || random.nextBoolean()) {
                int count = Math.min(SECTOR_BYTES, write.bytes.length - at);
                after = put(after, write.offset + at, write.bytes, at, count);
            }
        }
        return after;
    }

    /** The disk's size: what all files together may grow to. */
    public void capacityBytes(long newCapacityBytes) {
        capacityBytes = newCapacityBytes;
    }

    public long usedBytes() {
        return names.values().stream().mapToLong(inode -> inode.visible.length).sum();
    }

    public boolean exists(String name) {
        return names.containsKey(name);
    }

    public byte[] content(String name) {
        return existing(name).visible.clone();
    }

    /** Inverts a bit, counted from the beginning of the file. */
    public void flipBit(String name, long bit) {
        Inode inode = existing(name);
        byte flip = (byte) (1 << (bit % 8));
        inode.visible[(int) (bit / 8)] ^= flip;
        inode.durable[(int) (bit / 8)] ^= flip;
    }

    /** Cuts a file, as an accident would. */
    public void cut(String name, int sizeBytes) {
        Inode inode = existing(name);
        inode.visible = Arrays.copyOf(inode.visible, sizeBytes);
        inode.durable = Arrays.copyOf(inode.durable, sizeBytes);
    }

    /** What is visible now, durable on another disk that has no faults. */
    public MemoryDirectory copy() {
        MemoryDirectory copy = new MemoryDirectory(alignmentBytes);
        names.forEach((name, inode) -> copy.names.put(name, inode.copy()));
        copy.durableNames = new TreeMap<>(copy.names);
        return copy;
    }

    private Inode existing(String name) {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new AssertionError("no file " + name + " in " + names.keySet());
        }
        return inode;
    }

    /** True if this call is the one in whose middle the crash comes. */
    private boolean enter(Call call, String name) throws IOException {
        if (crashed) {
            throw new CrashedException();
        }
        if (calls++ == crashAt) {
            crashed = true;
            return true;
        }
        fault.before(call, name);
        return false;
    }

    private void enterWhole(Call call, String name) throws IOException {
        if (enter(call, name)) {
            throw new CrashedException();
        }
    }

    private void changedNames(boolean crash) throws IOException {
        unsyncedNames.add(new TreeMap<>(names));
        if (crash) {
            throw new CrashedException();
        }
    }

    @Override
    public List<String> list() throws IOException {
        enterWhole(Call.LIST, "");
        return List.copyOf(names.keySet());
    }

    @Override
    public SegmentFile open(String name, Mode mode) throws IOException {
        boolean crash = enter(Call.OPEN, name);
        Inode inode = names.get(name);
        if (inode == null) {
            if (mode == Mode.READ) {
                throw new IOException("no such file: " + name);
            }
            inode = new Inode();
            names.put(name, inode);
            unsyncedNames.add(new TreeMap<>(names));
        }
        if (crash) {
            throw new CrashedException();
        }
        return new MemoryFile(name, inode, mode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        boolean crash = enter(Call.RENAME, from);
        Inode inode = names.remove(from);
        if (inode == null) {
            throw new IOException("no such file: " + from);
        }
        names.put(to, inode);
        changedNames(crash);
    }

    @Override
    public void delete(String name) throws IOException {
        boolean crash = enter(Call.DELETE, name);
        names.remove(name);
        changedNames(crash);
    }

    @Override
    public void sync() throws IOException {
        enterWhole(Call.DIRECTORY_SYNC, "");
        durableNames = new TreeMap<>(names);
        unsyncedNames.clear();
    }

    @Override
    public long usableBytes() {
        return capacityBytes - usedBytes();
    }

    @Override
    public int alignmentBytes() {
        return alignmentBytes;
    }

    private static byte[] put(byte[] into, int offset, byte[] from, int at, int count) {
        byte[] result = into.length < offset + count ? Arrays.copyOf(into, offset + count) : into;
        System.arraycopy(from, at, result, offset, count);
        return result;
    }

    private final class MemoryFile implements SegmentFile {
        private final String name;
        private final Inode inode;
        private final Mode mode;
        private boolean closed;

        MemoryFile(String name, Inode inode, Mode mode) {
            this.name = name;
            this.inode = inode;
            this.mode = mode;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long sizeBytes() throws IOException {
            requireOpen();
            return inode.visible.length;
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            requireWritable(source, offset);
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            int at = Math.toIntExact(offset);
            long growth = Math.max(0, at + bytes.length - inode.visible.length);
            boolean crash;
            try {
                crash = enter(Call.WRITE, name);
            } catch (CrashedException e) {
                throw e;
            } catch (IOException e) {
                change(new Unsynced(at, bytes, true));
                throw e;
            }
            if (growth > usableBytes()) {
                throw new IOException("No space left on device");
            }
            change(new Unsynced(at, bytes, false));
            if (crash) {
                throw new CrashedException();
            }
            if (mode == Mode.DURABLE) {
                persist();
            }
        }

        private void change(Unsynced write) {
            inode.visible = put(inode.visible, write.offset, write.bytes, 0, write.bytes.length);
            inode.unsynced.forEach(earlier -> supersede(earlier, write));
            inode.unsynced.add(write);
        }

        /** What the page cache holds now is all that can still reach the disk. */
        private void supersede(Unsynced earlier, Unsynced later) {
            int from = Math.max(earlier.offset, later.offset);
            int to =
                    Math.min(
                            earlier.offset + earlier.bytes.length,
                            later.offset + later.bytes.length);
            for (int at = from; at < to; at++) {
                earlier.bytes[at - earlier.offset] = later.bytes[at - later.offset];
            }
        }

        private void requireWritable(ByteBuffer source, long offset) throws IOException {
            requireOpen();
            boolean aligned =
                    offset % alignmentBytes == 0 && source.remaining() % alignmentBytes == 0;
            if (mode == Mode.READ || (mode == Mode.DURABLE && !aligned)) {
                throw new AssertionError(
                        name + ": bad write of " + source.remaining() + " at " + offset);
            }
        }

        @Override
        public void sync() throws IOException {
            requireOpen();
            boolean crash;
            try {
                crash = enter(Call.SYNC, name);
            } catch (CrashedException e) {
                throw e;
            } catch (IOException e) {
                inode.unsynced.replaceAll(write -> new Unsynced(write.offset, write.bytes, true));
                throw e;
            }
            if (crash) {
                throw new CrashedException();
            }
            persist();
        }

        private void persist() {
            List<Unsynced> failed = new ArrayList<>();
            for (Unsynced write : inode.unsynced) {
                if (write.failed) {
                    failed.add(write);
                } else {
                    inode.durable =
                            put(inode.durable, write.offset, write.bytes, 0, write.bytes.length);
                }
            }
            inode.unsynced = failed;
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            requireOpen();
            enterWhole(Call.READ, name);
            int count =
                    (int) Math.max(0, Math.min(target.remaining(), inode.visible.length - offset));
            if (count > 0) {
                target.put(inode.visible, (int) offset, count);
            }
            return count;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            requireOpen();
            enterWhole(Call.TRUNCATE, name);
            if (sizeBytes < inode.visible.length) {
                cut(name, (int) sizeBytes);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new IOException(name + " is closed");
            }
        }
    }
}
