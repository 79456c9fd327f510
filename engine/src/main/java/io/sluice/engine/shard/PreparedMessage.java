package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that is stored if its transaction is committed, as a HALF record holds it. Whether it
 * still may be, only the shard knows: {@link Command.Examine}.
 *
 * @param id the transaction
 * @param topicId the topic it would be stored in
 * @param queueId the queue it would be stored in
 * @param message in the stored layout, without a place
 */
public record PreparedMessage(long id, int topicId, int queueId, ByteBuffer message) {

    /**
     * Reads the HALF record at a position that an index of the shard led to; null if there is none,
     * or a damaged one. May block.
     */
    public static @Nullable PreparedMessage read(Log log, long position, int sizeBytesMax)
            throws IOException {
        ByteBuffer record =
                RecordReader.read(
                        log,
                        position,
                        head -> RecordCodec.mayBeHalf(head, sizeBytesMax),
                        RecordCodec::isIntactHalf);
        if (record == null) {
            return null;
        }
        Record.HalfStored half = RecordCodec.readHalf(record, 0, position);
        return new PreparedMessage(
                half.id(), half.topicId(), half.queueId(), RecordCodec.storedOfHalf(record));
    }
}
