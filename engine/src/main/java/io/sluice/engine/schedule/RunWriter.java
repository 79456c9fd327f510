package io.sluice.engine.schedule;

import io.sluice.engine.log.Footer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes the timers of a sealed segment to its footer. Made by the shard, used once on a background
 * thread; reads only what no longer changes.
 */
public final class RunWriter {
    private static final int BUFFER_ENTRIES = 3_200;

    private final IntHeap order;
    private final int entries;
    private final long[] dues;
    private final long[] positions;
    private final int[] sizes;

    /**
     * @param order this writer's own, of the indices of the entries to be written
     */
    RunWriter(IntHeap order, long[] dues, long[] positions, int[] sizes) {
        this.order = order;
        this.entries = order.size();
        this.dues = dues;
        this.positions = positions;
        this.sizes = sizes;
    }

    /** How many timers the section will hold. */
    public int entries() {
        return entries;
    }

    /**
     * Writes the section {@link Footer.Section#TIMERS}, or nothing if there are no timers. May be
     * called again if writing failed.
     */
    public void writeTo(Footer.Output output) throws IOException {
        IntHeap left = order.copy();
        if (left.isEmpty()) {
            return;
        }
        output.section(Footer.Section.TIMERS);
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_ENTRIES * RunFormat.ENTRY_SIZE_BYTES);
        while (!left.isEmpty()) {
            int index = left.removeFirst();
            RunFormat.writeEntry(buffer, dues[index], positions[index], sizes[index]);
            if (!buffer.hasRemaining() || left.isEmpty()) {
                output.write(buffer.flip());
                buffer.clear();
            }
        }
    }
}
