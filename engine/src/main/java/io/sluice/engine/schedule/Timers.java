package io.sluice.engine.schedule;

import io.sluice.engine.log.Footer;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.schedule.RunFormat.Block;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What falls due when, in one shard: an index over the scheduled records of its log, which are the
 * truth. Owned by the shard thread; never reads storage on it, never asks what time it is.
 *
 * <p>A timer is (due time, position, size) of a scheduled record. Timers fire in the order of (due
 * time, position) over all segments, so a single <b>watermark</b> says which ones have: everything
 * at or below it. That and the <b>tombstones</b>, the positions of timers that were cancelled
 * before the watermark came by, is all that a checkpoint holds. Since nothing may be scheduled
 * behind the watermark, a record's due time is first put through {@link #effectiveDueMs}: at most 1
 * ms later than wanted.
 *
 * <p>The timers of a segment form a {@link Run}. It begins in memory; sealing the segment writes
 * it, sorted, to the footer; when the footer can be read, memory lets go of it and holds two blocks
 * of 4 KiB, read ahead of need. So ten million timers in three hundred segments hold about 2.4 MB,
 * plus 24 bytes for each one of segments not yet sealed and read.
 *
 * <pre>
 *                       watermark                      now
 *   segment 1  x x x x x x | . . . . . . [block][ahead] . . . . . .
 *   segment 2      x   x x |   . . . [block][ahead] . . . . . . .
 *   active             x   |  o  o     o         o     (heap)
 *                  fired   |  pending, merged by (due, position)
 * </pre>
 *
 * <p>Deciding and applying are apart: {@link #due} shows what to fire and changes nothing; {@link
 * #scheduled}, {@link #fired}, {@link #cancelled}, {@link #sealed} are what the shard's {@code
 * apply} calls, live and in replay.
 *
 * <p>Coming back: {@link #restore}, {@link #existing} for each sealed segment up to the
 * checkpoint's, the replay, {@link #recovered}.
 */
public final class Timers {
    /** Where footers come from; called on a reader. */
    public interface Footers {
        /** As {@link io.sluice.engine.log.Log#footer}; may block. */
        @Nullable Footer footer(int segment) throws IOException;

        /** Whether a record of that size may lie at {@code position}, and in {@code segment}. */
        boolean mayHold(int segment, long position, int sizeBytes);
    }

    /** Told on the shard's executor. */
    public interface Listener {
        /** Something was loaded: ask {@link #due} and {@link #nextDueMs} again. */
        void loaded();

        /**
         * The timers of {@code segment} cannot be read. No timer fires that could come after one of
         * them, until {@link #retry}.
         */
        void unreadable(int segment, IOException cause);
    }

    /** Takes timers; must not call the timers back. */
    public interface Sink {
        void timer(long dueMs, long position, int sizeBytes);
    }

    /** Takes the pending timers of one segment, on the shard's executor. */
    public interface PendingSink extends Sink {
        /** Some were handed over; go on with {@code nextEntry}, or -1: those were the last. */
        void end(long nextEntry);

        void failed(IOException cause);
    }

    /** The size of a timer in the footer's section {@link Footer.Section#TIMERS}. */
    public static final int ENTRY_SIZE_BYTES = RunFormat.ENTRY_SIZE_BYTES;

    private static final int FORMAT = 1;
    private static final int HEADER_SIZE_BYTES = 20;

    private final RunReader reader;
    private final Listener listener;
    private final Tombstones tombstones = new Tombstones();
    private final List<Run> runs = new ArrayList<>(); // by segment
    private final RunMerge merge = new RunMerge();
    private long watermarkDueMs = Long.MIN_VALUE;
    private long watermarkPosition;
    private int sweepAtTombstones = 1024;
    private boolean live;

    private boolean settled; // everything up to the watermark is passed
    private boolean nextDueKnown;
    private long nextDueMs;

    /**
     * @param footers those of the log
     * @param readers where footers are read; may block and be concurrent
     * @param shard the shard's own executor
     */
    public Timers(Footers footers, Executor readers, Executor shard, Listener listener) {
        reader = new RunReader(footers, readers, shard);
        this.listener = listener;
    }

    /**
     * The due time that a timer wanted at {@code dueMs} gets if it is scheduled now: the same, or 1
     * ms after the watermark if that has come past it. To be written into the record.
     */
    public long effectiveDueMs(long dueMs) {
        return dueMs <= watermarkDueMs ? watermarkDueMs + 1 : dueMs;
    }

    /**
     * A timer was scheduled by the record at {@code position}, in the active segment.
     *
     * @param segment that of the record; not smaller than before, and any before it sealed
     * @param dueMs as {@link #effectiveDueMs} gave it
     * @param position larger than that of every timer before
     * @param sizeBytes size of the record in bytes
     */
    public void scheduled(int segment, long dueMs, long position, int sizeBytes) {
        if (!RunFormat.before(watermarkDueMs, watermarkPosition, dueMs, position)) {
            throw new IllegalStateException(
                    "a timer due at %d was scheduled behind the watermark %d"
                            .formatted(dueMs, watermarkDueMs));
        }
        active(segment).add(dueMs, position, sizeBytes);
        if (nextDueKnown && dueMs < nextDueMs) {
            nextDueKnown = false;
        }
    }

    /**
     * Shows up to {@code countMax} timers that are due at {@code nowMs}, earliest first, and
     * changes nothing. Shows fewer if some that come next are still being loaded: then {@link
     * Listener#loaded} follows.
     *
     * @param nowMs wall-clock milliseconds. Should not go back: what is scheduled meanwhile still
     *     comes after the watermark, so it would be late by as much.
     * @return how many were shown
     */
    public int due(long nowMs, int countMax, Sink sink) {
        if (!live) {
            throw new IllegalStateException("timers fire only after recovered()");
        }
        if (nextDueMs() > nowMs) {
            return 0;
        }
        merge.begin(runs);
        int count = 0;
        for (Run first = merge.first(); first != null && count < countMax; first = merge.first()) {
            if (first.view() == Run.View.UNLOADED || first.viewDueMs() > nowMs) {
                break;
            }
            if (!tombstones.contains(first.viewPosition())) {
                sink.timer(first.viewDueMs(), first.viewPosition(), first.viewSizeBytes());
                count++;
            }
            merge.next();
        }
        return count;
    }

    /** The earliest pending timer has fired. Those of one {@link #due} are applied in its order. */
    public void fired(long dueMs, long position) {
        if (!RunFormat.before(watermarkDueMs, watermarkPosition, dueMs, position)) {
            throw new IllegalStateException("timer at position " + position + " fired twice");
        }
        watermarkDueMs = dueMs;
        watermarkPosition = position;
        unsettle();
    }

    /**
     * A pending timer will not fire: it was recalled, or scheduled anew by a later record. Nothing
     * happens if it has fired or was cancelled.
     *
     * @param segment that of {@code position}
     */
    public void cancelled(int segment, long dueMs, long position) {
        if (!isPending(dueMs, position) || !tombstones.add(segment, dueMs, position)) {
            return;
        }
        Run run = run(segment);
        if (run != null) {
            run.cancelled();
        }
        unsettle();
        if (tombstones.size() >= sweepAtTombstones) {
            sweep();
            sweepAtTombstones = Math.max(1024, tombstones.size() * 2);
        }
    }

    /**
     * Whether a timer that was scheduled is still to fire. False also for one never scheduled if
     * the watermark is past it; the log is the truth.
     */
    public boolean isPending(long dueMs, long position) {
        return RunFormat.before(watermarkDueMs, watermarkPosition, dueMs, position)
                && !tombstones.contains(position);
    }

    /** Whether a timer that was scheduled there has fired, if it was not cancelled before. */
    public boolean hasPassed(long dueMs, long position) {
        return !RunFormat.before(watermarkDueMs, watermarkPosition, dueMs, position);
    }

    /**
     * When to ask {@link #due} next, wall-clock milliseconds. {@link Long#MAX_VALUE} if nothing is
     * pending, or if what comes next is still being loaded, since then {@link Listener#loaded}
     * tells; so waiting for this time never spins.
     */
    public long nextDueMs() {
        settle();
        if (!nextDueKnown) {
            Run first = null;
            for (Run run : runs) {
                run.rewind();
                if (run.view() != Run.View.END && (first == null || run.viewBefore(first))) {
                    first = run;
                }
            }
            nextDueMs =
                    first != null && first.view() == Run.View.TIMER
                            ? first.viewDueMs()
                            : Long.MAX_VALUE;
            nextDueKnown = true;
        }
        return nextDueMs;
    }

    /**
     * The segment has ended: its pending timers are frozen, to be written to the footer by the
     * writer on a background thread. Before anything of the next segment, and before {@link
     * #checkpoint} for this one.
     */
    public RunWriter sealed(int segment) {
        MemoryRun run = active(segment);
        settle();
        run.pass(watermarkDueMs, watermarkPosition);
        RunWriter writer = run.freeze();
        tombstones.leave(segment);
        if (writer.entries() == 0) {
            runs.remove(run);
        }
        return writer;
    }

    /**
     * The footer of a sealed segment can be read: memory lets go of its timers as soon as the first
     * block has been loaded. Also to be called after the recovery, for segments sealed in the
     * replay. Nothing happens if the segment has no run in memory.
     *
     * @param entries size of the footer's section / {@link #ENTRY_SIZE_BYTES}, checked against what
     *     was written
     */
    public void runReadable(int segment, long entries) {
        if (!(run(segment) instanceof MemoryRun run)) {
            return;
        }
        if (run.frozenEntries() != entries) {
            throw new IllegalStateException(
                    "the footer of segment %d has %d timers, %d were written"
                            .formatted(segment, entries, run.frozenEntries()));
        }
        settle();
        long passed = run.passedEntries();
        if (passed == entries) {
            runs.remove(run);
            return;
        }
        reader.block(
                segment,
                passed,
                block -> replace(run, entries, block),
                cause -> unreadable(segment, cause));
    }

    /** Takes the block's run in the place of the one in memory, unless firing was faster. */
    private void replace(MemoryRun run, long entries, Block block) {
        if (!runs.contains(run)) {
            return;
        }
        settle();
        long passed = run.passedEntries();
        if (!block.holds(passed)) {
            runReadable(run.segment(), entries);
            return;
        }
        SealedRun sealed = new SealedRun(run.segment(), tombstones);
        sealed.located(entries, passed, run.cancelledPending(), block);
        runs.set(runs.indexOf(run), sealed);
        arrived();
    }

    /** How many timers are pending in a segment; -1 while that is still being found out. */
    public long pending(int segment) {
        settle();
        Run run = run(segment);
        return run == null ? 0 : run.pending();
    }

    /** How many timers are pending in all, as far as that is known. */
    public long pending() {
        settle();
        return runs.stream().mapToLong(run -> Math.max(0, run.pending())).sum();
    }

    /**
     * Reads pending timers of a sealed segment whose footer can be read, so that they can be
     * scheduled anew and cancelled before the segment is deleted.
     *
     * @param fromEntry 0, or what {@link PendingSink#end} said
     */
    public void readPending(int segment, long fromEntry, PendingSink sink) {
        reader.block(
                segment,
                fromEntry,
                block -> {
                    long next = fromEntry + block.count();
                    for (long i = fromEntry; i < next; i++) {
                        if (isPending(block.dueMs(i), block.position(i))) {
                            sink.timer(block.dueMs(i), block.position(i), block.sizeBytes(i));
                        }
                    }
                    sink.end(block.count() < RunFormat.BLOCK_ENTRIES ? -1 : next);
                },
                sink::failed);
    }

    /**
     * Segments below {@code firstSegment} are gone.
     *
     * @throws IllegalStateException if timers are known to be pending in one of them
     */
    public void trimmed(int firstSegment) {
        settle();
        for (Run run : runs) {
            if (run.segment() < firstSegment && run.pending() > 0) {
                throw new IllegalStateException(
                        run.pending() + " timers are pending in segment " + run.segment());
            }
        }
        runs.stream().filter(run -> run.segment() < firstSegment).forEach(Timers::drop);
        runs.removeIf(run -> run.segment() < firstSegment);
        tombstones.dropBelow(firstSegment);
        unsettle();
    }

    private static void drop(Run run) {
        if (run instanceof SealedRun sealed) {
            sealed.drop();
        }
    }

    /** Tries again to read what could not be read. */
    public void retry() {
        for (Run run : runs) {
            if (run instanceof SealedRun sealed) {
                sealed.retry();
            }
        }
        unsettle();
        settle();
    }

    /** The size of what {@link #checkpoint} writes, in bytes. */
    public int checkpointSizeBytes() {
        sweep();
        return HEADER_SIZE_BYTES + tombstones.checkpointSizeBytes();
    }

    /**
     * Writes the state, without the timers themselves.
     *
     * <pre>
     *    0  4  format, 1
     *    4  8  watermark: due time, wall-clock milliseconds
     *   12  8  watermark: position
     *   20     tombstones
     * </pre>
     */
    public void checkpoint(ByteBuffer to) {
        sweep();
        to.putInt(FORMAT).putLong(watermarkDueMs).putLong(watermarkPosition);
        tombstones.checkpoint(to);
    }

    /** Takes over what {@link #checkpoint} wrote; on a new object. */
    public void restore(ByteBuffer from) {
        int format = from.getInt();
        if (format != FORMAT || !runs.isEmpty()) {
            throw new IllegalArgumentException("cannot restore timers of format " + format);
        }
        watermarkDueMs = from.getLong();
        watermarkPosition = from.getLong();
        tombstones.restore(from);
    }

    /** In recovery: a sealed segment up to that of the checkpoint exists; oldest first. */
    public void existing(int segment) {
        if (live || run(segment) != null) {
            throw new IllegalStateException("segment " + segment);
        }
        runs.add(new SealedRun(segment, tombstones));
    }

    /** The replay is over: finds the place in each run; {@link Listener#loaded} follows. */
    public void recovered() {
        live = true;
        unsettle();
        settle();
    }

    /** Heap held for timers, in bytes. */
    public long heldBytes() {
        return tombstones.heldBytes() + runs.stream().mapToLong(Run::heldBytes).sum();
    }

    private MemoryRun active(int segment) {
        Run last = runs.isEmpty() ? null : runs.getLast();
        if (last instanceof MemoryRun run && run.segment() == segment) {
            return run;
        }
        boolean open = last instanceof MemoryRun run && run.frozenEntries() < 0;
        if (last != null && (open || last.segment() >= segment)) {
            throw new IllegalStateException(
                    "segment " + segment + " begins before " + last.segment() + " is sealed");
        }
        MemoryRun run = new MemoryRun(segment, tombstones);
        runs.add(run);
        return run;
    }

    private @Nullable Run run(int segment) {
        for (int i = runs.size() - 1; i >= 0; i--) {
            if (runs.get(i).segment() == segment) {
                return runs.get(i);
            }
        }
        return null;
    }

    private void unsettle() {
        settled = false;
        nextDueKnown = false;
    }

    /** Lets every run pass what has fired and ask for what it will need. */
    private void settle() {
        if (settled) {
            return;
        }
        settled = true;
        for (int i = runs.size() - 1; i >= 0; i--) {
            Run run = runs.get(i);
            run.pass(watermarkDueMs, watermarkPosition);
            if (run instanceof SealedRun sealed) {
                if (sealed.isDone()) {
                    runs.remove(i);
                } else if (live) {
                    load(sealed);
                }
            }
        }
    }

    private void load(SealedRun run) {
        if (run.wantsPlace()) {
            run.loading();
            reader.locate(
                    run.segment(),
                    watermarkDueMs,
                    watermarkPosition,
                    located -> located(run, located),
                    cause -> broken(run, cause));
            return;
        }
        long wanted = run.wanted();
        if (wanted != SealedRun.NOTHING) {
            run.loading();
            reader.block(
                    run.segment(),
                    wanted,
                    block -> loaded(run, block),
                    cause -> broken(run, cause));
        }
    }

    private void located(SealedRun run, RunReader.Located located) {
        if (!run.isDropped()) {
            sweep();
            int cancelled = tombstones.countIn(run.segment());
            run.located(located.entries(), located.first(), cancelled, located.block());
            arrived();
        }
    }

    private void loaded(SealedRun run, Block block) {
        if (!run.isDropped()) {
            run.loaded(block);
            arrived();
        }
    }

    private void arrived() {
        unsettle();
        settle();
        listener.loaded();
    }

    private void broken(SealedRun run, IOException cause) {
        if (!run.isDropped()) {
            run.broken();
            unreadable(run.segment(), cause);
        }
    }

    private void unreadable(int segment, IOException cause) {
        if (!(cause instanceof TrimmedException) || run(segment) != null) {
            listener.unreadable(segment, cause);
        }
    }

    /** Forgets tombstones that the watermark has passed; every run has passed them before. */
    private void sweep() {
        settle();
        tombstones.dropUpTo(watermarkDueMs, watermarkPosition);
    }
}
