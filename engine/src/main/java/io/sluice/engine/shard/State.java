package io.sluice.engine.shard;

import io.sluice.engine.group.Barriers;
import io.sluice.engine.group.Leases;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.OrderLocks;
import io.sluice.engine.group.Resets;
import io.sluice.engine.group.Skips;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.queue.LiteTopics;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.SegmentIndex;
import io.sluice.engine.queue.SegmentUsage;
import io.sluice.engine.schedule.Recalled;
import io.sluice.engine.schedule.RunWriter;
import io.sluice.engine.schedule.Timers;
import io.sluice.engine.schedule.Transactions;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a shard knows: the records of its log, applied in order. {@link #apply} is the only way
 * to change it, so replaying the log, or a checkpoint and the log after it, gives the same state as
 * living through it. Parked readers are not state: they end with the process.
 */
final class State {
    private static final int VERSION = 5;
    private static final int HEAD_SIZE_BYTES = 16;

    final QueueIndex queues;
    final Offsets offsets = new Offsets();
    final Leases leases = new Leases();
    final OrderLocks locks = new OrderLocks();
    final Resets resets = new Resets();
    final Skips skips = new Skips();
    final Barriers barriers = new Barriers();
    final Gates gates = new Gates();
    final Timers timers;
    final Transactions transactions = new Transactions();
    final Recalled recalled = new Recalled();
    final LiteTopics lites = new LiteTopics();
    private final Log log;
    private long lastStoreMs;
    private int firstSegment;

    State(Log log, Timers timers) {
        this.queues = new QueueIndex(log);
        this.timers = timers;
        this.log = log;
    }

    /**
     * The newest time at which something was stored or scheduled: later ones are never smaller,
     * whatever the clock does.
     */
    long lastStoreMs() {
        return lastStoreMs;
    }

    /** Segments below this one are not needed. */
    int firstSegment() {
        return firstSegment;
    }

    /**
     * Applies a record that lies in {@code segment}.
     *
     * @return the queue that got a message; null if none did
     */
    @Nullable Queue apply(int segment, Record record) {
        switch (record) {
            case Record.MessageStored r -> {
                return stored(segment, r);
            }
            case Record.TimerScheduled r -> scheduled(segment, r);
            case Record.TimersFired r -> {
                timers.fired(r.dueMs(), r.position());
                recalled.dropBefore(r.dueMs());
            }
            case Record.TimerCancelled r -> cancelled(r);
            case Record.GroupJoined r -> offsets.join(r.groupId(), r.topicId(), r.queues());
            case Record.OffsetCommitted r -> committed(r);
            case Record.QueueExpired r -> expired(r);
            case Record.SegmentsExpired r -> {
                if (r.segment() > segment) {
                    throw new IllegalArgumentException("segments to come have not expired");
                }
                firstSegment = Math.max(firstSegment, r.segment());
                queues.trimmed(firstSegment);
                timers.trimmed(firstSegment);
            }
            case Record.TopicForgotten r -> {
                queues.forgetTopic(r.topicId());
                offsets.forgetTopic(r.topicId());
                leases.forgetTopic(r.topicId());
                transactions.forgetTopic(r.topicId());
                locks.forgetTopic(r.topicId());
                resets.forgetTopic(r.topicId());
                skips.forgetTopic(r.topicId());
                barriers.forgetTopic(r.topicId());
                lites.forgetTopic(r.topicId());
                gates.forgetTopic(r.topicId());
            }
            case Record.GroupForgotten r -> {
                offsets.forgetGroup(r.groupId());
                leases.forgetGroup(r.groupId());
                locks.forgetGroup(r.groupId());
                resets.forgetGroup(r.groupId());
                skips.forgetGroup(r.groupId());
                gates.forgetGroup(r.groupId());
            }
            case Record.Leased r -> leased(r);
            case Record.Deferred r -> deferred(r);
            case Record.Acknowledged r -> acknowledged(r);
            case Record.LeaseExtended r ->
                    leases.extended(
                            r.groupId(), r.topicId(), r.queueId(), r.offset(), r.deadlineMs());
            case Record.LeasesForgotten r ->
                    leases.forgetQueue(r.groupId(), r.topicId(), r.queueId());
            case Record.HalfStored r -> halfStored(segment, r);
            case Record.TransactionChecked r ->
                    transactions.checked(r.id(), r.checks(), r.nextMs(), r.givenUp());
            case Record.TransactionDecided r ->
                    transactions.decided(r.id(), r.decision(), r.atMs());
            case Record.QueueLocked r -> locked(r);
            case Record.QueueUnlocked r ->
                    locks.unlocked(r.groupId(), new QueueRef(r.topicId(), r.queueId()));
            case Record.OffsetReset r -> reset(r);
            case Record.BarrierDrawn r -> barrier(r.topicId());
            case Record.LiteCreated r ->
                    lites.created(r.topicId(), r.queueId(), r.name(), lastStoreMs);
            case Record.LiteExpired r -> liteExpired(new QueueRef(r.topicId(), r.queueId()));
        }
        return null;
    }

    private void committed(Record.OffsetCommitted r) {
        long before = offsets.committed(r.groupId(), r.topicId(), r.queueId());
        long offset = leases.committed(r.groupId(), r.topicId(), r.queueId(), r.offset());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), offset);
        resets.goneOn(r.groupId(), new QueueRef(r.topicId(), r.queueId()));
        if (r.offset() < before && barriers.any(r.topicId())) {
            gates.shut(r.groupId(), r.topicId());
        }
    }

    private void locked(Record.QueueLocked r) {
        locks.locked(r.groupId(), new QueueRef(r.topicId(), r.queueId()), r.clientId());
        if (barriers.any(r.topicId())) {
            gates.shut(r.groupId(), r.topicId());
        }
    }

    private void reset(Record.OffsetReset r) {
        QueueRef queue = new QueueRef(r.topicId(), r.queueId());
        long start = offsets.start(r.groupId(), r.topicId(), r.queueId());
        long from = Math.max(start, first(r.topicId(), r.queueId()));
        leases.forgetQueue(r.groupId(), r.topicId(), r.queueId());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), r.offset());
        resets.reset(r.groupId(), queue, r.offset());
        skips.reset(r.groupId(), queue, from, r.offset(), r.atMs());
        gates.shut(r.groupId(), r.topicId());
    }

    private void barrier(int topicId) {
        barriers.drawn(topicId, ends(topicId), queueId -> first(topicId, queueId));
        locks.groupIds(topicId).forEach(groupId -> gates.shut(groupId, topicId));
    }

    /** Where the queues of a topic end, by queue id. */
    long[] ends(int topicId) {
        List<Queue> all = queues.queuesOf(topicId);
        long[] ends = new long[all.isEmpty() ? 0 : all.getLast().ref().queueId() + 1];
        all.forEach(queue -> ends[queue.ref().queueId()] = queue.next());
        return ends;
    }

    /** The queue's oldest offset that has not expired. */
    long first(int topicId, int queueId) {
        Queue queue = queues.queue(topicId, queueId);
        return queue == null ? 0 : queue.first();
    }

    private Queue stored(int segment, Record.MessageStored r) {
        lastStoreMs = Math.max(lastStoreMs, r.storeMs());
        lites.used(r.topicId(), r.queueId(), r.storeMs());
        return queues.stored(
                segment,
                r.topicId(),
                r.queueId(),
                r.position(),
                r.storeMs(),
                r.sizeBytes(),
                r.tagHash(),
                r.keyHashes());
    }

    private void scheduled(int segment, Record.TimerScheduled r) {
        lastStoreMs = Math.max(lastStoreMs, r.storeMs());
        if (r.replaces() != 0) {
            timers.cancelled(log.segmentOf(r.replaces()), r.replacesDueMs(), r.replaces());
        }
        timers.scheduled(segment, r.dueMs(), r.position(), r.sizeBytes());
        queues.scheduled(segment, r.position(), r.keyHashes());
    }

    private void expired(Record.QueueExpired r) {
        queues.expire(r.topicId(), r.queueId(), r.offset());
        leases.expired(
                r.topicId(),
                r.queueId(),
                r.offset(),
                (groupId, offset) -> offsets.commit(groupId, r.topicId(), r.queueId(), offset));
    }

    /** The next lite topic in this queue has nothing of this one but that it begins behind it. */
    private void liteExpired(QueueRef queue) {
        int topicId = queue.topicId();
        int queueId = queue.queueId();
        lites.expired(topicId, queueId);
        queues.expire(topicId, queueId, queues.nextOffset(topicId, queueId));
        for (int groupId : offsets.forgetQueue(topicId, queueId)) {
            leases.forgetQueue(groupId, topicId, queueId);
            resets.goneOn(groupId, queue);
            skips.forgetQueue(groupId, queue);
        }
    }

    private void leased(Record.Leased r) {
        long before = offsets.committed(r.groupId(), r.topicId(), r.queueId());
        long after =
                leases.leased(
                        r.groupId(),
                        r.topicId(),
                        r.queueId(),
                        before,
                        r.number(),
                        r.deadlineMs(),
                        r.cursor(),
                        r.offsets());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), after);
        resets.goneOn(r.groupId(), new QueueRef(r.topicId(), r.queueId()));
    }

    private void deferred(Record.Deferred r) {
        long before = offsets.committed(r.groupId(), r.topicId(), r.queueId());
        long after =
                leases.deferred(
                        r.groupId(),
                        r.topicId(),
                        r.queueId(),
                        before,
                        r.cursor(),
                        r.offsets(),
                        r.marks());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), after);
        resets.goneOn(r.groupId(), new QueueRef(r.topicId(), r.queueId()));
    }

    private void acknowledged(Record.Acknowledged r) {
        long before = offsets.committed(r.groupId(), r.topicId(), r.queueId());
        long after =
                leases.acknowledged(r.groupId(), r.topicId(), r.queueId(), before, r.offsets());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), after);
        resets.goneOn(r.groupId(), new QueueRef(r.topicId(), r.queueId()));
    }

    private void halfStored(int segment, Record.HalfStored r) {
        lastStoreMs = Math.max(lastStoreMs, r.storeMs());
        queues.prepared(segment, r.position(), r.keyHashes());
        if (r.isMoved()) {
            transactions.moved(r.id(), r.position(), r.sizeBytes());
            return;
        }
        transactions.prepared(
                new Transactions.Open(
                        r.id(),
                        r.position(),
                        r.sizeBytes(),
                        r.topicId(),
                        r.queueId(),
                        r.group(),
                        r.storeMs(),
                        r.delayMs(),
                        0,
                        r.nextMs(),
                        false));
    }

    /** A timer that is no longer where it was scheduled is known by that place when it fires. */
    private void cancelled(Record.TimerCancelled r) {
        if (isPendingThere(r.dueMs(), r.position())) {
            timers.cancelled(log.segmentOf(r.position()), r.dueMs(), r.position());
        } else {
            recalled.add(r.dueMs(), r.position());
        }
    }

    /** Whether a timer is still where it was scheduled, and to fire. */
    boolean isPendingThere(long dueMs, long position) {
        return log.segmentOf(position) >= firstSegment && timers.isPending(dueMs, position);
    }

    /** The topics that something is known of, sorted. */
    List<Integer> topicIds() {
        TreeSet<Integer> ids = new TreeSet<>(offsets.topicIds());
        ids.addAll(transactions.topicIds());
        ids.addAll(locks.topicIds());
        queues.sorted().forEach(queue -> ids.add(queue.ref().topicId()));
        return List.copyOf(ids);
    }

    /** Ends {@code segment}: everything applied so far lies in it or before it. */
    void seal(int segment) {
        SegmentIndex index = queues.freeze(segment, lastStoreMs);
        RunWriter timerRun = timers.sealed(segment);
        log.seal(
                segment,
                checkpoint(),
                (Footer.Output output) -> {
                    index.writeTo(output);
                    timerRun.writeTo(output);
                });
    }

    /** {@code segment} has ended and has its footer already. */
    void ended(int segment) {
        queues.freeze(segment, lastStoreMs);
        timers.sealed(segment);
    }

    /** The state as bytes: equal states give equal bytes. */
    ByteBuffer checkpoint() {
        int size =
                HEAD_SIZE_BYTES
                        + queues.checkpointSizeBytes()
                        + offsets.checkpointSizeBytes()
                        + leases.checkpointSizeBytes()
                        + locks.checkpointSizeBytes()
                        + resets.checkpointSizeBytes()
                        + skips.checkpointSizeBytes()
                        + barriers.checkpointSizeBytes()
                        + timers.checkpointSizeBytes()
                        + transactions.checkpointSizeBytes()
                        + recalled.checkpointSizeBytes()
                        + lites.checkpointSizeBytes();
        ByteBuffer out = ByteBuffer.allocate(size);
        out.putInt(VERSION).putInt(firstSegment).putLong(lastStoreMs);
        queues.writeTo(out);
        offsets.writeTo(out);
        leases.writeTo(out);
        timers.checkpoint(out);
        transactions.writeTo(out);
        locks.writeTo(out);
        resets.writeTo(out);
        skips.writeTo(out);
        barriers.writeTo(out);
        recalled.checkpoint(out);
        lites.writeTo(out);
        return out.flip();
    }

    /**
     * Takes over what {@link #checkpoint} wrote, at the end of {@code segment}; on a new object.
     *
     * @throws IOException if {@code in} is no checkpoint, or of another version
     */
    void restore(int segment, ByteBuffer in) throws IOException {
        try {
            read(segment, in);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new CorruptLogException(
                    "the checkpoint in the footer of segment %d makes no sense (%s): move that footer away and restart; it is rebuilt from its segment"
                            .formatted(segment, e),
                    e);
        }
        if (in.hasRemaining()) {
            throw new CorruptLogException(
                    "the checkpoint in the footer of segment %d has %d bytes too many: move that footer away and restart; it is rebuilt from its segment"
                            .formatted(segment, in.remaining()));
        }
    }

    private void read(int segment, ByteBuffer in) throws IOException {
        int version = in.getInt();
        if (version != VERSION) {
            throw new IOException(
                    "checkpoint of version %d, this server reads %d: use the newer version of it"
                            .formatted(version, VERSION));
        }
        firstSegment = in.getInt();
        if (firstSegment > segment + 1) {
            throw new IllegalArgumentException("first segment " + firstSegment);
        }
        lastStoreMs = in.getLong();
        queues.readFrom(in);
        requireEnded(segment, queues.usages());
        offsets.readFrom(in);
        leases.readFrom(in);
        timers.restore(in);
        transactions.readFrom(in);
        requireStored(segment, transactions.openAfter(0, Integer.MAX_VALUE));
        readOrder(in);
        recalled.restore(in);
        lites.readFrom(in);
        for (int i = Math.max(firstSegment, log.firstSegment()); i <= segment; i++) {
            timers.existing(i);
        }
    }

    /** What is kept and what may go is decided by these numbers. */
    private static void requireEnded(int segment, List<SegmentUsage> usages) {
        int before = 0;
        for (SegmentUsage usage : usages) {
            if (usage.segment() <= before || usage.segment() > segment) {
                throw new IllegalArgumentException("usage of segment " + usage.segment());
            }
            before = usage.segment();
        }
    }

    private void requireStored(int segment, List<Transactions.Open> open) {
        for (Transactions.Open each : open) {
            if (log.segmentOf(each.position()) > segment
                    || each.sizeBytes() > log.recordsSizeBytesMax()) {
                throw new IllegalArgumentException(
                        "a half message of %d bytes at %d"
                                .formatted(each.sizeBytes(), each.position()));
            }
        }
    }

    private void readOrder(ByteBuffer in) {
        locks.readFrom(in);
        resets.readFrom(in);
        skips.readFrom(in);
        barriers.readFrom(in);
        resets.forEach(gates::shut);
        for (int topicId : locks.topicIds()) {
            if (barriers.any(topicId)) {
                locks.groupIds(topicId).forEach(groupId -> gates.shut(groupId, topicId));
            }
        }
    }
}
