package io.sluice.engine.schedule;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.schedule.RunFormat.Block;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks of runs on the readers' executor and hands them over on the shard's; the methods are
 * called on the shard thread and return at once. Exactly one of the two consumers is called, once,
 * unless the executors stop.
 */
final class RunReader {
    /** Where a run is: how many entries it has, which is the first one wanted, and its block. */
    record Located(long entries, long first, Block block) {}

    private interface Read<T> {
        T from(Footer footer) throws IOException;
    }

    private final Timers.Footers footers;
    private final Executor readers;
    private final Executor shard;

    RunReader(Timers.Footers footers, Executor readers, Executor shard) {
        this.footers = footers;
        this.readers = readers;
        this.shard = shard;
    }

    /** Reads the block that begins with entry {@code first}. */
    void block(int segment, long first, Consumer<Block> done, Consumer<IOException> failed) {
        read(segment, footer -> readBlock(footer, segment, first), done, failed);
    }

    /** Finds the first entry after (due, position), and reads the block that begins with it. */
    void locate(
            int segment,
            long dueMs,
            long position,
            Consumer<Located> done,
            Consumer<IOException> failed) {
        read(segment, footer -> located(footer, segment, dueMs, position), done, failed);
    }

    private Located located(Footer footer, int segment, long dueMs, long position)
            throws IOException {
        long first = RunFormat.firstAfter(footer, dueMs, position);
        Block block = readBlock(footer, segment, first);
        return new Located(RunFormat.entries(footer), first, block);
    }

    /** A footer's entries lead to records of its own segment. */
    private Block readBlock(Footer footer, int segment, long first) throws IOException {
        Block block = RunFormat.readBlock(footer, first);
        for (long i = first; i < first + block.count(); i++) {
            int sizeBytes = block.sizeBytes(i);
            if (sizeBytes <= 0 || !footers.mayHold(segment, block.position(i), sizeBytes)) {
                var _ = footers.footer(segment); // says so if it has expired meanwhile
                throw new CorruptLogException(
                        "the footer of segment %d has a timer of %d bytes at position %d, which cannot be; stop the server, move that footer away and restart: it is rebuilt from its segment"
                                .formatted(segment, sizeBytes, block.position(i)));
            }
        }
        return block;
    }

    private <T> void read(
            int segment, Read<T> read, Consumer<T> done, Consumer<IOException> failed) {
        readers.execute(() -> {
            T result;
            try {
                @Nullable Footer footer = footers.footer(segment);
                if (footer == null) {
                    throw new IOException("segment " + segment + " has no footer yet");
                }
                result = read.from(footer);
            } catch (IOException e) {
                shard.execute(() -> failed.accept(e));
                return;
            } catch (RuntimeException e) {
                IOException cause = new IOException("reading timers of segment " + segment, e);
                shard.execute(() -> failed.accept(cause));
                return;
            }
            shard.execute(() -> done.accept(result));
        });
    }
}
