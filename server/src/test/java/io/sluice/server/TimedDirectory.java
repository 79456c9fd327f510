package io.sluice.server;

import io.sluice.engine.log.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** A directory that notes how long each durable write takes: the floor under what waits for it. */
final class TimedDirectory implements SegmentFile.Directory {
    private final SegmentFile.Directory inner;
    private final Histogram writeMicros = new ConcurrentHistogram(3);

    TimedDirectory(SegmentFile.Directory inner) {
        this.inner = inner;
    }

    /** Microseconds of the durable writes; to be reset by the caller. */
    Histogram writeMicros() {
        return writeMicros;
    }

    @Override
    public List<String> list() throws IOException {
        return inner.list();
    }

    @Override
    public SegmentFile open(String name, Mode mode) throws IOException {
        SegmentFile file = inner.open(name, mode);
        return mode == Mode.DURABLE ? new Timed(file) : file;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        inner.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        inner.delete(name);
    }

    @Override
    public void sync() throws IOException {
        inner.sync();
    }

    @Override
    public long usableBytes() throws IOException {
        return inner.usableBytes();
    }

    @Override
    public int alignmentBytes() {
        return inner.alignmentBytes();
    }

    private final class Timed implements SegmentFile {
        private final SegmentFile file;

        Timed(SegmentFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            long startNanos = System.nanoTime();
            file.write(source, offset);
            writeMicros.recordValue((System.nanoTime() - startNanos) / 1000);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            return file.read(target, offset);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
