package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32C;

/**
 * Makes committed batches durable, in order, each by one write; batches that wait together and lie
 * together go with one write. Runs on the writer's executor, and on whoever closes the log; the
 * monitor lets one of them at a time in, and is otherwise free.
 *
 * <p>A new segment's file gets its name only after its first batch is durable in it, so a segment
 * that has a name has a first batch, and that proves the end of the segment before:
 *
 * <ol>
 *   <li>write the first batches into the spare file. A crash leaves the old segment as the last.
 *   <li>rename it, sync the directory. A crash leaves either; both are consistent.
 *   <li>report the batches durable.
 * </ol>
 */
final class BatchWriter {
    /** Told from inside {@link #drain}, on whatever thread that runs. */
    interface Outcome {
        /** The next {@code count} batches are durable, up to {@code last}. */
        void written(LocalBatch last, int count, ChainEnd end);

        /** Nothing will be written any more. */
        void failed(IOException cause);
    }

    private final ConcurrentLinkedQueue<LocalBatch> committed = new ConcurrentLinkedQueue<>();
    private final SegmentFile.Directory directory;
    private final Outcome outcome;
    private final CRC32C crc = new CRC32C();
    private ChainEnd end;
    private ActiveFile file;
    private boolean ended;

    BatchWriter(SegmentFile.Directory directory, ChainEnd end, ActiveFile file, Outcome outcome) {
        this.directory = directory;
        this.end = end;
        this.file = file;
        this.outcome = outcome;
    }

    /** Takes a batch; somebody has to call {@link #drain} afterwards. Shard only. */
    void add(LocalBatch batch) {
        committed.add(batch);
    }

    /** Writes everything that was added. */
    synchronized void drain() {
        while (!ended) {
            LocalBatch first = committed.poll();
            if (first == null) {
                return;
            }
            try {
                writeWithFollowers(first);
            } catch (IOException | RuntimeException | Error e) {
                // Whatever it was, this batch is not durable, and must not be waited for.
                ended = true;
                outcome.failed(failure(first, e));
            }
        }
    }

    /** Writes one batch, before any is added, and tells nobody. */
    synchronized ChainEnd writeNow(LocalBatch batch) throws IOException {
        int checksum = finish(batch, end.position(), end.checksum());
        write(batch, batch);
        end = new ChainEnd(batch.end(), batch.epoch(), batch.sequence(), checksum);
        return end;
    }

    /** Closes the active file; what was added and not written is dropped. */
    synchronized void close() throws IOException {
        ended = true;
        file.file().close();
    }

    private void writeWithFollowers(LocalBatch first) throws IOException {
        long durableUpTo = end.position();
        LocalBatch last = first;
        int checksum = finish(first, durableUpTo, end.checksum());
        int count = 1;
        for (LocalBatch next = committed.peek();
                next != null && next.continues(last);
                next = committed.peek()) {
            committed.remove();
            checksum = finish(next, durableUpTo, checksum);
            last = next;
            count++;
        }
        write(first, last);
        end = new ChainEnd(last.end(), last.epoch(), last.sequence(), checksum);
        outcome.written(last, count, end);
    }

    private int finish(LocalBatch batch, long durableUpTo, int previousChecksum) {
        Slab slab = batch.slab();
        return BatchHeader.finish(
                slab.memory(),
                slab.offset(batch.base()),
                batch.length(),
                durableUpTo,
                previousChecksum,
                slab.writerView(),
                crc);
    }

    private void write(LocalBatch first, LocalBatch last) throws IOException {
        Slab slab = first.slab();
        ByteBuffer bytes = slab.writerView();
        bytes.limit(slab.offset(last.end())).position(slab.offset(first.base()));
        ActiveFile target = first.file();
        target.file().write(bytes, Position.offset(first.base()));
        String spareName = target.spareName();
        if (spareName != null) {
            directory.rename(spareName, FileNames.segment(target.segment()));
            directory.sync();
            target.named();
        }
        if (target != file) {
            file.file().close();
            file = target;
        }
    }

    private static IOException failure(LocalBatch batch, Throwable cause) {
        return new IOException(
                "writing "
                        + Position.describe(batch.base())
                        + " failed: "
                        + cause.getMessage()
                        + "; what was not yet acknowledged may be lost. Check the disk, then"
                        + " restart: recovery finds what is there",
                cause);
    }
}
