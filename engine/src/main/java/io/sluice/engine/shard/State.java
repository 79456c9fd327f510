package io.sluice.engine.shard;

import io.sluice.engine.group.Leases;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.Resets;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.SegmentIndex;
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
 * living through it. Order locks and parked readers are not state: they end with the process.
 */
final class State {
    private static final int VERSION = 2;
    private static final int HEAD_SIZE_BYTES = 16;

    final QueueIndex queues;
    final Offsets offsets = new Offsets();
    final Leases leases = new Leases();
    final Resets resets = new Resets();
    final Timers timers;
    final Transactions transactions = new Transactions();
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
            case Record.TimersFired r -> timers.fired(r.dueMs(), r.position());
            case Record.GroupJoined r -> offsets.join(r.groupId(), r.topicId(), r.queues());
            case Record.OffsetCommitted r -> committed(r);
            case Record.QueueExpired r -> expired(r);
            case Record.SegmentsExpired r -> {
                firstSegment = Math.max(firstSegment, r.segment());
                queues.trimmed(firstSegment);
                timers.trimmed(firstSegment);
            }
            case Record.TopicForgotten r -> {
                queues.forgetTopic(r.topicId());
                offsets.forgetTopic(r.topicId());
                leases.forgetTopic(r.topicId());
                resets.forgetTopic(r.topicId());
                transactions.forgetTopic(r.topicId());
            }
            case Record.GroupForgotten r -> {
                offsets.forgetGroup(r.groupId());
                leases.forgetGroup(r.groupId());
                resets.forgetGroup(r.groupId());
            }
            case Record.Leased r -> leased(r);
            case Record.Acknowledged r -> acknowledged(r);
            case Record.LeaseExtended r ->
                    leases.extended(
                            r.groupId(), r.topicId(), r.queueId(), r.offset(), r.deadlineMs());
            case Record.LeasesForgotten r ->
                    leases.forgetQueue(r.groupId(), r.topicId(), r.queueId());
            case Record.HalfStored r -> halfStored(r);
            case Record.TransactionChecked r ->
                    transactions.checked(r.id(), r.checks(), r.nextMs(), r.givenUp());
            case Record.TransactionDecided r ->
                    transactions.decided(r.id(), r.decision(), r.atMs());
            case Record.OffsetReset r -> {
                leases.forgetQueue(r.groupId(), r.topicId(), r.queueId());
                offsets.commit(r.groupId(), r.topicId(), r.queueId(), r.offset());
                resets.reset(r.groupId(), r.topicId(), r.queueId(), r.from(), r.offset(), r.atMs());
            }
        }
        return null;
    }

    private Queue stored(int segment, Record.MessageStored r) {
        lastStoreMs = Math.max(lastStoreMs, r.storeMs());
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

    private void committed(Record.OffsetCommitted r) {
        long offset = leases.committed(r.groupId(), r.topicId(), r.queueId(), r.offset());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), offset);
    }

    private void expired(Record.QueueExpired r) {
        queues.expire(r.topicId(), r.queueId(), r.offset());
        leases.expired(
                r.topicId(),
                r.queueId(),
                r.offset(),
                (groupId, offset) -> offsets.commit(groupId, r.topicId(), r.queueId(), offset));
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
    }

    private void acknowledged(Record.Acknowledged r) {
        long before = offsets.committed(r.groupId(), r.topicId(), r.queueId());
        long after =
                leases.acknowledged(r.groupId(), r.topicId(), r.queueId(), before, r.offsets());
        offsets.commit(r.groupId(), r.topicId(), r.queueId(), after);
    }

    private void halfStored(Record.HalfStored r) {
        lastStoreMs = Math.max(lastStoreMs, r.storeMs());
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

    /** The topics that something is known of, sorted. */
    List<Integer> topicIds() {
        TreeSet<Integer> ids = new TreeSet<>(offsets.topicIds());
        ids.addAll(transactions.topicIds());
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
                        + resets.checkpointSizeBytes()
                        + timers.checkpointSizeBytes()
                        + transactions.checkpointSizeBytes();
        ByteBuffer out = ByteBuffer.allocate(size);
        out.putInt(VERSION).putInt(firstSegment).putLong(lastStoreMs);
        queues.writeTo(out);
        offsets.writeTo(out);
        leases.writeTo(out);
        resets.writeTo(out);
        timers.checkpoint(out);
        transactions.writeTo(out);
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
        offsets.readFrom(in);
        leases.readFrom(in);
        resets.readFrom(in);
        timers.restore(in);
        transactions.readFrom(in);
        for (int i = Math.max(firstSegment, log.firstSegment()); i <= segment; i++) {
            timers.existing(i);
        }
    }
}
