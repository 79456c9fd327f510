package io.sluice.engine.catalog;

import io.sluice.engine.log.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A directory in memory that can crash. Fault model: of the writes and truncations since a file's
 * last sync each 16-byte piece is lost or kept on its own; of the creations, renames and deletions
 * since the directory's last sync a prefix is kept. A write, sync or rename can be told to fail: a
 * failed write is as one that was not synced; after a failed sync what was written stays visible,
 * but nothing makes it durable any more, not even writing it again in place: its blocks stay marked
 * as unwritten, as on ext4.
 */
final class MemoryDirectory implements SegmentFile.Directory {
    private static final int PIECE = 16;

    private static final class Content {
        byte[] now = {};
        byte[] durable = {};
        final BitSet dirty = new BitSet();
        final BitSet lost = new BitSet();

        /** The end of a file always reaches the disk, its bytes only if they are dirty. */
        void persist() {
            durable = Arrays.copyOf(durable, now.length);
            dirty.andNot(lost);
            dirty.stream().filter(at -> at < now.length).forEach(at -> durable[at] = now[at]);
            dirty.clear();
        }
    }

    private final Map<String, Content> names = new TreeMap<>();
    private final List<Map<String, Content>> undurableNames = new ArrayList<>();
    private Map<String, Content> durableNames = new TreeMap<>();
    long usableBytes = Long.MAX_VALUE;
    int failAfter = Integer.MAX_VALUE;
    int syncs;

    /** What a crash may leave. */
    MemoryDirectory crash(Random random) {
        List<Map<String, Content>> states = new ArrayList<>(undurableNames);
        states.addFirst(durableNames);
        MemoryDirectory after = new MemoryDirectory();
        states.get(random.nextInt(states.size()))
                .forEach((name, content) -> {
                    Content left = new Content();
                    left.now = torn(content, random);
                    left.durable = left.now.clone();
                    after.names.put(name, left);
                });
        after.durableNames = new TreeMap<>(after.names);
        return after;
    }

    private static byte[] torn(Content content, Random random) {
        int longer = Math.max(content.now.length, content.durable.length);
        int shorter = Math.min(content.now.length, content.durable.length);
        byte[] left = Arrays.copyOf(content.durable, random.nextBoolean() ? longer : shorter);
        for (int at = 0; at < left.length; at += PIECE) {
            if (random.nextBoolean()) {
                int end = Math.min(Math.min(at + PIECE, content.now.length), left.length);
                if (end > at) {
                    System.arraycopy(content.now, at, left, at, end - at);
                }
            }
        }
        return left;
    }

    byte[] bytes(String name) {
        return content(name).now;
    }

    void put(String name, byte[] bytes) {
        Content content = new Content();
        content.now = bytes.clone();
        content.durable = bytes.clone();
        names.put(name, content);
        durableNames.put(name, content);
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public SegmentFile open(String name, Mode mode) {
        if (!names.containsKey(name)) {
            names.put(name, new Content());
            namesChanged();
        }
        return new MemoryFile(name, content(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        failIfTold();
        names.put(to, content(from));
        names.remove(from);
        namesChanged();
    }

    @Override
    public void delete(String name) {
        if (names.remove(name) != null) {
            namesChanged();
        }
    }

    @Override
    public void sync() throws IOException {
        failIfTold();
        durableNames = new TreeMap<>(names);
        undurableNames.clear();
    }

    @Override
    public long usableBytes() {
        return usableBytes;
    }

    @Override
    public int alignmentBytes() {
        return 1;
    }

    private void failIfTold() throws IOException {
        if (--failAfter < 0) {
            throw new IOException("told to fail");
        }
    }

    private Content content(String name) {
        Content content = names.get(name);
        if (content == null) {
            throw new IllegalArgumentException(name);
        }
        return content;
    }

    private void namesChanged() {
        undurableNames.add(new TreeMap<>(names));
    }

    private final class MemoryFile implements SegmentFile {
        private final String name;
        private final Content content;

        MemoryFile(String name, Content content) {
            this.name = name;
            this.content = content;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long sizeBytes() {
            return content.now.length;
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            int end = (int) offset + source.remaining();
            if (end > content.now.length) {
                content.now = Arrays.copyOf(content.now, end);
            } else {
                content.now = content.now.clone();
            }
            content.dirty.set((int) offset, end);
            source.get(content.now, (int) offset, source.remaining());
            failIfTold();
        }

        @Override
        public void sync() throws IOException {
            try {
                failIfTold();
            } catch (IOException e) {
                content.lost.or(content.dirty);
                content.dirty.clear();
                throw e;
            }
            syncs++;
            content.persist();
        }

        @Override
        public int read(ByteBuffer target, long offset) {
            int count = Math.min(target.remaining(), content.now.length - (int) offset);
            target.put(content.now, (int) offset, count);
            return count;
        }

        @Override
        public void truncate(long sizeBytes) {
            content.now = Arrays.copyOf(content.now, (int) sizeBytes);
        }

        @Override
        public void close() {}
    }
}
