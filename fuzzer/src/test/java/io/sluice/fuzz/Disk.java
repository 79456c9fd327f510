package io.sluice.fuzz;

import io.sluice.engine.log.SegmentFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Files in memory that never fail. Shows every name that it is asked for. Single-threaded. */
public final class Disk implements SegmentFile.Directory {
    private static final class Content {
        byte[] bytes = {};
    }

    private final Map<String, Content> files = new TreeMap<>();
    private final int alignmentBytes;
    private final Consumer<String> names;

    public Disk(int alignmentBytes) {
        this(alignmentBytes, name -> {});
    }

    /**
     * @param names shown the name in each call that has one
     */
    public Disk(int alignmentBytes, Consumer<String> names) {
        this.alignmentBytes = alignmentBytes;
        this.names = names;
    }

    /** What is in a file. */
    public byte[] content(String name) throws IOException {
        return existing(name).bytes.clone();
    }

    /** Replaces what is in a file; its array is taken over. */
    public void put(String name, byte[] bytes) {
        Content content = new Content();
        content.bytes = bytes;
        files.put(name, content);
    }

    /** The same files on another disk. */
    public Disk copy() {
        Disk copy = new Disk(alignmentBytes, names);
        files.forEach((name, content) -> copy.put(name, content.bytes.clone()));
        return copy;
    }

    private Content existing(String name) throws FileNotFoundException {
        Content content = files.get(name);
        if (content == null) {
            throw new FileNotFoundException(name);
        }
        return content;
    }

    @Override
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public SegmentFile open(String name, Mode mode) throws IOException {
        names.accept(name);
        if (mode != Mode.READ && !files.containsKey(name)) {
            files.put(name, new Content());
        }
        return new Open(name, existing(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        names.accept(from);
        names.accept(to);
        Content content = existing(from);
        files.remove(from);
        files.put(to, content);
    }

    @Override
    public void delete(String name) {
        names.accept(name);
        files.remove(name);
    }

    @Override
    public void sync() {}

    @Override
    public long usableBytes() {
        return Long.MAX_VALUE / 2;
    }

    @Override
    public int alignmentBytes() {
        return alignmentBytes;
    }

    private record Open(String name, Content content) implements SegmentFile {
        @Override
        public long sizeBytes() {
            return content.bytes.length;
        }

        @Override
        public void write(ByteBuffer source, long offset) {
            int end = Math.toIntExact(offset + source.remaining());
            if (end > content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, end);
            }
            source.get(content.bytes, (int) offset, source.remaining());
        }

        @Override
        public void sync() {}

        @Override
        public int read(ByteBuffer target, long offset) {
            int left = (int) Math.max(0, content.bytes.length - offset);
            int count = Math.min(target.remaining(), left);
            if (count > 0) {
                target.put(content.bytes, (int) offset, count);
            }
            return count;
        }

        @Override
        public void truncate(long sizeBytes) {
            if (sizeBytes < content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, (int) sizeBytes);
            }
        }

        @Override
        public void close() {}
    }
}
