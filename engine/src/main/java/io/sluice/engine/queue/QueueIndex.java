package io.sluice.engine.queue;

import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.message.KeyHash;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All queues of a shard: where each message of each queue lies in the log. The newest segments are
 * indexed in memory, older ones in their footers, so a queue costs nothing but its entries.
 *
 * <p>The shard alone changes it ({@link #stored}, {@link #freeze}, {@link #forgetSegments}, ...);
 * any thread reads what is published, and {@link #read} and what searches by time or key may block
 * on storage.
 */
public final class QueueIndex {
    private static final Queue[] NO_QUEUES = {};

    /** A queue that is put into an array which others read already is whole when they see it. */
    private static final VarHandle AT = MethodHandles.arrayElementVarHandle(Queue[].class);

    private final Log log;
    private final SealedIndex sealed;
    private final Map<Integer, Queue[]> topics = new ConcurrentHashMap<>();
    private volatile KeyRun[] keyRuns = {};
    private List<SegmentUsage> usages = new ArrayList<>();
    private volatile int activeSegment;

    public QueueIndex(Log log) {
        this.log = log;
        this.sealed = new SealedIndex(log);
    }

    /** The queue; null if it never had a message. */
    public @Nullable Queue queue(int topicId, int queueId) {
        Queue[] queues = topics.getOrDefault(topicId, NO_QUEUES);
        return queueId < 0 || queueId >= queues.length ? null : at(queues, queueId);
    }

    private static @Nullable Queue at(Queue[] queues, int queueId) {
        return (Queue) AT.getAcquire(queues, queueId);
    }

    /** The offset that the next message of a queue gets. Shard only. */
    public long nextOffset(int topicId, int queueId) {
        Queue queue = queue(topicId, queueId);
        return queue == null ? 0 : queue.next();
    }

    /** A message was stored under its queue's next offset. Shard only. */
    public Queue stored(
            int segment,
            int topicId,
            int queueId,
            long position,
            long storeMs,
            int sizeBytes,
            int tagHash,
            long[] keyHashes) {
        Queue queue = queueOrNew(topicId, queueId);
        queue.append(segment, position, storeMs, sizeBytes, tagHash);
        if (keyHashes.length > 0) {
            KeyRun keys = keysOf(segment);
            for (long hash : keyHashes) {
                keys.add(hash, position);
            }
        }
        return queue;
    }

    /**
     * A message was scheduled by the record at {@code position}, and has these keys: they are found
     * under {@link KeyHash#pending}. Shard only.
     */
    public void scheduled(int segment, long position, long[] keyHashes) {
        for (long hash : keyHashes) {
            keysOf(segment).add(KeyHash.pending(hash), position);
        }
    }

    /** As {@link #scheduled}, of a half message, under {@link KeyHash#half}. Shard only. */
    public void prepared(int segment, long position, long[] keyHashes) {
        for (long hash : keyHashes) {
            keysOf(segment).add(KeyHash.half(hash), position);
        }
    }

    private Queue queueOrNew(int topicId, int queueId) {
        Queue queue = queue(topicId, queueId);
        return queue != null ? queue : put(new Queue(topicId, queueId, 0, 0));
    }

    private Queue put(Queue queue) {
        Queue[] queues = topics.getOrDefault(queue.topicId, NO_QUEUES);
        if (queue.queueId >= queues.length) {
            int half = queues.length / 2; // lite topics come one by one, and are many
            queues = Arrays.copyOf(queues, Math.max(queues.length + half, queue.queueId + 1));
        }
        AT.setRelease(queues, queue.queueId, queue);
        topics.put(queue.topicId, queues);
        return queue;
    }

    private KeyRun keysOf(int segment) {
        KeyRun[] all = keyRuns;
        if (all.length > 0 && all[all.length - 1].segment == segment) {
            return all[all.length - 1];
        }
        all = Arrays.copyOf(all, all.length + 1);
        KeyRun keys = new KeyRun(segment);
        all[all.length - 1] = keys;
        keyRuns = all;
        return keys;
    }

    /** Everything stored so far may be seen: after recovery. Shard only. */
    public void publishAll() {
        for (Queue queue : sorted()) {
            queue.publish(queue.next());
        }
    }

    /** The segment that new entries go to. */
    public int activeSegment() {
        return activeSegment;
    }

    /** New entries go to {@code segment} from now on. Shard only. */
    public void activate(int segment) {
        activeSegment = segment;
    }

    // Reading.

    /**
     * Chooses messages of {@code queue} from the selection's next offset on, as far as the index,
     * and what the filter has to look at, is in memory. Never blocks.
     *
     * @return false if the next entry is not in memory: use {@link #read}
     */
    public boolean readResident(Queue queue, MessageFilter filter, Selection selection) {
        try {
            return scan(queue, new Sieve(filter, log, false), selection);
        } catch (IOException e) {
            throw new IllegalStateException("memory has no errors", e);
        }
    }

    /** Like {@link #readResident}, for messages wherever they are. May block. */
    public void read(Queue queue, MessageFilter filter, Selection selection) throws IOException {
        Sieve sieve = new Sieve(filter, log, true);
        while (!scan(queue, sieve, selection)) {
            sealed.scan(queue, activeSegment, sieve, selection);
        }
    }

    private static boolean scan(Queue queue, Sieve sieve, Selection selection) throws IOException {
        long end = queue.end();
        Run[] runs = queue.runs();
        while (selection.nextOffset() < end && !selection.complete()) {
            int i = Queue.indexOf(runs, selection.nextOffset());
            if (i < 0) {
                return false;
            }
            long runEnd = i + 1 < runs.length ? runs[i + 1].firstOffset : end;
            if (!scan(runs[i], Math.min(end, runEnd), sieve, selection)) {
                return selection.complete();
            }
        }
        return true;
    }

    private static boolean scan(Run run, long end, Sieve sieve, Selection selection)
            throws IOException {
        while (selection.nextOffset() < end) {
            int i = (int) (selection.nextOffset() - run.firstOffset);
            if (!selection.offer(sieve, run.position(i), run.sizeBytes(i), run.tagHash(i))) {
                return false;
            }
        }
        return true;
    }

    /** The store time in ms of the message at {@code offset}, first ≤ offset < end. May block. */
    public long storeMs(Queue queue, long offset) throws IOException {
        Run run = queue.runOf(offset);
        return run != null
                ? run.storeMs((int) (offset - run.firstOffset))
                : sealed.storeMs(queue, offset, activeSegment);
    }

    /**
     * The first offset whose message was stored at {@code ms} or later; {@link Queue#end} if there
     * is none. May block. Store times never fall within a queue, so this is a binary search.
     */
    public long offsetAtOrAfter(Queue queue, long ms) throws IOException {
        long low = queue.first();
        long high = queue.end();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (storeMs(queue, middle) < ms) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Positions of messages that may have a key, newest first, each once: the caller verifies each
     * against the message, since hashes collide. May block.
     *
     * @param before only positions below this one
     * @param countMax positions at most
     */
    public long[] positionsOfKey(long hash, long before, int countMax) throws IOException {
        Positions found = new Positions(countMax);
        int active = activeSegment; // before the runs: what is sealed meanwhile is among them
        KeyRun[] resident = keyRuns;
        for (int i = resident.length - 1; i >= 0 && !found.full(); i--) {
            Positions here = new Positions(Integer.MAX_VALUE);
            resident[i].find(hash, position -> here.addIfBelow(before, position));
            found.addReversed(here);
        }
        int oldestResident = resident.length == 0 ? active : resident[0].segment;
        int last = Math.min(Math.min(oldestResident, active) - 1, log.segmentOf(before));
        for (int segment = last; segment >= log.firstSegment() && !found.full(); segment--) {
            Footer footer = log.footer(segment);
            if (footer != null) {
                Positions here = new Positions(Integer.MAX_VALUE);
                sealed.findKeys(
                        footer, segment, hash, position -> here.addIfBelow(before, position));
                found.addReversed(here);
            }
        }
        return found.toArray();
    }

    // Sealing and retention; all shard only.

    /**
     * Takes the index of {@code segment}, which gets no more entries.
     *
     * @param lastMs when the newest message was stored or scheduled
     */
    public SegmentIndex freeze(int segment, long lastMs) {
        List<SegmentIndex.Part> parts = new ArrayList<>();
        List<SegmentUsage.TopicUsage> topicUsages = new ArrayList<>();
        for (Map.Entry<Integer, Queue[]> topic : sortedTopics()) {
            long sizeBytes = 0;
            long lastStoreMs = 0;
            for (Queue queue : topic.getValue()) {
                if (queue == null) {
                    continue;
                }
                Run run = queue.runIn(segment);
                long firstOffset = run == null ? queue.next() : run.firstOffset;
                parts.add(new SegmentIndex.Part(queue.topicId, queue.queueId, firstOffset, run));
                if (run != null) {
                    sizeBytes += run.sizeBytesTotal();
                    lastStoreMs = Math.max(lastStoreMs, run.storeMs(run.count() - 1));
                }
            }
            if (sizeBytes > 0) {
                topicUsages.add(
                        new SegmentUsage.TopicUsage(topic.getKey(), sizeBytes, lastStoreMs));
            }
        }
        usages.add(new SegmentUsage(segment, lastMs, List.copyOf(topicUsages)));
        return new SegmentIndex(parts, keysOf(segment));
    }

    /** Drops the in-memory index of segments up to {@code segment}, whose footers are readable. */
    public void forgetSegments(int segment) {
        for (Queue queue : sorted()) {
            queue.forgetRuns(segment);
        }
        KeyRun[] all = keyRuns;
        int kept = 0;
        while (kept < all.length && all[kept].segment <= segment) {
            kept++;
        }
        keyRuns = Arrays.copyOfRange(all, kept, all.length);
    }

    /** What the topics hold in each sealed segment, oldest first. */
    public List<SegmentUsage> usages() {
        return usages;
    }

    /** One past the largest id of a topic's queues that have had a message. */
    public int queueIdsEnd(int topicId) {
        Queue[] all = topics.getOrDefault(topicId, NO_QUEUES);
        int end = all.length;
        while (end > 0 && at(all, end - 1) == null) {
            end--;
        }
        return end;
    }

    /** The queues of a topic that have had a message, by queue id. */
    public List<Queue> queuesOf(int topicId) {
        List<Queue> queues = new ArrayList<>();
        Queue[] all = topics.getOrDefault(topicId, NO_QUEUES);
        for (int queueId = 0; queueId < all.length; queueId++) {
            Queue queue = at(all, queueId);
            if (queue != null) {
                queues.add(queue);
            }
        }
        return queues;
    }

    /** All queues that have had a message, by topic id and queue id. */
    public List<Queue> sorted() {
        List<Queue> queues = new ArrayList<>();
        for (Map.Entry<Integer, Queue[]> topic : sortedTopics()) {
            queues.addAll(queuesOf(topic.getKey()));
        }
        return queues;
    }

    private List<Map.Entry<Integer, Queue[]>> sortedTopics() {
        return topics.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
    }

    /**
     * Where {@code queue} stands at the beginning of {@code segment}. May block.
     *
     * @throws IOException also while the segment's footer is still being written
     */
    public long firstOffsetIn(int segment, Queue queue) throws IOException {
        long end = queue.end(); // first, for what comes from now on lies in the segment
        Run run = queue.runIn(segment);
        if (run != null) {
            return run.firstOffset;
        }
        return segment >= activeSegment ? end : sealed.firstOffsetIn(segment, queue);
    }

    /** Expires everything of {@code queue} below {@code offset}. */
    public void expire(int topicId, int queueId, long offset) {
        Queue queue = queue(topicId, queueId);
        if (queue != null) {
            queue.expireBelow(offset);
        }
    }

    /** Segments below {@code segment} are gone. */
    public void trimmed(int segment) {
        usages = new ArrayList<>(usages.stream().filter(u -> u.segment() >= segment).toList());
    }

    /** Forgets a deleted topic. */
    public void forgetTopic(int topicId) {
        topics.remove(topicId);
    }

    // Checkpoint: the queues' offsets and the usages; entries are in the footers.

    private static final int QUEUE_STATE_SIZE_BYTES = 24;

    /** The size of what {@link #writeTo} writes, in bytes. */
    public int checkpointSizeBytes() {
        int size = 8 + sorted().size() * QUEUE_STATE_SIZE_BYTES;
        for (SegmentUsage usage : usages) {
            size += usage.checkpointSizeBytes();
        }
        return size;
    }

    /** Writes the state: the same state gives the same bytes. */
    public void writeTo(ByteBuffer out) {
        List<Queue> queues = sorted();
        out.putInt(queues.size());
        for (Queue queue : queues) {
            out.putInt(queue.topicId).putInt(queue.queueId);
            out.putLong(queue.first()).putLong(queue.next());
        }
        out.putInt(usages.size());
        usages.forEach(usage -> usage.writeTo(out));
    }

    /**
     * Restores what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     * @throws java.nio.BufferUnderflowException if it is cut short
     */
    public void readFrom(ByteBuffer in) {
        for (int left = in.getInt(); left > 0; left--) {
            Queue queue = new Queue(in.getInt(), in.getInt(), in.getLong(), in.getLong());
            if (queue.queueId < 0
                    || queue.queueId >= TopicSettings.QUEUE_IDS_MAX
                    || queue.first() < 0
                    || queue.first() > queue.next()
                    || queue.next() > Queue.OFFSET_MAX) {
                throw new IllegalArgumentException(
                        "offsets %d to %d of queue %d"
                                .formatted(queue.first(), queue.next(), queue.queueId));
            }
            put(queue);
        }
        for (int left = in.getInt(); left > 0; left--) {
            usages.add(SegmentUsage.readFrom(in));
        }
    }

    /** Positions in the order found, up to a limit. */
    private static final class Positions {
        private final int countMax;
        private long[] positions = new long[8];
        private int count;

        Positions(int countMax) {
            this.countMax = countMax;
        }

        boolean full() {
            return count >= countMax;
        }

        void addIfBelow(long before, long position) {
            if (position < before) {
                add(position);
            }
        }

        /** A message that has a key twice comes twice in a row. */
        void add(long position) {
            if (full() || (count > 0 && positions[count - 1] == position)) {
                return;
            }
            if (count == positions.length) {
                positions = Arrays.copyOf(positions, count * 2);
            }
            positions[count++] = position;
        }

        void addReversed(Positions other) {
            for (int i = other.count - 1; i >= 0; i--) {
                add(other.positions[i]);
            }
        }

        long[] toArray() {
            return Arrays.copyOf(positions, count);
        }
    }
}
