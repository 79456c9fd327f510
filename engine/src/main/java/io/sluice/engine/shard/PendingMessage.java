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
 * @param origin where the timer was scheduled first, however often it was moved since
 * @param topicId the topic it will be stored in
 * @param queueId the queue it will be stored in
 * @param message in the stored layout, without a place
 */
public record PendingMessage(
        Command.TimerRef timer, long origin, int topicId, int queueId, ByteBuffer message) {

    /**
     * Reads the TIMER record at {@code position}; null if there is none, or a damaged one. May
     * block. A position that a client named may be any: nothing that a client sent can look like a
     * record that lies there, since the message in it says itself where it was written.
     *
     * @param named whether a client named the position, rather than an index of the shard
     */
    public static @Nullable PendingMessage read(
            Log log, long position, int sizeBytesMax, boolean named) throws IOException {
        ByteBuffer record =
                RecordReader.read(
                        log,
                        position,
                        head -> RecordCodec.mayBeTimer(head, sizeBytesMax),
                        RecordCodec::isIntactTimer);
        if (record == null || (named && RecordCodec.originOfTimer(record) != position)) {
            return null;
        }
        ByteBuffer message = RecordCodec.messageOfTimer(record);
        int stored = RecordCodec.storedIndexOfTimer(record, 0);
        return new PendingMessage(
                new Command.TimerRef(
                        RecordCodec.dueMsOfTimer(record), position, record.remaining()),
                RecordCodec.originOfTimer(record),
                RecordCodec.topicIdOfMessage(message),
                RecordCodec.queueIdOfMessage(message),
                record.slice(stored, StoredMessage.sizeBytes(record, stored)));
    }
}
