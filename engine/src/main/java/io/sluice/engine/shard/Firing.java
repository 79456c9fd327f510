package io.sluice.engine.shard;

import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.schedule.Timers;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings timers that are due to the shard: waits for the next due time, fetches the records of
 * those that are due, from memory or through a reader, and submits them as one {@link
 * Command.Fire}. One lot is under way at a time, so timers fire in order. Lives on the shard's
 * executor.
 */
final class Firing implements Timers.Listener {
    private static final int COUNT_MAX = 2_048;
    private static final long SIZE_BYTES_MAX = 2 << 20;
    private static final long NANOS_PER_MS = 1_000_000L;

    /** The wall clock may jump: due times are looked at again after this long, in ms. */
    private static final long LOOK_AGAIN_MS = 1_000;

    private static final long RETRY_NANOS = 100 * NANOS_PER_MS;
    private static final Logger LOG = LoggerFactory.getLogger(Firing.class);

    /** A timer that is due, not yet read. */
    record Place(long dueMs, long position, int sizeBytes) {}

    private record FootersOf(Log log) implements Timers.Footers {
        @Override
        public @Nullable Footer footer(int segment) throws IOException {
            return log.footer(segment);
        }

        @Override
        public boolean mayHold(int segment, long position, int sizeBytes) {
            return log.segmentOf(position) == segment && log.mayHold(position, sizeBytes);
        }
    }

    private final Timers timers;
    private final Log log;
    private final Clock clock;
    private final Executor executor;
    private final Executor readers;
    private final Predicate<Command> submit;
    private final Alarm alarm;
    private boolean underWay;

    Firing(Log log, Clock clock, Executor executor, Executor readers, Predicate<Command> submit) {
        this.timers = new Timers(new FootersOf(log), readers, executor, this);
        this.log = log;
        this.clock = clock;
        this.executor = executor;
        this.readers = readers;
        this.submit = submit;
        this.alarm = new Alarm(clock, executor, this::look);
    }

    Timers timers() {
        return timers;
    }

    /** The log has been replayed. */
    void start() {
        timers.recovered();
        look();
    }

    /** A timer was scheduled, perhaps before all others. */
    void scheduled(long dueMs) {
        setAlarm(dueMs);
    }

    /** The lot under way has been decided. */
    void fired() {
        underWay = false;
        executor.execute(this::look);
    }

    /** The lot under way could not be stored now. */
    void retryLater() {
        underWay = false;
        executor.executeAfter(RETRY_NANOS, this::look);
    }

    @Override
    public void loaded() {
        look();
    }

    @Override
    public void unreadable(int segment, IOException cause) {
        LOG.error("timers of segment {} cannot be read, trying again: {}", segment, cause, cause);
        executor.executeAfter(LOOK_AGAIN_MS * NANOS_PER_MS, timers::retry);
    }

    private void look() {
        if (underWay) {
            return;
        }
        List<Place> due = new ArrayList<>();
        timers.due(
                clock.wallMs(),
                COUNT_MAX,
                (dueMs, position, size) -> due.add(new Place(dueMs, position, size)));
        if (due.isEmpty()) {
            setAlarm(timers.nextDueMs());
            return;
        }
        List<Place> durable = durableOf(due);
        if (durable.isEmpty()) {
            executor.executeAfter(RETRY_NANOS, this::look);
            return;
        }
        underWay = true;
        fetch(upToSizeMax(durable));
    }

    /**
     * The first of them, up to one whose record is still being written: on a slow disk a short
     * delay may be over before.
     */
    private List<Place> durableOf(List<Place> due) {
        int count = 0;
        while (count < due.size() && due.get(count).position < log.durablePosition()) {
            count++;
        }
        return due.subList(0, count);
    }

    private void setAlarm(long dueMs) {
        if (dueMs != Long.MAX_VALUE) {
            long waitMs = Math.clamp(dueMs - clock.wallMs(), 0, LOOK_AGAIN_MS);
            alarm.atNanos(clock.nanos() + waitMs * NANOS_PER_MS);
        }
    }

    /** As many as one batch holds, with the record that says that they have fired. */
    private List<Place> upToSizeMax(List<Place> due) {
        long max =
                Math.min(
                        SIZE_BYTES_MAX,
                        log.recordsSizeBytesMax() - RecordCodec.SMALL_SIZE_BYTES_MAX);
        long size = due.getFirst().sizeBytes;
        int count = 1;
        while (count < due.size() && size + due.get(count).sizeBytes <= max) {
            size += due.get(count++).sizeBytes;
        }
        return due.subList(0, count);
    }

    private void fetch(List<Place> places) {
        List<Command.Due> fetched = new ArrayList<>(places.size());
        for (Place place : places) {
            ByteBuffer record = ByteBuffer.allocate(place.sizeBytes);
            if (!log.readResident(place.position, place.sizeBytes, record)) {
                readers.execute(() -> read(places));
                return;
            }
            boolean whole = RecordCodec.isWholeTimer(record.flip());
            fetched.add(
                    new Command.Due(place.dueMs, place.position, whole ? record : damaged(place)));
        }
        submitOrRetry(fetched);
    }

    private void read(List<Place> places) {
        try {
            List<Command.Due> fetched = new ArrayList<>(places.size());
            ByteBuffer[] records = DueRecords.read(log, places);
            for (int i = 0; i < records.length; i++) {
                Place place = places.get(i);
                fetched.add(
                        new Command.Due(place.dueMs, place.position, intact(place, records[i])));
            }
            executor.execute(() -> submitOrRetry(fetched));
        } catch (IOException e) {
            LOG.error("messages that are due cannot be read, trying again: {}", e, e);
            executor.execute(this::retryLater);
        }
    }

    private static ByteBuffer intact(Place place, ByteBuffer record) {
        return RecordCodec.isIntactTimer(record) ? record : damaged(place);
    }

    /**
     * Nothing instead of what has changed on storage: one damaged message must not stop all others.
     */
    private static ByteBuffer damaged(Place place) {
        LOG.error(
                "the message at position {} that was due at {} is damaged on disk and is not"
                        + " delivered: keep a copy of the data directory, and look after the disk",
                place.position,
                place.dueMs);
        return ByteBuffer.allocate(0);
    }

    private void submitOrRetry(List<Command.Due> fetched) {
        if (!submit.test(new Command.Fire(fetched))) {
            retryLater();
        }
    }
}
