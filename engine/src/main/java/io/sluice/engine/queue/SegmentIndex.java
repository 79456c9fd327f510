package io.sluice.engine.queue;

import io.sluice.engine.log.Footer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The index of one ended segment, frozen by the shard and written to the footer by a background
 * thread: it reads only runs that no longer change.
 *
 * <pre>
 * QUEUES, an entry for each queue that exists, sorted by topic id and queue id:
 *    0  topic id       4
 *    4  queue id       4
 *    8  first offset   8   the next offset at the beginning of the segment
 *   16  count          4   entries of this queue in the segment, may be 0
 *   20  first entry    4   index of the first of them in ENTRIES
 * ENTRIES, see {@link Run}; KEYS, pairs of (hash, position) sorted by unsigned hash
 * </pre>
 */
public final class SegmentIndex {
    static final int QUEUE_SIZE_BYTES = 24;
    private static final int WRITE_SIZE_BYTES = 1 << 16;

    /** One queue's part. */
    record Part(int topicId, int queueId, long firstOffset, @Nullable Run run) {
        int count() {
            return run == null ? 0 : run.count();
        }
    }

    private final List<Part> parts;
    private final KeyRun keys;

    SegmentIndex(List<Part> parts, KeyRun keys) {
        this.parts = parts;
        this.keys = keys;
    }

    /** Writes the sections QUEUES, ENTRIES and KEYS. */
    public void writeTo(Footer.Output output) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(WRITE_SIZE_BYTES);
        output.section(Footer.Section.QUEUES);
        writeQueues(output, buffer);
        output.section(Footer.Section.ENTRIES);
        writeEntries(output, buffer);
        output.section(Footer.Section.KEYS);
        writeKeys(output, buffer);
    }

    private void writeQueues(Footer.Output output, ByteBuffer buffer) throws IOException {
        int entry = 0;
        for (Part part : parts) {
            flushIfFull(output, buffer, QUEUE_SIZE_BYTES);
            buffer.putInt(part.topicId).putInt(part.queueId).putLong(part.firstOffset);
            buffer.putInt(part.count()).putInt(entry);
            entry += part.count();
        }
        flush(output, buffer);
    }

    private void writeEntries(Footer.Output output, ByteBuffer buffer) throws IOException {
        for (Part part : parts) {
            Run run = part.run;
            for (int i = 0; run != null && i < run.count(); i++) {
                flushIfFull(output, buffer, Run.ENTRY_SIZE_BYTES);
                run.write(i, buffer);
            }
        }
        flush(output, buffer);
    }

    private void writeKeys(Footer.Output output, ByteBuffer buffer) throws IOException {
        long[] pairs = keys.sorted();
        for (int i = 0; i < pairs.length; i += 2) {
            flushIfFull(output, buffer, KeyRun.PAIR_SIZE_BYTES);
            buffer.putLong(pairs[i]).putLong(pairs[i + 1]);
        }
        flush(output, buffer);
    }

    private static void flushIfFull(Footer.Output output, ByteBuffer buffer, int sizeBytes)
            throws IOException {
        if (buffer.remaining() < sizeBytes) {
            flush(output, buffer);
        }
    }

    private static void flush(Footer.Output output, ByteBuffer buffer) throws IOException {
        buffer.flip();
        output.write(buffer);
        buffer.clear();
    }
}
