package io.sluice.engine.broker;

import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import io.sluice.engine.time.Clock;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How far ahead messages may be due, and how they are taken back. Stateless; any thread. */
public final class Delays {
    private final long delayMsMax;
    private final Clock clock;
    private final MessageReader messages;
    private final Shard shard;

    Delays(long delayMsMax, Clock clock, MessageReader messages, Shard shard) {
        this.delayMsMax = delayMsMax;
        this.clock = clock;
        this.messages = messages;
        this.shard = shard;
    }

    /** The time that comes in {@code delayMs}, wall-clock ms; that of a huge delay is huge. */
    public long dueAfterMs(long delayMs) {
        long nowMs = clock.wallMs();
        return delayMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + delayMs;
    }

    /** Why a message may not be due then; null if it may. Retries have a schedule of their own. */
    Outcome.@Nullable Refused<Appended> fault(Topic topic, long dueMs) {
        return dueMs == 0
                        || topic.name().startsWith(Names.RETRY_PREFIX)
                        || dueMs - clock.wallMs() <= delayMsMax
                ? null
                : Outcome.refused(
                        Refusal.TOO_FAR_AHEAD,
                        "a message may be due in %d ms at most: set delay-max higher, or send it later"
                                .formatted(delayMsMax));
    }

    /**
     * Takes a delayed message back before it is due: it will never be delivered.
     *
     * @param dueMs as its sender was told, see {@link Appended}
     * @param position as its sender was told
     */
    public void recall(Topic topic, long dueMs, long position, Consumer<Outcome<Long>> reply) {
        messages.scheduled(
                position,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<ByteBuffer>(ByteBuffer record) ->
                                recall(
                                        new Command.Recall(
                                                topic.id(), dueMs, position, record, reply));
                        case Outcome.Refused<ByteBuffer> refused -> reply.accept(refused.of());
                    }
                });
    }

    private void recall(Command.Recall recall) {
        if (!shard.submit(recall)) {
            recall.refuse(
                    Outcome.refused(Refusal.BUSY, "too much is under way: try again in a moment"));
        }
    }
}
