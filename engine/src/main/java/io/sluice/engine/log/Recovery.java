package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a log holds after any crash. The rules, numbered, with what a crash in each leaves
 * behind, are in docs/adr/0004-recovery-rules.md. Runs once, on the shard's executor, and blocks on
 * storage. Changes nothing that was ever durable: it deletes only worthless leftovers, and renames
 * a damaged footer.
 */
final class Recovery {
    private final SegmentFile.Directory directory;
    private final int shard;
    private final int alignmentBytes;
    private final ReadFiles files;
    private final FooterBlocks blocks;
    private final Segments segments;
    private final Spares spares;

    private final NavigableSet<Integer> logs = new TreeSet<>();
    private final NavigableMap<Integer, LocalFooter> footers = new TreeMap<>();
    private ChainEnd end = ChainEnd.NONE;
    private long durableUpTo;

    Recovery(
            SegmentFile.Directory directory,
            int shard,
            ReadFiles files,
            FooterBlocks blocks,
            Segments segments,
            Spares spares) {
        this.directory = directory;
        this.shard = shard;
        this.alignmentBytes = directory.alignmentBytes();
        this.files = files;
        this.blocks = blocks;
        this.segments = segments;
        this.spares = spares;
    }

    /**
     * Replays the log.
     *
     * @param ended told the end of each segment before {@link Log.Replay#segmentEnd} asks for its
     *     footer
     * @return the end of the log, in the segment to go on with unless {@link #lastIsOver}
     */
    ChainEnd run(Log.Replay replay, Consumer<ChainEnd> ended) throws IOException {
        directory.sync(); // Renames that are seen must not vanish after more was built on them.
        sortOut(directory.list());
        if (logs.isEmpty()) {
            if (!footers.isEmpty()) {
                throw missing(footers.lastKey() + 1);
            }
            return end;
        }
        requireNoGaps();
        int from = restore(replay);
        requireWhole(from);
        for (int segment = from; segment <= logs.last(); segment++) {
            replay(segment, replay, ended);
        }
        publish(from);
        return end;
    }

    /** Whether the last segment is sealed, so that the next batch must begin a new one. */
    boolean lastIsOver() {
        return logs.isEmpty() || footers.containsKey(logs.last());
    }

    /** The position from which on the last batches may not yet have been durable. */
    long durableUpTo() {
        return durableUpTo;
    }

    /** Rule 1: leftovers go, spares are taken over, the rest is sorted by what it is. */
    private void sortOut(List<String> names) throws IOException {
        for (String name : names) {
            Integer log = FileNames.number(name, FileNames.SEGMENT);
            Integer footer = FileNames.number(name, FileNames.FOOTER);
            Integer spare = FileNames.number(name, FileNames.SPARE);
            if (name.endsWith(FileNames.TEMPORARY) || name.endsWith(FileNames.TRASH)) {
                directory.delete(name);
            } else if (spare != null) {
                spares.adopt(name, spare);
            } else if (log != null) {
                logs.add(log);
            } else if (footer != null) {
                LocalFooter loaded = LocalFooter.load(files, blocks, footer, shard);
                if (loaded != null) {
                    footers.put(footer, loaded);
                }
            }
        }
    }

    /** Rule 2: segments are numbered without gaps, and none that has a footer is missing. */
    private void requireNoGaps() throws IOException {
        int last = footers.isEmpty() ? 0 : footers.lastKey();
        for (int segment = logs.first(); segment <= Math.max(last, logs.last()); segment++) {
            if (!logs.contains(segment)) {
                throw missing(segment);
            }
        }
    }

    /**
     * Rule 3: the newest checkpoint that has a footer for every segment below it.
     *
     * @return the first segment to replay
     */
    private int restore(Log.Replay replay) throws IOException {
        int from = logs.first();
        while (footers.containsKey(from)) {
            from++;
        }
        while (from > 1) {
            LocalFooter footer = footers.get(from - 1);
            ByteBuffer checkpoint = footer == null ? null : readable(footer);
            if (footer != null && checkpoint != null) {
                end = footer.end();
                durableUpTo = end.position();
                replay.checkpoint(from - 1, checkpoint);
                return from;
            }
            if (!logs.contains(from - 1)) {
                throw new CorruptLogException(
                        FileNames.footer(from - 1)
                                + " is missing or damaged, and with it the state at which "
                                + FileNames.segment(from)
                                + " begins: restore it from a copy. Nothing was changed");
            }
            from--;
            footers.remove(from);
        }
        return from;
    }

    private static @Nullable ByteBuffer readable(LocalFooter footer) throws IOException {
        try {
            return footer.checkpoint();
        } catch (CorruptLogException damaged) {
            return null;
        }
    }

    /** Rule 4: a sealed segment that is not replayed is at least as long as its batches. */
    private void requireWhole(int from) throws IOException {
        for (int segment : logs.headSet(from)) {
            LocalFooter footer = footers.get(segment);
            long sizeBytes = sizeBytes(segment);
            if (footer != null && sizeBytes < offsetOfEnd(footer.end())) {
                throw shortened(segment, sizeBytes);
            }
        }
    }

