package io.sluice.engine.log;

import static java.util.Objects.requireNonNull;

import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in one directory of a local disk. Batches are filled in memory by the shard, written by the
 * writer's executor into files prepared by the background executor, and served from the same memory
 * until it is needed again.
 *
 * <p>This class is the shard's side: everything here but the reading methods belongs to the shard's
 * executor. It sees no file while the log runs; {@link BatchWriter}, {@link Spares}, {@link Sealer}
 * and {@link Trimmer} do.
 *
 * <p>How commits are made durable: docs/adr/0003-group-commit-and-send-ok.md. What is found after a
 * crash: docs/adr/0004-recovery-rules.md.
 */
public final class LocalLog implements Log {
    private static final Logger LOGGER = LoggerFactory.getLogger(LocalLog.class);
    private static final long QUIET_NANOS = 1_000_000_000;

    /** Messages may not use the last eighth of a segment while no other segment can follow. */
    private static final int RESERVE_SHIFT = 3;

    private final SegmentFile.Directory directory;
    private final LocalLogConfig config;
    private final Clock clock;
    private final Executor shard;
    private final Executor writerExecutor;
    private final int alignmentBytes;
    private final int markBytes;
    private final Slabs slabs;
    private final ReadFiles files;
    private final Segments segments = new Segments();
    private final FooterBlocks footerBlocks;
    private final Spares spares;
    private final Sealer sealer;
    private final Trimmer trimmer;
    private final Runnable drain = this::drain;

    private @Nullable BatchWriter writer;
    private @Nullable Listener listener;
    private @Nullable ActiveFile active;
    private @Nullable LocalBatch open;
    private @Nullable LocalBatch lastCommitted;
    private ChainEnd durableEnd = ChainEnd.NONE;
    private long tail;
    private long epoch;
    private long sequence;
    private int inFlight;
    private boolean refused;
    private boolean roomless;
    private boolean watchingQuiet;
    private boolean over;
    private volatile long durablePosition;

    /**
     * @param directory the log's own; not closed by this log
     * @param shard runs the listener; the caller's own thread
     * @param writer serial; blocks on commits
     * @param background serial; blocks on preparing, sealing and deleting files
     */
    public LocalLog(
            SegmentFile.Directory directory,
            LocalLogConfig config,
            Clock clock,
            Executor shard,
            Executor writer,
            Executor background) {
        this.directory = directory;
        this.config = config;
        this.clock = clock;
        this.shard = shard;
        this.writerExecutor = writer;
        this.alignmentBytes = directory.alignmentBytes();
        if (config.batchSizeBytesMax() % alignmentBytes != 0
                || config.segmentSizeBytes() % alignmentBytes != 0) {
            throw new IllegalArgumentException(
                    "sizes must be multiples of " + alignmentBytes + " bytes: " + config);
        }
        this.markBytes = Slabs.align(BatchHeader.SIZE_BYTES, alignmentBytes);
        this.slabs =
                new Slabs(
                        config.residentBytesMax() / config.batchSizeBytesMax(),
                        config.batchSizeBytesMax(),
                        alignmentBytes);
        this.files = new ReadFiles(directory);
        this.footerBlocks = new FooterBlocks(files);
        this.spares =
                new Spares(directory, config, background, () -> shard.execute(this::wakeRefused));
        this.trimmer =
                new Trimmer(
                        directory, background, files, segments, spares, config.segmentSizeBytes());
        this.sealer =
                new Sealer(
                        directory,
                        config.shardId(),
                        background,
                        files,
                        footerBlocks,
                        segments,
                        trimmer::start);
    }

    @Override
    public void recover(Replay replay, Listener toTell) throws IOException {
        if (listener != null) {
            throw new IllegalStateException("a log is recovered once");
        }
        listener = toTell;
        try {
            Recovery recovery =
                    new Recovery(
                            directory, config.shardId(), files, footerBlocks, segments, spares);
            ChainEnd end = recovery.run(replay, sealer::ended);
            ActiveFile file = recovery.lastIsOver() ? newFile(end) : lastFile(end, recovery);
            if (file.segment() > end.segment() && !recovery.lastIsOver()) {
                sealer.ended(end);
                replay.segmentEnd(end.segment());
            }
            begin(end, file);
        } catch (IOException | RuntimeException e) {
            over = true;
            closeFiles();
            throw e;
        }
    }

