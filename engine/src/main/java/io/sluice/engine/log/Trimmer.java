package io.sluice.engine.log;

import io.sluice.engine.time.Executor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes expired segments, oldest first, bit by bit on the background executor.
 *
 * <ol>
 *   <li>A segment's file goes only when its own footer is durable and no reader is inside: it
 *       becomes a spare, or is renamed to trash. A crash afterwards leaves its footer, which is
 *       needed: it holds the checkpoint at which the log now begins.
 *   <li>Trash is cut in steps, then deleted. A crash leaves trash, which recovery deletes.
 *   <li>A footer goes only when the segment after it is gone as well.
 * </ol>
 */
final class Trimmer {
    private static final Logger LOGGER = LoggerFactory.getLogger(Trimmer.class);

    /** Large deletions stall some file systems, so a file goes in several steps. */
    private static final long CUT_BYTES_MAX = 32 << 20;

    private static final int CUTS = 4;
    private static final long PAUSE_NANOS = 10_000_000;
    private static final long RETRY_NANOS = 1_000_000_000;

    private final SegmentFile.Directory directory;
    private final Executor background;
    private final ReadFiles files;
    private final Segments segments;
    private final Spares spares;
    private final long cutBytes;
    private boolean stepping;
    private boolean closed;

    Trimmer(
            SegmentFile.Directory directory,
            Executor background,
            ReadFiles files,
            Segments segments,
            Spares spares,
            int segmentSizeBytes) {
        this.directory = directory;
        this.background = background;
        this.files = files;
        this.segments = segments;
        this.spares = spares;
        this.cutBytes = Math.min(CUT_BYTES_MAX, segmentSizeBytes / CUTS);
    }

    /** Removes what {@link Segments#first} says is expired, as far as possible now. Any thread. */
    void start() {
        background.execute(this::begin);
    }

    /** Stops; waits for the step under way. */
    synchronized void close() {
        closed = true;
    }

    private synchronized void begin() {
        if (!stepping) {
            stepping = true;
            step();
        }
    }

    private synchronized void step() {
        try {
            if (closed || !removeSome()) {
                stepping = false;
            } else {
                background.executeAfter(PAUSE_NANOS, this::step);
            }
        } catch (IOException e) {
            LOGGER.warn("Removing expired segments failed, trying again every second", e);
            background.executeAfter(RETRY_NANOS, this::step);
        }
    }

    /** One step; false if there is nothing to do. */
    private boolean removeSome() throws IOException {
        Integer segment = segments.oldestFile();
        if (segment == null || segment >= segments.first() || segments.footer(segment) == null) {
            return false;
        }
        String name = FileNames.segment(segment);
        if (!files.release(name)) {
            return true;
        }
        String trash = FileNames.name(segment, FileNames.TRASH);
        if (directory.list().contains(name)) {
            long sizeBytes = sizeBytes(name);
            if (!spares.recycle(name, sizeBytes)) {
                directory.rename(name, trash);
                directory.sync();
            }
        }
        if (cutSome(trash)) {
            return true;
        }
        removeFootersBelow(segment);
        segments.removeFile(segment);
        return true;
    }

    private void removeFootersBelow(int segment) throws IOException {
        for (Integer oldest = segments.oldestFooter();
                oldest != null && oldest < segment;
                oldest = segments.oldestFooter()) {
            if (files.release(FileNames.footer(oldest))) {
                directory.delete(FileNames.footer(oldest));
            }
            segments.removeFooter(oldest);
        }
    }

    private long sizeBytes(String name) throws IOException {
        try (SegmentFile file = directory.open(name, SegmentFile.Directory.Mode.READ)) {
            return file.sizeBytes();
        }
    }

    /** Takes a piece off the end of a trash file; false if it is gone. */
    private boolean cutSome(String trash) throws IOException {
        if (!directory.list().contains(trash)) {
            return false;
        }
        try (SegmentFile file = directory.open(trash, SegmentFile.Directory.Mode.BUFFERED)) {
            if (file.sizeBytes() > cutBytes) {
                file.truncate(file.sizeBytes() - cutBytes);
                return true;
            }
        }
        directory.delete(trash);
        return false;
    }
}
