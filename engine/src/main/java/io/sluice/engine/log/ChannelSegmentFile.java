package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file of a real file system. */
final class ChannelSegmentFile implements SegmentFile {
    private final String name;
    private final FileChannel channel;
    private final boolean forceEach;

    /**
     * @param forceEach whether each write is followed by fdatasync, for a channel that does not do
     *     so by itself
     */
    ChannelSegmentFile(String name, FileChannel channel, boolean forceEach) {
        this.name = name;
        this.channel = channel;
        this.forceEach = forceEach;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
        if (forceEach) {
            channel.force(false);
        }
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, offset + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        channel.truncate(sizeBytes);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
