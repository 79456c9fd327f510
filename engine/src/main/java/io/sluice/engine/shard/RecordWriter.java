package io.sluice.engine.shard;

import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.time.Clock;
import java.nio.ByteBuffer;

/**
 * Writes records into a batch that has room for them, and applies each at once, so that the next
 * decision sees it. Lives on the shard's executor.
 */
final class RecordWriter {
    private final byte[] storeHost;
    private final Clock clock;
    private final State state;
    private final Firing firing;

    RecordWriter(byte[] storeHost, Clock clock, State state, Firing firing) {
        this.storeHost = storeHost;
        this.clock = clock;
        this.state = state;
        this.firing = firing;
    }

    /** Store times never fall, so that time can be searched, even if the clock is set back. */
    long storeMs() {
        return Math.max(clock.wallMs(), state.lastStoreMs());
    }

    int messageSizeBytes(Message message) {
        return RecordCodec.messageSizeBytes(
                message.keyHashes().length, StoredMessage.sizeBytes(message, storeHost.length));
    }

    long store(PendingBatch batch, Message message, int queueId, long storeMs) {
        ByteBuffer out = batch.batch.buffer();
        long position = batch.batch.positionAt(out.position());
        long offset = state.queues.nextOffset(message.topicId(), queueId);
        Record.MessageStored record =
                writeMessage(out, message, queueId, offset, position, storeMs);
        applyStored(batch, record);
        return record.position();
    }

    private Record.MessageStored writeMessage(
            ByteBuffer out,
            Message message,
            int queueId,
            long offset,
            long position,
            long storeMs) {
        return RecordCodec.writeMessage(
                out,
                message,
                queueId,
                StoredMessage.sizeBytes(message, storeHost.length),
                offset,
                position,
                storeMs,
                storeHost);
    }

    private void applyStored(PendingBatch batch, Record.MessageStored record) {
        Queue queue = state.apply(batch.batch.segment(), record);
        if (queue != null) {
            batch.grew(queue);
        }
    }

    long schedule(
            PendingBatch batch,
            Message message,
            int queueId,
            long dueMs,
            long storeMs,
            long sameness) {
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        long effectiveDueMs = state.timers.effectiveDueMs(dueMs);
        RecordCodec.writeTimerHead(out, messageSizeBytes(message), effectiveDueMs, 0, 0);
        long stored = batch.batch.positionAt(out.position());
        long print = sameness == 0 ? 0 : Resends.low(message, sameness);
        var _ = writeMessage(out, message, queueId, print, stored, storeMs);
        applyTimer(
                batch,
                effectiveDueMs,
                storeMs,
                position,
                out.position() - at,
                0,
                0,
                message.keyHashes());
        return position;
    }

    private void applyTimer(
            PendingBatch batch,
            long dueMs,
            long storeMs,
            long position,
            int sizeBytes,
            long replaces,
            long replacesDueMs,
            long[] keyHashes) {
        state.apply(
                batch.batch.segment(),
                new Record.TimerScheduled(
                        dueMs, storeMs, position, sizeBytes, replaces, replacesDueMs, keyHashes));
        firing.scheduled(dueMs);
    }

    void storeDue(PendingBatch batch, ByteBuffer message, long storeMs) {
        int topicId = RecordCodec.topicIdOfMessage(message);
        int queueId = RecordCodec.queueIdOfMessage(message);
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        out.put(message);
        int stored = RecordCodec.storedIndex(out, at);
        long offset = state.queues.nextOffset(topicId, queueId);
        RecordCodec.place(out, stored, queueId, offset, position + (stored - at), storeMs);
        applyStored(batch, RecordCodec.readMessage(out, at, position));
    }

    void moveTimer(PendingBatch batch, Command.Due timer) {
        long storeMs = storeMs();
        ByteBuffer message = RecordCodec.messageOfTimer(timer.record());
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        RecordCodec.writeTimerHead(
                out, message.remaining(), timer.dueMs(), timer.position(), timer.dueMs());
        int moved = out.position();
        out.put(message);
        int stored = RecordCodec.storedIndex(out, moved);
        long first = StoredMessage.position(out, stored); // by which it can be recalled
        RecordCodec.place(out, stored, RecordCodec.queueIdOfMessage(message), 0, first, storeMs);
        applyTimer(
                batch,
                timer.dueMs(),
                storeMs,
                position,
                out.position() - at,
                timer.position(),
                timer.dueMs(),
                RecordCodec.keyHashes(out, moved));
    }

    /**
     * Writes a half message.
     *
     * @return the transaction
     */
    long half(
            PendingBatch batch,
            Message message,
            int queueId,
            long nextMs,
            long delayMs,
            long storeMs) {
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        RecordCodec.writeHalfHead(out, messageSizeBytes(message), 0, nextMs, delayMs);
        int inner = out.position();
        var _ = writeMessage(out, message, queueId, 0, 0, storeMs);
        return applyHalf(batch, at, inner, storeMs);
    }

    /** Writes the record of an open transaction again. */
    void moveHalf(PendingBatch batch, long id, ByteBuffer record) {
        ByteBuffer message = RecordCodec.messageOfHalf(record);
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        RecordCodec.writeHalfHead(out, message.remaining(), id, 0, 0);
        int inner = out.position();
        out.put(message);
        var _ = applyHalf(batch, at, inner, storeMs());
    }

    private long applyHalf(PendingBatch batch, int at, int inner, long storeMs) {
        ByteBuffer out = batch.batch.buffer();
        RecordCodec.hide(out, inner, storeMs);
        Record.HalfStored record = RecordCodec.readHalf(out, at, batch.batch.positionAt(at));
        state.apply(batch.batch.segment(), record);
        return record.id();
    }

    /** Schedules the message of a committed transaction. */
    void scheduleCommitted(PendingBatch batch, ByteBuffer message, long dueMs, long storeMs) {
        long effectiveDueMs = state.timers.effectiveDueMs(dueMs);
        ByteBuffer out = batch.batch.buffer();
        int at = out.position();
        long position = batch.batch.positionAt(at);
        RecordCodec.writeTimerHead(out, message.remaining(), effectiveDueMs, 0, 0);
        int inner = out.position();
        out.put(message);
        int stored = RecordCodec.storedIndex(out, inner);
        long storedPosition = batch.batch.positionAt(stored);
        int queueId = RecordCodec.queueIdOfMessage(message);
        RecordCodec.place(out, stored, queueId, 0, storedPosition, storeMs);
        applyTimer(
                batch,
                effectiveDueMs,
                storeMs,
                position,
                out.position() - at,
                0,
                0,
                RecordCodec.keyHashes(out, inner));
    }

    void small(PendingBatch batch, Record record) {
        RecordCodec.writeSmall(batch.batch.buffer(), record);
        state.apply(batch.batch.segment(), record);
    }
}
