package io.sluice.engine.shard;

import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.SegmentUsage;
import io.sluice.engine.schedule.Timers;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.shard.Command.QueueOffset;
import io.sluice.engine.shard.Retention.Keep;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard does on the side: it drops the in-memory index of segments whose footers can be
 * read, and expires what retention no longer keeps. Looks at the state on the shard's executor,
 * reads footers on the readers', and comes back with a command.
 */
final class Housekeeping {
    /** How often it looks, in ns. */
    static final long PERIOD_NANOS = 1_000_000_000L;

    /** It looks for what has expired once in so many times. */
    private static final int RETENTION_EVERY = 10;

    /** Sealed segments whose index stays in memory, since consumers are mostly close behind. */
    private static final int RESIDENT_SEALED = 1;

    /** Half messages that are in memory at once to be moved. */
    private static final int HALVES_MOVED_MAX = 256;

    private static final long HALVES_SIZE_BYTES_MAX = 2 << 20;

    /** Lite topics of a topic that expire in one turn. */
    private static final int LITES_EXPIRED_MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final State state;
    private final Log log;
    private final Clock clock;
    private final Executor executor;
    private final Executor readers;
    private final Predicate<Command> submit;
    private final IntFunction<@Nullable Keep> keeps;
    private final long retentionMs;
    private final HalfReader halves;
    private int firstResident;
    private boolean reading;
    private int rounds;

    Housekeeping(
            State state,
            Log log,
            Clock clock,
            Executor executor,
            Executor readers,
            Predicate<Command> submit,
            IntFunction<@Nullable Keep> keeps,
            long retentionMs) {
        this.state = state;
        this.log = log;
        this.clock = clock;
        this.executor = executor;
        this.readers = readers;
        this.submit = submit;
        this.keeps = keeps;
        this.retentionMs = retentionMs;
        this.halves = new HalfReader(log, readers);
    }

    /** Begins; it goes on for as long as the executor does. */
    void start() {
        executor.executeAfter(PERIOD_NANOS, this::look);
    }

    private void look() {
        executor.executeAfter(PERIOD_NANOS, this::look);
        expireLites();
        if (reading) {
            return;
        }
        int lastDroppable = state.queues.activeSegment() - RESIDENT_SEALED - 1;
        if (rounds++ % RETENTION_EVERY == 0) {
            retain(); // whatever waits for a footer: the disk may be full, and only this frees it
        } else if (firstResident <= lastDroppable) {
            reading = true;
            readers.execute(() -> findReadable(lastDroppable));
        }
    }

    private void expireLites() {
        long nowMs = clock.wallMs();
        for (int topicId : state.lites.topicIds()) {
            if (!idleLites(state, topicId, keeps.apply(topicId), nowMs).isEmpty()) {
                boolean _ = submit.test(new Command.ExpireLites()); // else the next time
                return;
            }
        }
    }

    /** The lite topics of a topic that have had no message for as long as that keeps them. */
    static List<QueueRef> idleLites(State state, int topicId, @Nullable Keep keep, long nowMs) {
        return keep == null || keep.liteMs() == 0
                ? List.of()
                : state.lites.idleSince(topicId, nowMs - keep.liteMs(), LITES_EXPIRED_MAX);
    }