    /**
     * Rules 5 to 7: batches are accepted one after the other while each follows the one before. The
     * footer is asked for again even if there is one: nothing was read from it, and what stands in
     * it need not be what was replayed.
     */
    private void replay(int segment, Log.Replay replay, Consumer<ChainEnd> ended)
            throws IOException {
        LocalFooter footer = footers.get(segment);
        try (SegmentFile file = open(segment)) {
            BatchScanner scanner = new BatchScanner(file, segment, shard);
            long offset = 0;
            for (BatchHeader next = next(scanner, 0); next != null; next = next(scanner, offset)) {
                if (next.segmentSizeBytes() > scanner.sizeBytes()) {
                    throw shortened(segment, scanner.sizeBytes());
                }
                if (next.kind() == BatchHeader.Kind.RECORDS) {
                    replay.batch(
                            segment, scanner.records(next), next.base() + BatchHeader.SIZE_BYTES);
                }
                int padded = Slabs.align(next.length(), alignmentBytes);
                end = end.after(next, padded);
                durableUpTo = next.durableUpTo();
                offset += padded;
            }
            if (offset == 0) {
                throw damaged(segment, 0, "its first batch");
            }
            if (segment < logs.last()) {
                requireFollowed(segment, offset);
            } else if (footer == null) {
                requireTorn(scanner, segment, offset);
            }
        }
        if (footer != null && !footer.end().equals(end)) {
            throw damaged(segment, Position.offset(end.position()), "what its footer ends with");
        }
        if (footer == null) {
            quarantine(segment);
        }
        if (footer != null || segment < logs.last()) {
            ended.accept(end);
            replay.segmentEnd(segment);
        }
    }

    private @Nullable BatchHeader next(BatchScanner scanner, long offset) throws IOException {
        BatchHeader header = scanner.at(offset);
        return header != null && end.accepts(header) ? header : null;
    }

    /** Rule 6: an ended segment's last batch is the one that the next segment's first follows. */
    private void requireFollowed(int segment, long offset) throws IOException {
        try (SegmentFile file = open(segment + 1)) {
            BatchHeader first = new BatchScanner(file, segment + 1, shard).at(0);
            if (first == null) {
                throw damaged(segment + 1, 0, "its first batch");
            }
            if (!end.accepts(first)) {
                throw damaged(segment, offset, "a batch that the next segment follows");
            }
        }
    }

    /** Rule 7: what lies beyond the end is a torn tail only if nothing there was ever durable. */
    private void requireTorn(BatchScanner scanner, int segment, long offset) throws IOException {
        BatchHeader here = scanner.at(offset);
        if (here != null && here.epoch() >= end.epoch()) {
            throw damaged(segment, offset, "the batch before the one here");
        }
        long position = Position.of(segment, (int) offset);
        for (long at = offset + alignmentBytes; at < scanner.sizeBytes(); at += alignmentBytes) {
            BatchHeader later = scanner.at(at);
            if (later != null && later.durableUpTo() > position) {
                throw damaged(segment, offset, "a batch that the one at " + at + " proves durable");
            }
        }
    }

    /** Rule 8: a damaged footer is kept under another name before it is written anew. */
    private void quarantine(int segment) throws IOException {
        String name = FileNames.footer(segment);
        if (directory.list().contains(name)) {
            files.release(name);
            directory.rename(name, FileNames.name(segment, FileNames.DAMAGED));
            directory.sync();
        }
        blocks.forget(segment);
    }

    private void publish(int from) throws IOException {
        for (int segment : logs) {
            segments.add(segment, sizeBytes(segment));
        }
        footers.headMap(from).forEach(segments::sealed);
        segments.trimBelow(logs.first());
        files.trimBelow(logs.first());
    }

    private SegmentFile open(int segment) throws IOException {
        return directory.open(FileNames.segment(segment), SegmentFile.Directory.Mode.READ);
    }

    private long sizeBytes(int segment) throws IOException {
        try (SegmentFile file = open(segment)) {
            return file.sizeBytes();
        }
    }

    private static long offsetOfEnd(ChainEnd end) {
        return Position.offset(end.position());
    }

    private static CorruptLogException missing(int segment) {
        return new CorruptLogException(
                FileNames.segment(segment)
                        + " is missing: restore it from a copy. Nothing was changed");
    }

    private static CorruptLogException shortened(int segment, long sizeBytes) {
        return new CorruptLogException(
                FileNames.segment(segment)
                        + " was cut to "
                        + sizeBytes
                        + " bytes: restore it from a copy. Nothing was changed");
    }

    private static CorruptLogException damaged(int segment, long offset, String what) {
        return new CorruptLogException(
                FileNames.segment(segment)
                        + " is damaged at byte "
                        + offset
                        + ": "
                        + what
                        + " is not there. Restore the file from a copy. Nothing was changed");
    }
}