    /** The last segment's file, its last batches made durable; a new one if it is full. */
    private ActiveFile lastFile(ChainEnd end, Recovery recovery) throws IOException {
        String name = FileNames.segment(end.segment());
        SegmentFile file = directory.open(name, SegmentFile.Directory.Mode.DURABLE);
        try {
            rewrite(name, file, recovery.durableUpTo(), end.position());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        int sizeBytes = (int) file.sizeBytes();
        if (Position.offset(end.position()) + markBytes <= sizeBytes) {
            return new ActiveFile(end.segment(), file, sizeBytes, null);
        }
        file.close();
        return newFile(end);
    }

    /**
     * Writes the last batches again, as they are: the page cache may show what a failed write-back
     * never brought to the disk, and calling sync again would not notice.
     */
    private void rewrite(String name, SegmentFile file, long from, long to) throws IOException {
        int segment = Position.segment(to);
        int at = Position.segment(from) == segment ? Position.offset(from) : 0;
        ByteBuffer all = slabs.scratch();
        while (at < Position.offset(to)) {
            ByteBuffer bytes =
                    all.clear().limit(Math.min(all.capacity(), Position.offset(to) - at));
            files.read(segment, name, bytes, at);
            int count = bytes.position();
            file.write(bytes.flip(), at);
            at += count;
        }
        file.sync();
    }

    private ActiveFile newFile(ChainEnd end) throws IOException {
        Spares.Spare spare = spares.takeNow();
        int segment = end.segment() + 1;
        segments.add(segment, spare.sizeBytes());
        return new ActiveFile(segment, spare.file(), spare.sizeBytes(), spare.name());
    }

    /** Begins the new epoch: makes its first batch durable. */
    private void begin(ChainEnd end, ActiveFile file) throws IOException {
        active = file;
        durableEnd = end;
        epoch = end.epoch() + 1;
        sequence = end.sequence();
        tail = file.segment() == end.segment() ? end.position() : Position.of(file.segment(), 0);
        BatchWriter starting = new BatchWriter(directory, end, file, new Reports());
        writer = starting;
        LocalBatch first = batch(markBytes, markBytes, BatchHeader.Kind.EPOCH);
        if (first == null) {
            throw new IllegalStateException("no memory for the first batch");
        }
        take(first);
        settle(first, 1, starting.writeNow(first));
        spares.prepareBeside(file.sizeBytes());
    }

    @Override
    public @Nullable Batch open(int recordsSizeBytesMin, boolean reserve) {
        if (recordsSizeBytesMin < 1 || recordsSizeBytesMin > recordsSizeBytesMax()) {
            throw new IllegalArgumentException(
                    "a batch holds 1 to "
                            + recordsSizeBytesMax()
                            + " bytes of records, not "
                            + recordsSizeBytesMin);
        }
        if (open != null) {
            throw new IllegalStateException("a batch is open already");
        }
        if (over || active == null) {
            return null;
        }
        int need = Slabs.align(BatchHeader.SIZE_BYTES + recordsSizeBytesMin, alignmentBytes);
        if (roomBytes(reserve) < need && (!roll() || roomBytes(reserve) < need)) {
            refused = true;
            roomless |= !reserve;
            return null;
        }
        roomless &= reserve;
        open = batch(need, roomBytes(reserve), BatchHeader.Kind.RECORDS);
        if (open == null) {
            refused = true;
            if (inFlight == 0) {
                // Only readers hold the memory, and no commit will tell the shard to try again.
                shard.execute(this::wakeRefused);
            }
        }
        return open;
    }

    /** How much of the active file is left, keeping room for a mark. */
    private int roomBytes(boolean reserve) {
        ActiveFile file = requireNonNull(active);
        boolean all = reserve || spares.available();
        int kept = markBytes + (all ? 0 : file.sizeBytes() >> RESERVE_SHIFT);
        return file.sizeBytes() - Position.offset(tail) - kept;
    }

    private @Nullable LocalBatch batch(int need, int room, BatchHeader.Kind kind) {
        Slab slab = slabs.at(tail, need);
        if (slab == null) {
            return null;
        }
        int roomBytes = Math.min(room, slab.remaining(tail));
        roomBytes -= roomBytes % alignmentBytes;
        return new LocalBatch(slab, requireNonNull(active), tail, roomBytes, kind);
    }

    /** Goes on in a new segment; false if no file is ready. */
    private boolean roll() {
        ActiveFile ended = requireNonNull(active);
        if (Position.offset(tail) == 0) {
            return false;
        }
        Spares.Spare spare = spares.take();
        if (spare == null) {
            return false;
        }
        int segment = ended.segment() + 1;
        active = new ActiveFile(segment, spare.file(), spare.sizeBytes(), spare.name());
        segments.add(segment, spare.sizeBytes());
        tail = Position.of(segment, 0);
        if (inFlight == 0) {
            sealer.ended(durableEnd);
        } else {
            requireNonNull(lastCommitted).endsSegment();
        }
        spares.prepareBeside(spare.sizeBytes());
        return true;
    }

    private void wakeRefused() {
        if (refused && !over) {
            refused = false;
            requireNonNull(listener).durable(durablePosition);
        }
    }

    @Override
    public void commit(Batch batch) {
        if (batch != open) {
            throw new IllegalArgumentException("not the open batch");
        }
        LocalBatch local = (LocalBatch) batch;
        open = null;
        if (batch.recordsSizeBytes() == 0 || over) {
            return;
        }
        enqueue(local);
        writerExecutor.execute(drain);
    }

    private void enqueue(LocalBatch batch) {
        take(batch);
        requireNonNull(writer).add(batch);
    }

    private void take(LocalBatch batch) {
        batch.close(alignmentBytes, epoch, ++sequence, config.shardId(), clock.wallMs());
        tail = batch.end();
        batch.slab().committed(batch);
        lastCommitted = batch;
        inFlight++;
    }

    private void settle(LocalBatch last, int count, ChainEnd end) {
        inFlight -= count;
        last.slab().durable(count);
        durableEnd = end;
        durablePosition = end.position();
        if (last.isSegmentEnd()) {
            sealer.ended(end);
        }
    }

    private void durable(LocalBatch last, int count, ChainEnd end) {
        settle(last, count, end);
        refused = false;
        requireNonNull(listener).durable(end.position());
        if (last.kind() == BatchHeader.Kind.RECORDS) {
            watchQuiet();
        }
    }

    private void fail(IOException cause) {
        if (!over) {
            over = true;
            requireNonNull(listener).failed(cause);
        }
    }

    private void drain() {
        requireNonNull(writer).drain();
    }

    /** Brings what the writer tells to the shard. */
    private final class Reports implements BatchWriter.Outcome {
        @Override
        public void written(LocalBatch last, int count, ChainEnd end) {
            shard.execute(() -> durable(last, count, end));
        }

        @Override
        public void failed(IOException cause) {
            shard.execute(() -> fail(cause));
        }
    }

    private void watchQuiet() {
        if (!watchingQuiet) {
            watchingQuiet = true;
            LocalBatch seen = requireNonNull(lastCommitted);
            shard.executeAfter(QUIET_NANOS, () -> markIfQuiet(seen));
        }
    }

    /** Proves the last batch durable when no further one does so. */
    private void markIfQuiet(LocalBatch seen) {
        watchingQuiet = false;
        if (over || lastCommitted != seen || inFlight > 0 || open != null) {
            if (!over && requireNonNull(lastCommitted).kind() == BatchHeader.Kind.RECORDS) {
                watchQuiet();
            }
            return;
        }
        if (mark()) {
            writerExecutor.execute(drain);
        }
    }

    private boolean mark() {
        if (roomBytes(true) < 0) {
            return false;
        }
        LocalBatch mark = batch(markBytes, markBytes, BatchHeader.Kind.MARK);
        if (mark != null) {
            enqueue(mark);
        }
        return mark != null;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public boolean full() {
        return roomless && spares.full() != null;
    }

    @Override
    public int recordsSizeBytesMax() {
        return config.batchSizeBytesMax() - BatchHeader.SIZE_BYTES;
    }

    @Override
    public void seal(int segment, ByteBuffer checkpoint, Footer.Source source) {
        sealer.seal(segment, checkpoint, source);
    }

    @Override
    public void trim(int segment) {
        // The log must keep a segment whose name is durable; the active one may not have it yet.
        int first = Math.min(segment, Position.segment(durablePosition));
        segments.trimBelow(first);
        files.trimBelow(first);
        trimmer.start();
    }

    @Override
    public int firstSegment() {
        return segments.first();
    }

    @Override
    public int segmentOf(long position) {
        return Position.segment(position);
    }

    @Override
    public long durablePosition() {
        return durablePosition;
    }

    @Override
    public long segmentSizeBytes(int segment) {
        return segments.sizeBytes(segment);
    }

    @Override
    public boolean mayHold(long position, int sizeBytes) {
        return sizeBytes <= recordsSizeBytesMax() && isDurable(position, sizeBytes);
    }

    /** Whether these bytes are durable, and those of one segment. */
    private boolean isDurable(long position, int sizeBytes) {
        int offset = Position.offset(position);
        return position > 0
                && offset >= 0
                && sizeBytes >= 0
                && position <= durablePosition - sizeBytes
                && offset <= segments.sizeBytes(Position.segment(position)) - sizeBytes;
    }

    @Override
    public boolean readResident(long position, int sizeBytes, ByteBuffer target) {
        return slabs.read(position, sizeBytes, target);
    }

    @Override
    public void read(long position, int sizeBytes, ByteBuffer target) throws IOException {
        int segment = Position.segment(position);
        if (!isDurable(position, sizeBytes)) {
            if (position > 0 && segment < segments.first()) {
                throw expired(segment);
            }
            throw new IOException(
                    "no durable record lies at " + position + " with " + sizeBytes + " bytes");
        }
        if (slabs.read(position, sizeBytes, target)) {
            return;
        }
        int limit = target.limit();
        target.limit(target.position() + sizeBytes);
        try {
            files.read(segment, FileNames.segment(segment), target, Position.offset(position));
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public @Nullable Footer footer(int segment) throws IOException {
        if (segment < segments.first()) {
            throw expired(segment);
        }
        return segments.footer(segment);
    }

    private TrimmedException expired(int segment) {
        return new TrimmedException(
                "segment " + segment + " has expired; the log begins at " + segments.first());
    }

    @Override
    public void scan(int segment, Scan to) throws IOException {
        LocalFooter footer = segments.footer(segment);
        if (footer == null || segment < segments.first()) {
            return;
        }
        String name = FileNames.segment(segment);
        try (SegmentFile file = directory.open(name, SegmentFile.Directory.Mode.READ)) {
            BatchScanner scanner = new BatchScanner(file, segment, config.shardId());
            long at = Position.of(segment, 0);
            while (at < footer.end().position()) {
                BatchHeader header = scanner.at(Position.offset(at));
                if (header == null) {
                    return;
                }
                if (header.kind() == BatchHeader.Kind.RECORDS) {
                    to.batch(scanner.records(header), header.base() + BatchHeader.SIZE_BYTES);
                }
                at += Slabs.align(header.length(), alignmentBytes);
            }
        }
    }

    /** Belongs to the shard's executor, or to whoever has stopped that. */
    @Override
    public void close() {
        if (!over && writer != null) {
            open = null;
            if (requireNonNull(lastCommitted).kind() == BatchHeader.Kind.RECORDS) {
                mark();
            }
            drain();
        }
        over = true;
        closeFiles();
    }

    private void closeFiles() {
        sealer.close();
        trimmer.close();
        try {
            spares.close();
            files.close();
            if (writer != null) {
                writer.close();
            }
            if (active != null) {
                active.file().close();
            }
        } catch (IOException e) {
            LOGGER.warn("Closing a file failed; everything acknowledged is durable", e);
        }
    }
}
