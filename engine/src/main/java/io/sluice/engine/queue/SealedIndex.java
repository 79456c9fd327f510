package io.sluice.engine.queue;

import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.log.TrimmedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the index of sealed segments from their footers. Everything here may block on storage, so
 * it runs on reader threads only. Stateless: the log caches what is read often.
 */
final class SealedIndex {
    /** Entries fetched at once. */
    private static final int ENTRIES_MAX = 256;

    private static final String REMEDY =
            "stop the server, move that footer away and restart: it is rebuilt from its segment";

    /** Where a queue's entries lie in one segment. */
    private record Place(Footer footer, int segment, long firstOffset, int count, int firstEntry) {
        @Override
        public String toString() {
            return "that a queue has %d entries from number %d on, the first of offset %d"
                    .formatted(count, firstEntry, firstOffset);
        }
    }

    private final Log log;

    SealedIndex(Log log) {
        this.log = log;
    }

    /**
     * Offers the entries of {@code queue} from the selection's next offset on, as far as the
     * segment that holds it goes and the selection takes them.
     *
     * @param segmentEnd one past the newest sealed segment
     */
    void scan(Queue queue, int segmentEnd, Sieve sieve, Selection selection) throws IOException {
        Place place = placeOf(queue, selection.nextOffset(), segmentEnd);
        long end = place.firstOffset + place.count;
        while (selection.nextOffset() < end) {
            int index = (int) (selection.nextOffset() - place.firstOffset);
            int count = Math.min(ENTRIES_MAX, place.count - index);
            ByteBuffer entries = entries(place, index, count);
            for (int i = 0; i < count; i++) {
                int at = entries.position() + i * Run.ENTRY_SIZE_BYTES;
                long position = entries.getLong(at);
                int size = entries.getInt(at + 16);
                requireRecord(place.segment, position, size);
                if (!selection.offer(sieve, position, size, entries.getInt(at + 20))) {
                    return;
                }
            }
        }
    }

    /** The store time in ms of the message at {@code offset}. */
    long storeMs(Queue queue, long offset, int segmentEnd) throws IOException {
        ByteBuffer entry = entry(queue, offset, segmentEnd);
        return entry.getLong(entry.position() + 8);
    }

    private ByteBuffer entry(Queue queue, long offset, int segmentEnd) throws IOException {
        Place place = placeOf(queue, offset, segmentEnd);
        return entries(place, (int) (offset - place.firstOffset), 1);
    }

    private static ByteBuffer entries(Place place, int index, int count) throws IOException {
        return place.footer.read(
                Footer.Section.ENTRIES,
                (long) (place.firstEntry + index) * Run.ENTRY_SIZE_BYTES,
                count * Run.ENTRY_SIZE_BYTES);
    }

    /** The newest segment whose first offset of the queue is at or below {@code offset}. */
    private Place placeOf(Queue queue, long offset, int segmentEnd) throws IOException {
        int low = log.firstSegment();
        int high = segmentEnd - 1;
        Place best = null;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Footer footer = log.footer(middle);
            Place place = footer == null ? null : find(footer, middle, queue);
            if (footer == null || (place != null && place.firstOffset > offset)) {
                high = middle - 1;
            } else {
                best = place == null ? best : place;
                low = middle + 1;
            }
        }
        if (best == null || offset >= best.firstOffset + best.count) {
            if (offset < queue.first()) {
                throw new TrimmedException("offset " + offset + " has expired");
            }
            throw new CorruptLogException(
                    "offset %d of queue %d of topic #%d is in no segment's footer below segment %d;"
                                    .formatted(offset, queue.queueId, queue.topicId, segmentEnd)
                            + " stop the server and keep the data directory for examination");
        }
        return best;
    }

    /** The first offset that {@code queue} has at or after the beginning of {@code segment}. */
    long firstOffsetIn(int segment, Queue queue) throws IOException {
        Footer footer = log.footer(segment);
        if (footer == null) {
            throw new IOException("the footer of segment " + segment + " is still being written");
        }
        Place place = find(footer, segment, queue);
        return place == null ? 0 : place.firstOffset;
    }

    private static @Nullable Place find(Footer footer, int segment, Queue queue)
            throws IOException {
        int size = SegmentIndex.QUEUE_SIZE_BYTES;
        int low = 0;
        int high = (int) (footer.sizeBytes(Footer.Section.QUEUES) / size) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            ByteBuffer entry = footer.read(Footer.Section.QUEUES, (long) middle * size, size);
            int at = entry.position();
            int order = Integer.compare(entry.getInt(at), queue.topicId);
            order = order != 0 ? order : Integer.compare(entry.getInt(at + 4), queue.queueId);
            if (order == 0) {
                return checked(
                        new Place(
                                footer,
                                segment,
                                entry.getLong(at + 8),
                                entry.getInt(at + 16),
                                entry.getInt(at + 20)));
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** A disk does not forge checksums, but a faulty server or a person may have. */
    private static Place checked(Place place) throws CorruptLogException {
        long entries = place.footer.sizeBytes(Footer.Section.ENTRIES) / Run.ENTRY_SIZE_BYTES;
        if (place.firstOffset < 0
                || place.firstOffset > Queue.OFFSET_MAX
                || place.count < 0
                || place.firstEntry < 0
                || (long) place.firstEntry + place.count > entries) {
            throw new CorruptLogException(
                    "the footer of segment %d says %s, which cannot be; %s"
                            .formatted(place.segment, place, REMEDY));
        }
        return place;
    }

    /** A footer's entries lead to records of its own segment. */
    private void requireRecord(int segment, long position, int sizeBytes) throws IOException {
        if (sizeBytes <= 0
                || log.segmentOf(position) != segment
                || !log.mayHold(position, sizeBytes)) {
            var _ = log.footer(segment); // says so if it has expired meanwhile
            throw new CorruptLogException(
                    "the footer of segment %d leads to %d bytes at position %d, which cannot be; %s"
                            .formatted(segment, sizeBytes, position, REMEDY));
        }
    }

    /** Hands the positions under {@code hash} in {@code segment} to {@code sink}; oldest first. */
    void findKeys(Footer footer, int segment, long hash, KeyRun.Sink sink) throws IOException {
        int size = KeyRun.PAIR_SIZE_BYTES;
        long count = footer.sizeBytes(Footer.Section.KEYS) / size;
        long low = 0;
        long high = count;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (Long.compareUnsigned(pair(footer, middle, 0), hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (long i = low; i < count && pair(footer, i, 0) == hash; i++) {
            long position = pair(footer, i, Long.BYTES);
            requireRecord(segment, position, 1);
            sink.found(position);
        }
    }

    private static long pair(Footer footer, long index, int field) throws IOException {
        ByteBuffer half =
                footer.read(
                        Footer.Section.KEYS, index * KeyRun.PAIR_SIZE_BYTES + field, Long.BYTES);
        return half.getLong(half.position());
    }
}
