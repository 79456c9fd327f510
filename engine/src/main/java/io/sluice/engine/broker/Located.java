package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.PendingMessage;
import io.sluice.engine.shard.PreparedMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that was found. One that is in no queue yet waits for its time, or for its transaction;
 * or it did so in vain.
 *
 * @param topic the topic it is in, or will be
 * @param queueId the queue it is in, or will be
 * @param position where its bytes lie
 * @param message in the stored layout
 * @param pending what it waits for, or waited for; null if it does not wait for its time
 * @param transaction what it waits for, or waited for; 0 if it is not a half message
 */
public record Located(
        Topic topic,
        int queueId,
        long position,
        ByteBuffer message,
        @Nullable PendingMessage pending,
        long transaction) {

    /** A message that is stored. */
    public static Located stored(Topic topic, ByteBuffer message) {
        int queueId = StoredMessage.queueId(message, 0);
        return new Located(topic, queueId, StoredMessage.position(message, 0), message, null, 0);
    }

    static Located pending(Topic topic, PendingMessage pending) {
        return new Located(
                topic,
                pending.queueId(),
                pending.timer().position(),
                pending.message(),
                pending,
                0);
    }

    static Located half(Topic topic, PreparedMessage half) {
        return new Located(topic, half.queueId(), half.id(), half.message(), null, half.id());
    }

    /** Whether it is in a queue. */
    public boolean isStored() {
        return pending == null && transaction == 0;
    }

    /** When it is due, wall-clock ms; 0 if it does not wait for its time. */
    public long dueMs() {
        return pending == null ? 0 : pending.timer().dueMs();
    }
}
