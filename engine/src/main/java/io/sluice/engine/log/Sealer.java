package io.sluice.engine.log;

import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the footers of ended segments, oldest first. The shard asks, the background executor
 * writes: to a temporary name, synced, renamed, directory synced. A crash before the rename is
 * durable leaves the segment without a footer, and recovery asks for it again. If storage fails or
 * is full, the same footer is tried again every second, into a new file.
 */
final class Sealer {
    private record Request(int segment, ByteBuffer checkpoint, Footer.Source source) {}

    private record Ready(Request request, ChainEnd end) {}

    private static final Logger LOGGER = LoggerFactory.getLogger(Sealer.class);
    private static final long RETRY_NANOS = 1_000_000_000;

    private final SegmentFile.Directory directory;
    private final int shard;
    private final Executor background;
    private final ReadFiles files;
    private final FooterBlocks blocks;
    private final Segments segments;
    private final Runnable whenSealed;

    // The shard's.
    private final Map<Integer, Request> requests = new HashMap<>();
    private final Map<Integer, ChainEnd> ends = new HashMap<>();

    // The background executor's.
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();
    private boolean waiting;
    private volatile boolean closed;

    Sealer(
            SegmentFile.Directory directory,
            int shard,
            Executor background,
            ReadFiles files,
            FooterBlocks blocks,
            Segments segments,
            Runnable whenSealed) {
        this.directory = directory;
        this.shard = shard;
        this.background = background;
        this.files = files;
        this.blocks = blocks;
        this.segments = segments;
        this.whenSealed = whenSealed;
    }

    /** Asks for the footer of {@code segment}. Shard only. */
    void seal(int segment, ByteBuffer checkpoint, Footer.Source source) {
        ByteBuffer state = checkpoint.slice().asReadOnlyBuffer();
        requests.put(segment, new Request(segment, state, source));
        submit(segment);
    }

    /** Tells that the last batch of a segment is durable. Shard only. */
    void ended(ChainEnd end) {
        ends.put(end.segment(), end);
        submit(end.segment());
    }

    /** Stops; waits until nothing is being written. */
    void close() {
        closed = true;
        awaitIdle();
    }

    private synchronized void awaitIdle() {
        ready.clear();
    }

    private void submit(int segment) {
        Request request = requests.get(segment);
        ChainEnd end = ends.get(segment);
        if (request != null && end != null) {
            requests.remove(segment);
            ends.remove(segment);
            background.execute(() -> accept(new Ready(request, end)));
        }
    }

    private synchronized void accept(Ready next) {
        ready.add(next);
        if (!waiting) {
            writeAll();
        }
    }

    private synchronized void retry() {
        waiting = false;
        writeAll();
    }

    private void writeAll() {
        for (Ready next = ready.peek(); next != null && !closed; next = ready.peek()) {
            try {
                segments.sealed(next.request.segment, write(next));
                ready.remove();
                whenSealed.run();
            } catch (IOException e) {
                LOGGER.warn(
                        "{} could not be written, trying again every second",
                        FileNames.footer(next.request.segment),
                        e);
                waiting = true;
                background.executeAfter(RETRY_NANOS, this::retry);
                return;
            }
        }
    }

    private LocalFooter write(Ready next) throws IOException {
        int segment = next.request.segment;
        String name = FileNames.footer(segment);
        String temporary = name + FileNames.TEMPORARY;
        directory.delete(temporary);
        FooterHeader header = writeTo(temporary, next);
        files.release(name);
        blocks.forget(segment);
        directory.rename(temporary, name);
        directory.sync();
        return new LocalFooter(header, blocks);
    }

    private FooterHeader writeTo(String temporary, Ready next) throws IOException {
        try (SegmentFile file = directory.open(temporary, SegmentFile.Directory.Mode.BUFFERED)) {
            FooterWriter writer = new FooterWriter(file, shard, next.end, () -> closed);
            next.request.source.writeTo(writer);
            return writer.finish(next.request.checkpoint);
        }
    }
}
