package io.sluice.engine.shard;

import io.sluice.engine.group.Offsets;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Footer;
import io.sluice.engine.log.Log;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.SegmentIndex;
import io.sluice.engine.schedule.Recalled;
import io.sluice.engine.schedule.RunWriter;
import io.sluice.engine.schedule.Timers;
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
    private static final int VERSION = 1;
    private static final int HEAD_SIZE_BYTES = 16;

    final QueueIndex queues;
    final Offsets offsets = new Offsets();
    final Timers timers;
    final Recalled recalled = new Recalled();
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
            case Record.OffsetCommitted r ->
                    offsets.commit(r.groupId(), r.topicId(), r.queueId(), r.offset());
            case Record.QueueExpired r -> queues.expire(r.topicId(), r.queueId(), r.offset());
            case Record.SegmentsExpired r -> {
                firstSegment = Math.max(firstSegment, r.segment());
                queues.trimmed(firstSegment);
                timers.trimmed(firstSegment);
            }
            case Record.TopicForgotten r -> {
                queues.forgetTopic(r.topicId());
                offsets.forgetTopic(r.topicId());
            }
            case Record.GroupForgotten r -> offsets.forgetGroup(r.groupId());
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
                        + timers.checkpointSizeBytes()
                        + recalled.checkpointSizeBytes();
        ByteBuffer out = ByteBuffer.allocate(size);
        out.putInt(VERSION).putInt(firstSegment).putLong(lastStoreMs);
        queues.writeTo(out);
        offsets.writeTo(out);
        timers.checkpoint(out);
        recalled.checkpoint(out);
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
        timers.restore(in);
        recalled.restore(in);
        for (int i = Math.max(firstSegment, log.firstSegment()); i <= segment; i++) {
            timers.existing(i);
        }
    }
}
