package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A footer in a file. Holds the header only; the rest is read when asked for. Any thread. */
final class LocalFooter implements Footer {
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

    private final FooterHeader header;
    private final FooterBlocks blocks;

    LocalFooter(FooterHeader header, FooterBlocks blocks) {
        this.header = header;
        this.blocks = blocks;
    }

    /** The footer of {@code segment}; null if its header is damaged or another's. */
    static @Nullable LocalFooter load(ReadFiles files, FooterBlocks blocks, int segment, int shard)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FooterHeader.SIZE_BYTES);
        try {
            files.read(segment, FileNames.footer(segment), bytes, 0);
        } catch (CorruptLogException tooShort) {
            return null;
        }
        FooterHeader header = FooterHeader.decode(bytes.flip());
        if (header == null || header.segment() != segment || header.shard() != shard) {
            return null;
        }
        return new LocalFooter(header, blocks);
    }

    ChainEnd end() {
        return header.end();
    }

    /**
     * The shard's state at the end of the segment.
     *
     * @throws CorruptLogException if the file is damaged, or shorter than its header says
     */
    ByteBuffer checkpoint() throws IOException {
        long start = header.startOf(FooterHeader.CHECKPOINT);
        long sizeBytes = header.sizes().get(FooterHeader.CHECKPOINT);
        if (sizeBytes > ARRAY_BYTES_MAX) {
            throw new CorruptLogException(
                    FileNames.footer(header.segment())
                            + " cannot hold a checkpoint of "
                            + sizeBytes
                            + " bytes");
        }
        if (sizeBytes > 0) {
            var _ = block(start + sizeBytes - 1); // no room is made for what is not there
        }
        return stream(start, (int) sizeBytes);
    }

    @Override
    public long sizeBytes(Section section) {
        return header.sizes().get(FooterHeader.part(section));
    }

    @Override
    public ByteBuffer read(Section section, long offset, int sizeBytes) throws IOException {
        if (offset < 0 || sizeBytes < 0 || offset + sizeBytes > sizeBytes(section)) {
            throw new IndexOutOfBoundsException(
                    section
                            + " has "
                            + sizeBytes(section)
                            + " bytes, not "
                            + offset
                            + "+"
                            + sizeBytes);
        }
        return stream(header.startOf(FooterHeader.part(section)) + offset, sizeBytes);
    }

    private ByteBuffer stream(long start, int sizeBytes) throws IOException {
        int from = (int) (start % FooterHeader.PAYLOAD_BYTES);
        if (sizeBytes > 0 && from + sizeBytes <= FooterHeader.PAYLOAD_BYTES) {
            return block(start).slice(from, sizeBytes);
        }
        ByteBuffer target = ByteBuffer.allocate(sizeBytes);
        while (target.hasRemaining()) {
            long at = start + target.position();
            int index = (int) (at % FooterHeader.PAYLOAD_BYTES);
            ByteBuffer block = block(at);
            int count = Math.min(target.remaining(), block.limit() - index);
            target.put(target.position(), block, index, count);
            target.position(target.position() + count);
        }
        return target.flip().asReadOnlyBuffer();
    }

    private ByteBuffer block(long streamAt) throws IOException {
        int block = (int) (streamAt / FooterHeader.PAYLOAD_BYTES);
        long blockStart = (long) block * FooterHeader.PAYLOAD_BYTES;
        int payload = (int) Math.min(FooterHeader.PAYLOAD_BYTES, header.streamBytes() - blockStart);
        return blocks.block(header.segment(), block, payload);
    }
}
