package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Writes a footer file. Background executor only. Syncs every now and then, so that the last sync
 * does not push a large heap of dirty pages in front of the commits.
 */
final class FooterWriter implements Footer.Output {
    private static final int BLOCKS_PER_SYNC = 16;

    private final SegmentFile file;
    private final int shard;
    private final ChainEnd end;
    private final BooleanSupplier cancelled;
    private final Long[] sizes = new Long[FooterHeader.CHECKPOINT + 1];
    private final ByteBuffer block = ByteBuffer.allocate(FooterHeader.BLOCK_BYTES);
    private int part = -1;
    private int blocks;

    FooterWriter(SegmentFile file, int shard, ChainEnd end, BooleanSupplier cancelled) {
        this.file = file;
        this.shard = shard;
        this.end = end;
        this.cancelled = cancelled;
        Arrays.fill(sizes, 0L);
        block.limit(FooterHeader.PAYLOAD_BYTES);
    }

    @Override
    public void section(Footer.Section section) {
        begin(FooterHeader.part(section));
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        if (part < 0) {
            throw new IllegalStateException("no section has begun");
        }
        sizes[part] += bytes.remaining();
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), block.remaining());
            block.put(block.position(), bytes, bytes.position(), count);
            block.position(block.position() + count);
            bytes.position(bytes.position() + count);
            if (!block.hasRemaining()) {
                writeBlock();
            }
        }
    }

    /** Writes the last part and the header and makes all durable. */
    FooterHeader finish(ByteBuffer checkpoint) throws IOException {
        begin(FooterHeader.CHECKPOINT);
        write(checkpoint.duplicate());
        if (block.position() > 0) {
            writeBlock();
        }
        FooterHeader header = new FooterHeader(shard, end, List.of(sizes));
        file.write(header.encode(), 0);
        file.sync();
        return header;
    }

    private void begin(int next) {
        if (next <= part) {
            throw new IllegalStateException("sections must be written in order, each once");
        }
        part = next;
    }

    private void writeBlock() throws IOException {
        if (cancelled.getAsBoolean()) {
            throw new IOException("the log is being closed");
        }
        block.flip();
        int checksum = FooterHeader.blockChecksum(end.segment(), blocks, block);
        block.position(block.limit()).limit(block.capacity());
        block.putInt(checksum).flip();
        file.write(block, FooterHeader.SIZE_BYTES + (long) blocks * FooterHeader.BLOCK_BYTES);
        block.clear().limit(FooterHeader.PAYLOAD_BYTES);
        blocks++;
        if (blocks % BLOCKS_PER_SYNC == 0) {
            file.sync();
        }
    }
}
