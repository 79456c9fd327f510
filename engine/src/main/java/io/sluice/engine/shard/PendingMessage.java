package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import io.sluice.engine.message.StoredMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that is to be stored when it is due, as its TIMER record holds it. Whether it still is,
 * only the shard knows: {@link Command.Examine}.
 *
 * @param timer the timer it waits for
 * @param topicId the topic it will be stored in
 * @param queueId the queue it will be stored in
 * @param message in the stored layout, without a place
 */
public record PendingMessage(Command.TimerRef timer, int topicId, int queueId, ByteBuffer message) {
    private static final int HEAD_SIZE_BYTES = 8;

    /**
     * Reads the TIMER record at {@code position}; null if there is none, or a damaged one. May
     * block. A position that a client named may be any: nothing that a client sent can look like a
     * record that lies there, since the message in it says itself where it was written.
     *
     * @param named whether a client named the position, rather than an index of the shard
     */
    public static @Nullable PendingMessage read(
            Log log, long position, int sizeBytesMax, boolean named) throws IOException {
        if (!mayExist(log, position, HEAD_SIZE_BYTES)) {
            return null;
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD_SIZE_BYTES);
        log.read(position, HEAD_SIZE_BYTES, head);
        int sizeBytes = head.getInt(0);
        if (!RecordCodec.mayBeTimer(head, sizeBytesMax) || !mayExist(log, position, sizeBytes)) {
            return null;
        }
        ByteBuffer record = ByteBuffer.allocate(sizeBytes);
        log.read(position, sizeBytes, record);
        record.flip();
        if (!RecordCodec.isIntactTimer(record)) {
            return null;
        }
        int stored = RecordCodec.storedIndexOfTimer(record);
        if (named && StoredMessage.position(record, stored) != position + stored) {
            return null;
        }
        return of(record, position, stored);
    }

    private static PendingMessage of(ByteBuffer record, long position, int stored) {
        ByteBuffer message = RecordCodec.messageOfTimer(record);
        return new PendingMessage(
                new Command.TimerRef(
                        RecordCodec.dueMsOfTimer(record), position, record.remaining()),
                RecordCodec.topicIdOfMessage(message),
                RecordCodec.queueIdOfMessage(message),
                record.slice(stored, StoredMessage.sizeBytes(record, stored)));
    }

    private static boolean mayExist(Log log, long position, int sizeBytes) {
        return position > 0
                && position <= log.durablePosition() - sizeBytes
                && log.segmentOf(position) >= log.firstSegment();
    }
}
