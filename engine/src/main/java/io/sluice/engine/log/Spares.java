package io.sluice.engine.log;

import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that can become segments: filled with real zeroes, or recycled, so that a commit into them
 * writes data and no metadata and can never find the disk full. Prepared bit by bit on the
 * background executor; the shard takes them.
 *
 * <p>If a file cannot be prepared, for whatever reason, it is thrown away, {@link #full()} says so,
 * and a new one is tried every second. No record is ever in such a file, so nothing is at stake.
 */
final class Spares {
    /** A file that can become a segment. */
    record Spare(String name, SegmentFile file, int sizeBytes) {}

    private static final Logger LOGGER = LoggerFactory.getLogger(Spares.class);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int READY_MAX = 2;
    private static final long PAUSE_NANOS = 1_000_000;
    private static final long RETRY_NANOS = 1_000_000_000;

    private final SegmentFile.Directory directory;
    private final LocalLogConfig config;
    private final Executor background;
    private final Runnable whenChanged;
    private final ByteBuffer zeroes;
    private final ConcurrentLinkedQueue<Spare> ready = new ConcurrentLinkedQueue<>();
    private volatile @Nullable IOException lastFailure;
    private volatile boolean awaited;
    private volatile int sizeBytesNext;

    // Owned by the background executor, and by whoever holds the monitor at start and close.
    private int numberNext = 1;
    private @Nullable SegmentFile preparing;
    private String preparingName = "";
    private int preparingSizeBytes;
    private int zeroedBytes;
    private boolean stepping;
    private boolean closed;

    /**
     * @param whenChanged run on any thread, when a file has become ready, or turned out impossible
     */
    Spares(
            SegmentFile.Directory directory,
            LocalLogConfig config,
            Executor background,
            Runnable whenChanged) {
        this.directory = directory;
        this.config = config;
        this.background = background;
        this.whenChanged = whenChanged;
        this.sizeBytesNext = config.firstSizeBytes();
        int alignment = directory.alignmentBytes();
        this.zeroes =
                ByteBuffer.allocateDirect(Math.min(CHUNK_BYTES, sizeBytesNext) + alignment)
                        .alignedSlice(alignment)
                        .slice(0, Math.min(CHUNK_BYTES, sizeBytesNext));
    }

    /** Takes over a spare file that an earlier process left. */
    synchronized void adopt(String name, int number) throws IOException {
        numberNext = Math.max(numberNext, number + 1);
        SegmentFile file = directory.open(name, SegmentFile.Directory.Mode.DURABLE);
        long size = file.sizeBytes();
        if (ready.size() < READY_MAX
                && size >= config.firstSizeBytes()
                && size <= config.segmentSizeBytes()
                && size % directory.alignmentBytes() == 0) {
            ready.add(new Spare(name, file, (int) size));
        } else {
            file.close();
            directory.delete(name);
        }
    }

    /** A spare at once, prepared by the calling thread if there is none; for recovery. */
    synchronized Spare takeNow() throws IOException {
        Spare spare = ready.poll();
        while (spare == null) {
            try {
                prepareSome();
            } catch (IOException e) {
                discard();
                throw new IOException("no room for a new segment: " + e.getMessage(), e);
            }
            spare = ready.poll();
        }
        return spare;
    }

    /** A spare, if one is ready. Shard only. */
    @Nullable Spare take() {
        Spare spare = ready.poll();
        if (spare == null) {
            awaited = true;
        }
        return spare;
    }

    boolean available() {
        return !ready.isEmpty();
    }

    /** Why no file could be prepared; null if none is missing. */
    @Nullable IOException full() {
        return ready.isEmpty() ? lastFailure : null;
    }

    /** Sees to it that one is ready soon; called whenever a segment of this size has begun. */
    void prepareBeside(int activeSizeBytes) {
        // Doubling keeps a first start short and a small log small.
        sizeBytesNext = (int) Math.min(config.segmentSizeBytes(), 2L * activeSizeBytes);
        background.execute(this::begin);
    }

    /**
     * Takes over a trimmed segment's file; false if it is not wanted: a small one is when the disk
     * is full. Background only.
     */
    synchronized boolean recycle(String name, long sizeBytes) throws IOException {
        boolean fits =
                sizeBytes == config.segmentSizeBytes()
                        || (full() != null && sizeBytes >= config.firstSizeBytes());
        if (closed || ready.size() >= READY_MAX || !fits) {
            return false;
        }
        String spareName = FileNames.name(numberNext++, FileNames.SPARE);
        directory.rename(name, spareName);
        directory.sync();
        SegmentFile file = directory.open(spareName, SegmentFile.Directory.Mode.DURABLE);
        becomeReady(new Spare(spareName, file, (int) sizeBytes));
        return true;
    }

    /** Stops; waits for the step under way. */
    synchronized void close() throws IOException {
        closed = true;
        if (preparing != null) {
            discard();
        }
        for (Spare spare = ready.poll(); spare != null; spare = ready.poll()) {
            spare.file().close();
        }
    }

    private synchronized void begin() {
        if (!stepping) {
            stepping = true;
            step();
        }
    }

    private synchronized void step() {
        if (closed || !ready.isEmpty()) {
            stepping = false;
            return;
        }
        try {
            prepareSome();
        } catch (IOException e) {
            boolean news = lastFailure == null;
            lastFailure = e;
            discard();
            if (news) {
                LOGGER.warn("No room for a new segment, trying again every second", e);
                whenChanged.run();
            }
            background.executeAfter(RETRY_NANOS, this::step);
            return;
        }
        if (awaited) {
            background.execute(this::step);
        } else {
            background.executeAfter(PAUSE_NANOS, this::step);
        }
    }

    private void prepareSome() throws IOException {
        SegmentFile file = preparing;
        if (file == null) {
            preparingSizeBytes = sizeThatFits();
            preparingName = FileNames.name(numberNext, FileNames.SPARE);
            zeroedBytes = 0;
            file =
                    directory.open(
                            preparingName + FileNames.TEMPORARY,
                            SegmentFile.Directory.Mode.DURABLE);
            preparing = file;
        }
        int chunk = Math.min(zeroes.capacity(), preparingSizeBytes - zeroedBytes);
        checkFree(chunk);
        file.write(zeroes.clear().limit(chunk), zeroedBytes);
        zeroedBytes += chunk;
        if (zeroedBytes == preparingSizeBytes) {
            file.sync();
            directory.rename(preparingName + FileNames.TEMPORARY, preparingName);
            directory.sync();
            preparing = null;
            numberNext++;
            becomeReady(new Spare(preparingName, file, preparingSizeBytes));
        }
    }

    /**
     * What is wanted, halved until it fits, but never smaller than a first segment: on a small disk
     * an expired segment makes room for one of its own size at most, and sending must heal by that.
     */
    private int sizeThatFits() throws IOException {
        long room = directory.usableBytes() - config.freeBytesMin();
        int size = sizeBytesNext;
        while (size > room && size / 2 >= config.firstSizeBytes()) {
            size = size / 2 / directory.alignmentBytes() * directory.alignmentBytes();
        }
        return size;
    }

    private void checkFree(int chunk) throws IOException {
        long usable = directory.usableBytes();
        if (usable - chunk < config.freeBytesMin()) {
            throw new IOException(
                    "the disk is full: "
                            + (usable >> 20)
                            + " MiB are free, and "
                            + (config.freeBytesMin() >> 20)
                            + " MiB are to be left. Free some, or shorten retention");
        }
    }

    private void becomeReady(Spare spare) {
        ready.add(spare);
        lastFailure = null;
        awaited = false;
        whenChanged.run();
    }

    private void discard() {
        SegmentFile file = preparing;
        preparing = null;
        if (file == null) {
            return;
        }
        try {
            file.close();
            directory.delete(preparingName + FileNames.TEMPORARY);
        } catch (IOException e) {
            LOGGER.warn("{} remains until the next start", preparingName, e);
        }
    }
}
