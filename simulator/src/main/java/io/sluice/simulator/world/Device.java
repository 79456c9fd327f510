package io.sluice.simulator.world;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * A simulated disk, on which {@link Disk directories} stand that share its room, its speed, its
 * faults and its fate. The fault model is docs/FAULTS.md.
 *
 * <p>Of one run and one thread. All chance comes from the dice it is given. When the history is
 * over, {@link #release} hands the memory to the next one.
 *
 * <p>After {@link #kill} or {@link #losePower} the disk serves the next process at once. Files that
 * the one before had opened throw {@link DiskCrashedException}; a directory cannot tell who calls,
 * so the threads of the one before must be dead. Capacity, latency and armed faults outlive a
 * crash.
 */
public final class Device {
    /** The smallest piece that a power loss keeps or loses. */
    public static final int SECTOR_BYTES = 512;

    /** For {@link #arm}: until healed. */
    public static final int UNTIL_HEALED = Integer.MAX_VALUE;

    private static final long SLOW_NANOS = 1_000_000;

    final World world;
    final Dice dice;
    final DiskMemory memory;
    final ArmedFaults armed = new ArmedFaults();
    private final PowerLoss powerLoss;
    private final List<Disk> disks = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final EnumMap<DiskFault, Long> happened = new EnumMap<>(DiskFault.class);
    private Consumer<DiskFault> listener = fault -> {};
    private Latency latency = Latency.FAST;
    private long capacityBytes = Long.MAX_VALUE;
    private boolean lying;
    private int filesMade;

    private long calls;
    private long crashAtCall = Long.MAX_VALUE;
    private long crashAfterRename = -1;
    private Runnable die = () -> {};
    private boolean crashed;
    private boolean dying;
    private long crashNanos;
    private int process;

    // Of calls that change something: when the last one of them to end does so, and below which
    // call all are over because a later one was made from an earlier moment.
    private long latestEndNanos;
    private long overBelowCall;

    /** A disk that is honest, fast, empty and as large as can be. */
    public Device(World world, Dice dice, DiskMemory memory) {
        this.world = world;
        this.dice = dice;
        this.memory = memory;
        this.powerLoss = new PowerLoss(this, dice);
    }

    /**
     * A new directory on this disk.
     *
     * @param alignmentBytes what DURABLE writes need, 1 or more
     */
    public Disk directory(int alignmentBytes) {
        Disk disk = new Disk(this, alignmentBytes);
        adopt(disk);
        return disk;
    }

    void adopt(Disk disk) {
        disks.add(disk);
    }

    /** Ends the history: gives all memory back. Neither this nor its directories are used again. */
    public void release() {
        disks.forEach(disk -> disk.names.release());
        disks.clear();
    }

    /** Told each fault when it happens, within the call that it strikes. */
    public void onFault(Consumer<DiskFault> newListener) {
        listener = newListener;
    }

    /** How often a fault really happened. */
    public long happened(DiskFault fault) {
        return happened.getOrDefault(fault, 0L);
    }

    /** All silent damage so far, oldest first. */
    public List<Damage> damages() {
        return List.copyOf(damages);
    }

    void damaged(DiskFault fault, String fileName, long offset, int length) {
        damages.add(new Damage(fault, fileName, offset, length));
        count(fault);
    }

    void count(DiskFault fault) {
        happened.merge(fault, 1L, Long::sum);
        listener.accept(fault);
    }

    /** What all files together may occupy; may be less than they do. */
    public void capacityBytes(long newCapacityBytes) {
        capacityBytes = newCapacityBytes;
    }

    /** What all files of all directories occupy. */
    public long usedBytes() {
        long used = 0;
        for (Disk disk : disks) {
            for (Inode inode : disk.names.inodes()) {
                used += inode.sizeBytes;
            }
        }
        return used;
    }

    /** The room that is left. */
    public long usableBytes() {
        return Math.max(0, capacityBytes - usedBytes());
    }

    /** How long calls take from now on. */
    public void latency(Latency newLatency) {
        latency = newLatency;
    }

    /**
     * Lets calls fail from now on; replaces what was armed for this fault.
     *
     * @param fault one whose name ends with _ERROR, or LOST_WRITE, TORN_WRITE, MISDIRECTED_WRITE
     * @param kind the files concerned; ANY for LIST_ERROR and DIRECTORY_SYNC_ERROR
     * @param times how many calls it strikes, or {@link #UNTIL_HEALED}
     */
    public void arm(DiskFault fault, FileKind kind, int times) {
        armed.arm(fault, kind, times);
    }

    /** Disarms a fault; for READ_ERROR bad ranges too. */
    public void heal(DiskFault fault) {
        armed.heal(fault);
    }

    /** Disarms all, and is honest from now on. What was lied about is not made durable. */
    public void heal() {
        armed.healAll();
        lying = false;
    }

    /** From now on, or no more, nothing becomes durable although calls say so. */
    public void lying(boolean newLying) {
        lying = newLying;
    }

    /** Makes all durable that a lie was told about, as a disk does by itself at last. */
    public void flush() {
        calls++;
        long now = world.nanos();
        disks.forEach(disk -> disk.flush(now));
    }

    /** How many calls there have been. */
    public long calls() {
        return calls;
    }

    /**
     * Crashes in the middle of the call that comes after {@code more} others. What it does is done
     * in part, then {@code dies} is run, which should end the process's threads, then it throws; so
     * do all later calls until {@link #kill} or {@link #losePower}. {@code dies} cannot call these:
     * the dead process's task has yet to unwind, and must find no living disk.
     */
    public void crashAfterCalls(long more, Runnable dies) {
        crashAtCall = calls + 1 + more;
        die = dies;
    }

    /** As {@link #crashAfterCalls}, counted from the next renaming on. */
    public void crashAfterRenaming(long more, Runnable dies) {
        crashAfterRename = more;
        die = dies;
    }

    /** No crash at a call any more. */
    public void cancelCrash() {
        crashAfterRename = -1;
        crashAtCall = Long.MAX_VALUE;
    }

    /** True after a crash in the middle of a call, until {@link #kill} or {@link #losePower}. */
    public boolean isCrashed() {
        return crashed;
    }

    /** The process dies, now or where it crashed; the next one may begin. */
    public void kill() {
        long nanos = moment();
        count(DiskFault.KILL);
        disks.forEach(disk -> disk.names.kill(nanos));
        begin(nanos, 1);
    }

    /** The power goes, now or where the crash was, and comes back; the next process may begin. */
    public void losePower() {
        long nanos = moment();
        count(DiskFault.POWER_LOSS);
        disks.forEach(disk -> disk.names.losePower(nanos, powerLoss, dice));
        begin(nanos, 2);
    }

    private long moment() {
        if (dying) {
            throw new IllegalStateException("restart after the call that crashed has thrown");
        }
        return crashed ? crashNanos : world.nanos();
    }

    private void begin(long nanos, int how) {
        world.trace(calls << 2 | how);
        crashed = false;
        cancelCrash();
        process++;
        latestEndNanos = nanos;
        overBelowCall = calls + 1;
    }

    int process() {
        return process;
    }

    int nextFileNumber() {
        return filesMade++;
    }

    /**
     * Begins a call of the process numbered {@code caller}.
     *
     * @return whether the crash comes in the middle of it
     * @throws DiskCrashedException if the process is dead
     */
    boolean enter(Call call, int caller, int file, long offset, int length, int hash)
            throws DiskCrashedException {
        if (crashed || caller != process) {
            throw new DiskCrashedException();
        }
        calls++;
        long where = offset << 20 ^ (long) length << 4 ^ call.code;
        world.trace(where * 0x9E3779B97F4A7C15L ^ ((long) file << 32 | (hash & 0xFFFF_FFFFL)));
        if (call == Call.RENAME && crashAfterRename >= 0) {
            crashAtCall = calls + crashAfterRename;
            crashAfterRename = -1;
        }
        if (calls != crashAtCall) {
            return false;
        }
        crashed = true;
        crashNanos = world.nanos();
        count(DiskFault.CRASH_IN_CALL);
        return true;
    }

    /** Ends the process in the middle of a call that then throws what this returns. */
    DiskCrashedException crash() {
        dying = true;
        try {
            die.run();
        } finally {
            dying = false;
        }
        return new DiskCrashedException();
    }

    /** Now, when a call changes something; see the fault model, "a call is under way". */
    long beginChange() {
        long now = world.nanos();
        if (!crashed) {
            if (now < latestEndNanos) {
                overBelowCall = calls;
            }
            latestEndNanos = now;
        }
        return now;
    }

    /** Spends what a call takes that needs no disk; when it ends. */
    long spendQuick() {
        return spend(latency.quickNanos());
    }

    /** Spends what a call takes that makes something durable; when it ends. */
    long spendDurable() {
        long nanos = latency.durableNanosMin();
        if (latency.durableNanosMax() > nanos) {
            nanos = dice.between(nanos, latency.durableNanosMax());
        }
        if (latency.spikePerMille() > 0 && dice.perMille(latency.spikePerMille())) {
            nanos += dice.magnitude(latency.spikeNanosMax());
        }
        if (nanos > SLOW_NANOS) {
            count(DiskFault.SLOW);
        }
        return spend(nanos);
    }

    private long spend(long nanos) {
        world.spend(nanos);
        latestEndNanos = Math.max(latestEndNanos, world.nanos());
        return world.nanos();
    }

    /** The moment of the current event: no crash can come at an earlier one. */
    long eventNanos() {
        return world.nanos() - world.nanosSpent();
    }

    /** Whether a change is durable if the crash comes at {@code nanos}. */
    boolean isOver(Change change, long nanos) {
        return change.durableNanos != Change.NEVER
                && (change.durableNanos <= nanos || change.durableCall < overBelowCall);
    }

    /** Whether a change has not begun at {@code nanos}. */
    boolean isFuture(Change change, long nanos) {
        return change.beginNanos > nanos && change.call >= overBelowCall;
    }

    /** Whether the call that has just been made only says that it makes something durable. */
    boolean lies() {
        if (lying) {
            count(DiskFault.LIE);
        }
        return lying;
    }

    /** So many of the first bytes of a write are done: any number up to all, ending at a sector. */
    int partOf(int offset, int length) {
        int first = offset / SECTOR_BYTES;
        int sectors = (offset + length + SECTOR_BYTES - 1) / SECTOR_BYTES - first;
        int end = (first + dice.below(sectors + 1)) * SECTOR_BYTES;
        return Math.min(length, Math.max(0, end - offset));
    }
}