    private void findReadable(int last) {
        List<Command.FooterReadable> readable = new ArrayList<>();
        try {
            for (int i = Math.max(firstResident, log.firstSegment()); i <= last; i++) {
                Footer footer = log.footer(i);
                if (footer == null) {
                    break;
                }
                long timers = footer.sizeBytes(Footer.Section.TIMERS) / Timers.ENTRY_SIZE_BYTES;
                readable.add(new Command.FooterReadable(i, timers));
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("a segment's index cannot be read yet: {}", e.getMessage());
        }
        executor.execute(() -> {
            reading = false;
            for (Command.FooterReadable footer : readable) {
                if (!submit.test(footer)) {
                    return; // the later ones too: each is told once, and in order
                }
                firstResident = footer.segment() + 1;
            }
        });
    }

    private void retain() {
        List<SegmentUsage> usages = List.copyOf(state.queues.usages());
        Map<Integer, Integer> firstKept = Retention.firstKept(usages, keeps, clock.wallMs());
        int withTimers = withPendingTimers(usages, Retention.firstNeeded(usages, firstKept));
        int needed = withOpenTransactions(usages, withTimers);
        if (firstKept.values().stream().allMatch(first -> first <= log.firstSegment())
                && needed <= log.firstSegment()) {
            return;
        }
        reading = true;
        readers.execute(() -> findOffsets(firstKept, needed));
    }

    /**
     * A segment with timers that have not fired is kept until they have been moved forward, and
     * they are not before the segment is as old as messages get: moving costs writing them again.
     */
    private int withPendingTimers(List<SegmentUsage> usages, int needed) {
        for (SegmentUsage usage : usages) {
            int segment = usage.segment();
            if (segment < needed && state.timers.pending(segment) != 0) {
                if (clock.wallMs() - usage.lastMs() > retentionMs) {
                    moveTimers(segment, 0);
                }
                return segment;
            }
        }
        return needed;
    }

    /**
     * Schedules what is pending in {@code segment} anew, in the active segment. One block after the
     * other, since the messages themselves pass through memory.
     */
    private void moveTimers(int segment, long fromEntry) {
        List<Command.Due> places = new ArrayList<>();
        state.timers.readPending(
                segment,
                fromEntry,
                new Timers.PendingSink() {
                    @Override
                    public void timer(long dueMs, long position, int sizeBytes) {
                        places.add(
                                new Command.Due(dueMs, position, ByteBuffer.allocate(sizeBytes)));
                    }

                    @Override
                    public void end(long nextEntry) {
                        readers.execute(() -> readAndMove(places, segment, nextEntry));
                    }

                    @Override
                    public void failed(IOException cause) {
                        LOG.warn("timers cannot be moved yet: {}", cause.getMessage());
                    }
                });
    }

    private void readAndMove(List<Command.Due> places, int segment, long nextEntry) {
        try {
            List<Command.Due> read = new ArrayList<>(places.size());
            for (Command.Due due : places) {
                ByteBuffer record = due.record();
                log.read(due.position(), record.remaining(), record);
                if (RecordCodec.isIntactTimer(record.flip())) {
                    read.add(due);
                } else {
                    LOG.error("the timer at {} is damaged: its segment is kept", due.position());
                }
            }
            if (!submit.test(new Command.MoveTimers(read))) {
                LOG.debug("timers wait to be moved, the shard is busy");
            } else if (nextEntry >= 0) {
                executor.execute(() -> moveTimers(segment, nextEntry));
            }
        } catch (IOException e) {
            LOG.warn("timers cannot be moved yet: {}", e.getMessage());
        }
    }

    /** A segment with half messages that nobody has decided is kept as one with timers is. */
    private int withOpenTransactions(List<SegmentUsage> usages, int needed) {
        for (SegmentUsage usage : usages) {
            int segment = usage.segment();
            if (segment < needed && !halvesIn(segment, 0, 1).isEmpty()) {
                if (clock.wallMs() - usage.lastMs() > retentionMs) {
                    moveHalves(segment, 0);
                }
                return segment;
            }
        }
        return needed;
    }

    private List<Transactions.Open> halvesIn(int segment, long afterId, int countMax) {
        return state.transactions.openAt(
                position -> log.segmentOf(position) == segment, afterId, countMax);
    }

    /** Stores half messages anew, in the active segment, a lot after the other. */
    private void moveHalves(int segment, long afterId) {
        List<Transactions.Open> lot = halvesIn(segment, afterId, HALVES_MOVED_MAX);
        if (!lot.isEmpty()) {
            readers.execute(() -> readAndMove(segment, upToSizeMax(lot)));
        }
    }

    private static List<Transactions.Open> upToSizeMax(List<Transactions.Open> lot) {
        long size = lot.getFirst().sizeBytes();
        int count = 1;
        while (count < lot.size() && size + lot.get(count).sizeBytes() <= HALVES_SIZE_BYTES_MAX) {
            size += lot.get(count++).sizeBytes();
        }
        return lot.subList(0, count);
    }

    private void readAndMove(int segment, List<Transactions.Open> lot) {
        List<Command.Half> read = new ArrayList<>(lot.size());
        for (Transactions.Open open : lot) {
            try {
                ByteBuffer record = halves.fromStorage(open);
                read.add(new Command.Half(open.id(), open.position(), record));
            } catch (IOException e) {
                LOG.error("transaction {} holds its segment: {}", open.id(), e.getMessage());
            }
        }
        if (submit.test(new Command.MoveHalves(read))) {
            executor.execute(() -> moveHalves(segment, lot.getLast().id()));
        } else {
            LOG.debug("half messages wait to be moved, the shard is busy");
        }
    }

    private void findOffsets(Map<Integer, Integer> firstKept, int needed) {
        List<QueueOffset> expired = new ArrayList<>();
        try {
            for (Map.Entry<Integer, Integer> topic : firstKept.entrySet()) {
                for (Queue queue : state.queues.queuesOf(topic.getKey())) {
                    long first = state.queues.firstOffsetIn(topic.getValue(), queue);
                    if (first > queue.first()) {
                        expired.add(new QueueOffset(queue.ref(), first));
                    }
                }
            }
            boolean anything = !expired.isEmpty() || needed > log.firstSegment();
            executor.execute(() -> decided(anything, expired, needed));
        } catch (TrimmedException e) {
            executor.execute(() -> reading = false);
        } catch (IOException | RuntimeException e) {
            LOG.warn("retention waits, an index cannot be read: {}", e.getMessage());
            executor.execute(() -> reading = false);
        }
    }

    private void decided(boolean anything, List<QueueOffset> expired, int needed) {
        reading = false;
        if (anything && !submit.test(new Command.Expire(expired, needed))) {
            LOG.debug("retention waits, the shard is busy");
        }
    }
}
