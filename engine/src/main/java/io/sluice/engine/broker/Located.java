package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.Command.TimerRef;
import io.sluice.engine.shard.PendingMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that was found.
 *
 * @param topic the topic it is in, or will be
 * @param queueId the queue it is in, or will be
 * @param position where its bytes lie
 * @param message in the stored layout
 * @param timer what it waits for, or waited for; null if it is stored
 */
public record Located(
        Topic topic, int queueId, long position, ByteBuffer message, @Nullable TimerRef timer) {

    /** A message that is stored. */
    public static Located stored(Topic topic, ByteBuffer message) {
        return new Located(
                topic,
                StoredMessage.queueId(message, 0),
                StoredMessage.position(message, 0),
                message,
                null);
    }

    static Located pending(Topic topic, PendingMessage pending) {
        return new Located(
                topic,
                pending.queueId(),
                pending.timer().position(),
                pending.message(),
                pending.timer());
    }
}
