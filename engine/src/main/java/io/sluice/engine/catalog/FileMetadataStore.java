package io.sluice.engine.catalog;

import io.sluice.engine.catalog.EntryFile.Entry;
import io.sluice.engine.catalog.EntryFile.Header;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.SegmentFile;
import io.sluice.engine.log.SegmentFile.Directory;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata of one process in one append-only file; {@link EntryFile} draws its bytes.
 *
 * <p>All state but the queue of changes is owned by the injected serial executor, which does all
 * I/O after {@link #load}. Changes that queued up while one write was made durable share the next
 * write and sync. A second after a change a mark says that it was durable, so that damage to it is
 * not taken for a torn tail. When more than half of the file is garbage it is written anew under
 * another name, which then replaces the old one. Keys live inside the file and never become a name
 * of one. Memory holds every entry once.
 */
public final class FileMetadataStore implements MetadataStore {
    static final String FILE = "metadata";
    static final String NEW_FILE = "metadata.new";

    /** Changes that may wait; more are refused, with nothing written. */
    static final int QUEUED_MAX = 65_536;

    private static final Logger LOG = LoggerFactory.getLogger(FileMetadataStore.class);
    private static final int GROUP_SIZE_BYTES_MAX = 4 << 20;
    private static final int COMPACT_SIZE_BYTES_MIN = 1 << 20;
    private static final int SPARE_SIZE_BYTES = 1 << 20;
    private static final int SECTOR_SIZE_BYTES = 4096;
    private static final long MARK_AFTER_NANOS = 1_000_000_000;
    private static final byte[] NOTHING = {};
    private static final byte[] MARK_KEY = {'.'};
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(
            byte kind,
            String key,
            byte[] keyBytes,
            byte[] value,
            long expectedVersion,
            CompletableFuture<PutOutcome> stage) {
        int sizeBytes() {
            return EntryFile.entrySizeBytes(keyBytes.length, value.length);
        }
    }

    private record Answer(CompletableFuture<PutOutcome> stage, PutOutcome outcome) {}

    private final Directory directory;
    private final Executor executor;

    private final Object queueLock = new Object();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>(); // guarded by queueLock
    private boolean draining; // guarded by queueLock
    private boolean closing; // guarded by queueLock

    private final TreeMap<String, Versioned> entries = new TreeMap<>();
    private @Nullable SegmentFile file;
    private ByteBuffer lastGroup = EMPTY;
    private @Nullable IOException ended;
    private long sizeBytes;
    private long provenSizeBytes; // some entry, or the header, says that so much was durable
    private boolean willMark;
    private long liveSizeBytes;
    private long lastVersion;
    private long compactAtSizeBytes = COMPACT_SIZE_BYTES_MIN;

    /**
     * @param directory holds nothing else under the names {@code metadata} and {@code metadata.new}
     * @param executor serial, and may block on storage; stages complete on it
     */
    public FileMetadataStore(Directory directory, Executor executor) {
        this.directory = directory;
        this.executor = executor;
    }

    @Override
    public SortedMap<String, Versioned> load() throws IOException {
        directory.sync(); // a name that is seen must not vanish after more was built on it
        directory.delete(NEW_FILE);
        if (!directory.list().contains(FILE)) {
            writeNew();
        } else {
            SegmentFile found = directory.open(FILE, Directory.Mode.BUFFERED);
            file = found;
            read(found);
            makeDurable(found);
        }
        return new TreeMap<>(entries);
    }

    private void read(SegmentFile from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(from.sizeBytes()));
        from.read(bytes, 0);
        bytes.flip();
        Header header = EntryFile.readHeader(bytes);
        if (header == null) {
            throw corrupt(0);
        }
        lastVersion = header.lastVersion();
        liveSizeBytes = EntryFile.HEADER_SIZE_BYTES;
        int at = EntryFile.HEADER_SIZE_BYTES;
        long durable = header.durableSizeBytes();
        for (Entry entry = EntryFile.readEntry(bytes, at);
                entry != null;
                entry = EntryFile.readEntry(bytes, at)) {
            apply(entry.kind(), entry.key(), entry.value(), entry.version());
            lastVersion = Math.max(lastVersion, entry.version());
            durable = Math.max(durable, entry.durableUpTo());
            at += entry.sizeBytes();
        }
        sizeBytes = at;
        if (at < header.durableSizeBytes()
                || at < EntryFile.durableUpToAfter(bytes, Math.min(at + 1, bytes.limit()))) {
            throw corrupt(at);
        }
        if (at < bytes.limit()) {
            LOG.info("{}: cut {} torn bytes at {}", from.name(), bytes.limit() - at, at);
            from.truncate(at);
        }
        provenSizeBytes = Math.min(durable, at);
        lastGroup = bytes.limit(at).position((int) provenSizeBytes);
    }

    /**
     * Makes sure of the last group: the process that wrote it may have ended before it was durable,
     * or its sync may have failed, and then another one reports success although nothing was
     * written. Writing the same bytes again in place does not help everywhere: ext4 then writes the
     * data, but the blocks stay marked as unwritten and are zeroes after the next mount. So all
     * goes into a new file; in place only if there is no room for one.
     */
    private void makeDurable(SegmentFile found) throws IOException {
        if (directory.usableBytes() >= liveSizeBytes + SPARE_SIZE_BYTES) {
            writeNew();
            closeQuietly(found);
        } else {
            long offset = lastGroup.position();
            found.write(lastGroup, offset);
            found.sync();
            markSoon();
        }
        lastGroup = EMPTY;
    }

    private static CorruptLogException corrupt(long at) {
        return new CorruptLogException(
                ("the file %s is damaged at byte %d, in a part that was durable; nothing was changed:"
                                + " put back a copy of the file from a backup, or move it away to"
                                + " start without topics and groups")
                        .formatted(FILE, at));
    }

    @Override
    public CompletionStage<PutOutcome> put(String key, byte[] value, long expectedVersion) {
        if (value.length > VALUE_SIZE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a value of " + value.length + " bytes, at most " + VALUE_SIZE_BYTES_MAX);
        }
        return enqueue(EntryFile.PUT, key, value, expectedVersion);
    }

    @Override
    public CompletionStage<PutOutcome> remove(String key, long expectedVersion) {
        if (expectedVersion <= ABSENT) {
            throw new IllegalArgumentException("nothing to remove at version " + expectedVersion);
        }
        return enqueue(EntryFile.REMOVE, key, NOTHING, expectedVersion);
    }

    private CompletionStage<PutOutcome> enqueue(
            byte kind, String key, byte[] value, long expectedVersion) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        if (keyBytes.length == 0 || keyBytes.length > KEY_SIZE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a key of " + keyBytes.length + " bytes, 1 to " + KEY_SIZE_BYTES_MAX);
        }
        CompletableFuture<PutOutcome> stage = new CompletableFuture<>();
        boolean wake;
        synchronized (queueLock) {
            if (closing || queue.size() >= QUEUED_MAX) {
                PutOutcome refused = refused(closing);
                executor.execute(() -> stage.complete(refused));
                return stage;
            }
            queue.add(new Waiting(kind, key, keyBytes, value, expectedVersion, stage));
            wake = !draining;
            draining = true;
        }
        if (wake) {
            executor.execute(this::drain);
        }
        return stage;
    }

    private static PutOutcome refused(boolean closed) {
        String cause =
                closed
                        ? "the metadata store is closed; nothing was written"
                        : "more than %d metadata changes wait; nothing was written: try again later"
                                .formatted(QUEUED_MAX);
        return new PutOutcome.Failed(new IOException(cause));
    }

    /** Makes one group durable, then takes another turn if more has queued up. */
    private void drain() {
        List<Waiting> group = takeGroup();
        if (group.isEmpty()) {
            closeIfAsked();
            return;
        }
        for (Answer answer : commit(group)) {
            answer.stage().complete(answer.outcome());
        }
        compactIfWorthwhile();
        markSoon();
        executor.execute(this::drain);
    }

    private List<Waiting> takeGroup() {
        List<Waiting> group = new ArrayList<>();
        int groupSizeBytes = 0;
        synchronized (queueLock) {
            while (!queue.isEmpty()
                    && (group.isEmpty()
                            || groupSizeBytes + queue.peek().sizeBytes() <= GROUP_SIZE_BYTES_MAX)) {
                groupSizeBytes += queue.peek().sizeBytes();
                group.add(queue.remove());
            }
            draining = !group.isEmpty();
        }
        return group;
    }

    private void closeIfAsked() {
        synchronized (queueLock) {
            if (!closing) {
                return;
            }
        }
        mark();
        closeQuietly(file);
        file = null;
    }

    private void markSoon() {
        if (!willMark && provenSizeBytes < sizeBytes) {
            willMark = true;
            executor.executeAfter(MARK_AFTER_NANOS, this::markNow);
        }
    }

    private void markNow() {
        willMark = false;
        mark();
    }

    /**
     * Says that everything so far was durable, twice: up to the next sector's edge, and beyond it,
     * so that a sector that is lost does not take both what was written and the word of it. That
     * nothing says so of the marks themselves is no harm: they may be cut. Without room there are
     * none before the next change.
     */
    private void mark() {
        SegmentFile to = file;
        if (to == null || ended != null || provenSizeBytes == sizeBytes) {
            return;
        }
        int markSizeBytes = EntryFile.entrySizeBytes(MARK_KEY.length, 0);
        int padding = (int) Math.floorMod(-(sizeBytes + markSizeBytes), (long) SECTOR_SIZE_BYTES);
        ByteBuffer bytes = ByteBuffer.allocate(2 * markSizeBytes + padding);
        for (byte[] value : new byte[][] {new byte[padding], NOTHING}) {
            EntryFile.writeEntry(bytes, EntryFile.MARK, MARK_KEY, value, lastVersion, sizeBytes);
        }
        if (append(to, bytes.flip()) == null) {
            provenSizeBytes = sizeBytes;
        }
    }

    /**
     * Writes a group in two steps: decide on copies, write and sync, and only then change what is
     * known. A failed write leaves the file's tail unknown, so the store ends; full storage is seen
     * before the write and leaves everything as it was.
     */
    private List<Answer> commit(List<Waiting> group) {
        SegmentFile to = file;
        if (ended != null || to == null) {
            return failAll(group, ended != null ? ended : new IOException("not loaded"));
        }
        Map<String, @Nullable Versioned> undurable = new TreeMap<>();
        List<Answer> answers = new ArrayList<>();
        List<Entry> accepted = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.allocate(group.stream().mapToInt(Waiting::sizeBytes).sum());
        for (Waiting each : group) {
            String key = each.key();
            Versioned current = undurable.containsKey(key) ? undurable.get(key) : entries.get(key);
            if (each.expectedVersion() != (current == null ? ABSENT : current.version())) {
                answers.add(new Answer(each.stage(), new PutOutcome.Conflict(current)));
                continue;
            }
            long next = lastVersion + 1 + accepted.size();
            EntryFile.writeEntry(
                    bytes, each.kind(), each.keyBytes(), each.value(), next, sizeBytes);
            accepted.add(
                    new Entry(each.kind(), key, each.value(), next, sizeBytes, each.sizeBytes()));
            boolean put = each.kind() == EntryFile.PUT;
            undurable.put(key, put ? new Versioned(each.value(), next) : null);
            answers.add(new Answer(each.stage(), new PutOutcome.Stored(next)));
        }
        IOException failure = accepted.isEmpty() ? null : append(to, bytes.flip());
        if (failure != null) {
            return failAll(group, failure);
        }
        provenSizeBytes = accepted.isEmpty() ? provenSizeBytes : accepted.getFirst().durableUpTo();
        accepted.forEach(e -> apply(e.kind(), e.key(), e.value(), e.version()));
        lastVersion += accepted.size();
        return answers;
    }

    /** Returns why it failed; null if the bytes are durable. */
    private @Nullable IOException append(SegmentFile to, ByteBuffer bytes) {
        int count = bytes.remaining();
        try {
            if (directory.usableBytes() < count + (long) SPARE_SIZE_BYTES) {
                return new IOException(
                        "no space left for metadata; nothing was written: free some on the disk of"
                                + " the data directory");
            }
        } catch (IOException e) {
            return e;
        }
        try {
            to.write(bytes, sizeBytes);
            to.sync();
        } catch (IOException e) {
            ended =
                    new IOException(
                            "writing the file %s failed (%s); whether the change took place is unknown: look at the disk, then restart"
                                    .formatted(FILE, e.getMessage()),
                            e);
            LOG.error("metadata store has ended", ended);
            return ended;
        }
        sizeBytes += count;
        return null;
    }

    private static List<Answer> failAll(List<Waiting> group, IOException cause) {
        PutOutcome failed = new PutOutcome.Failed(cause);
        return group.stream().map(each -> new Answer(each.stage(), failed)).toList();
    }

    private void apply(byte kind, String key, byte[] value, long version) {
        if (kind == EntryFile.MARK) {
            return;
        }
        Versioned before =
                kind == EntryFile.PUT
                        ? entries.put(key, new Versioned(value, version))
                        : entries.remove(key);
        liveSizeBytes -= before == null ? 0 : entrySizeBytes(key, before.value());
        liveSizeBytes += kind == EntryFile.PUT ? entrySizeBytes(key, value) : 0;
    }

    private static int entrySizeBytes(String key, byte[] value) {
        int keySizeBytes = key.getBytes(StandardCharsets.UTF_8).length;
        return EntryFile.entrySizeBytes(keySizeBytes, value.length);
    }

    private void compactIfWorthwhile() {
        if (ended != null || sizeBytes < compactAtSizeBytes || liveSizeBytes * 2 > sizeBytes) {
            return;
        }
        SegmentFile old = file;
        try {
            if (directory.usableBytes() < liveSizeBytes + SPARE_SIZE_BYTES) {
                compactAtSizeBytes = sizeBytes * 2;
                return;
            }
            writeNew();
            compactAtSizeBytes = COMPACT_SIZE_BYTES_MIN;
        } catch (IOException e) {
            ended = new IOException("rewriting the file " + FILE + " failed: restart", e);
            LOG.error("metadata store has ended", ended);
        }
        closeQuietly(old);
    }

    /**
     * Writes all entries to a new file and lets it take the old one's place.
     *
     * <ol>
     *   <li>Write and sync the new file: a crash leaves it beside the old one, and {@link #load}
     *       deletes it.
     *   <li>Rename it over the old one: a crash leaves either name; both files hold the same.
     *   <li>Sync the directory. Only now may anything be appended: what was appended before could
     *       go with the new file if the rename were lost.
     * </ol>
     */
    private void writeNew() throws IOException {
        long size = Math.max(liveSizeBytes, EntryFile.HEADER_SIZE_BYTES);
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        EntryFile.writeHeader(bytes, new Header(size, lastVersion));
        for (Map.Entry<String, Versioned> each : entries.entrySet()) {
            Versioned value = each.getValue();
            byte[] key = each.getKey().getBytes(StandardCharsets.UTF_8);
            EntryFile.writeEntry(bytes, EntryFile.PUT, key, value.value(), value.version(), 0);
        }
        SegmentFile to = directory.open(NEW_FILE, Directory.Mode.BUFFERED);
        to.write(bytes.flip(), 0);
        to.sync();
        directory.rename(NEW_FILE, FILE);
        directory.sync();
        file = to;
        sizeBytes = size;
        provenSizeBytes = size;
        liveSizeBytes = size;
    }

    @Override
    public void close() {
        synchronized (queueLock) {
            closing = true;
            if (draining) {
                return;
            }
            draining = true;
        }
        executor.execute(this::drain);
    }

    private static void closeQuietly(@Nullable SegmentFile file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            LOG.warn("closing {} failed", file.name(), e);
        }
    }
}
