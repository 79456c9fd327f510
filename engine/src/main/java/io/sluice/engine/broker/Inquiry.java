package io.sluice.engine.broker;

import io.sluice.engine.broker.Why.Copy;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.message.KeyHash;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Command.TimerRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.PendingMessage;
import io.sluice.engine.shard.Standing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the facts about a message and a group, one after the other: the copies that retries and
 * dead letters are, on a reader thread; where the group stands, from the shard. The answer is
 * {@link Why#of}'s.
 */
final class Inquiry {
    /** The copies that the index led to, each the newest of its kind. */
    private record Copies(@Nullable Copy stored, @Nullable PendingMessage pending) {}

    private final Catalog catalog;
    private final MessageReader messages;
    private final Finder finder;
    private final ToLongFunction<Group> rateWaitMs;

    /**
     * @param rateWaitMs for how long a group's rate holds it back, in ms
     */
    Inquiry(
            Catalog catalog,
            MessageReader messages,
            Finder finder,
            ToLongFunction<Group> rateWaitMs) {
        this.rateWaitMs = rateWaitMs;
        this.catalog = catalog;
        this.messages = messages;
        this.finder = finder;
    }

    void why(Located message, Group group, Why.Audience audience, Consumer<Outcome<Why>> reply) {
        messages.indexed(
                copies -> then(copies, reply, found -> ask(message, group, audience, found, reply)),
                () -> copies(message, group));
    }

    private Copies copies(Located message, Group group) throws IOException {
        Topic retries = catalog.topic(Names.retryTopic(group.name()));
        Topic dead = catalog.topic(Names.deadLetterTopic(group.name()));
        Copy retry = retries == null ? null : newest(message, retries, Copy.Kind.RETRY);
        Copy letter = dead == null ? null : newest(message, dead, Copy.Kind.DEAD);
        Copy stored =
                retry == null || (letter != null && letter.position() > retry.position())
                        ? letter
                        : retry;
        return new Copies(
                stored,
                retries == null
                        ? null
                        : finder.newestPending(
                                hash(message, retries),
                                retries.id(),
                                copy -> isCopy(copy, message)));
    }

    private @Nullable Copy newest(Located message, Topic topic, Copy.Kind kind) throws IOException {
        ByteBuffer copy =
                finder.newest(hash(message, topic), topic, found -> isCopy(found, message));
        return copy == null
                ? null
                : new Copy(
                        kind,
                        StoredMessage.reconsumeTimes(copy, 0),
                        StoredMessage.storeMs(copy, 0),
                        StoredMessage.position(copy, 0),
                        StoredMessage.queueOffset(copy, 0));
    }

    private static boolean isCopy(ByteBuffer copy, Located message) {
        return KeyMatch.isCopy(copy, message.message(), message.position());
    }

    /** The hash under which copies of the message are found in {@code topic}. */
    private static long hash(Located message, Topic topic) {
        String unique = KeyMatch.uniqueKey(message.message());
        if (unique == null) {
            return KeyHash.ofOrigin(topic.id(), message.position());
        }
        byte[] bytes = unique.getBytes(StandardCharsets.UTF_8);
        return KeyHash.of(topic.id(), bytes, 0, bytes.length);
    }

    private void ask(
            Located message,
            Group group,
            Why.Audience audience,
            Copies copies,
            Consumer<Outcome<Why>> reply) {
        QueueRef queue = new QueueRef(message.topic().id(), message.queueId());
        examine(
                group,
                queue,
                message.isStored() ? StoredMessage.queueOffset(message.message(), 0) : Offsets.NONE,
                message.pending(),
                message.transaction(),
                reply,
                here -> {
                    Topic retries = catalog.topic(Names.retryTopic(group.name()));
                    if (retries == null) {
                        answer(message, group, audience, here, null, Offsets.NONE, reply);
                    } else {
                        askRetries(message, group, audience, copies, here, retries, reply);
                    }
                });
    }

    private void askRetries(
            Located message,
            Group group,
            Why.Audience audience,
            Copies copies,
            Standing here,
            Topic retries,
            Consumer<Outcome<Why>> reply) {
        PendingMessage pending = copies.pending;
        examine(
                group,
                new QueueRef(retries.id(), 0),
                Offsets.NONE,
                pending,
                0,
                reply,
                there ->
                        answer(
                                message,
                                group,
                                audience,
                                here,
                                newest(copies, there.timer() == Standing.Timer.PENDING),
                                there.start(),
                                reply));
    }

    /** What was written last happened last. */
    private static @Nullable Copy newest(Copies copies, boolean stillPending) {
        PendingMessage pending = copies.pending;
        Copy stored = copies.stored;
        if (pending == null
                || !stillPending
                || (stored != null && stored.position() > pending.timer().position())) {
            return stored;
        }
        TimerRef timer = pending.timer();
        int times = StoredMessage.reconsumeTimes(pending.message(), 0);
        return new Copy(Copy.Kind.PENDING, times, timer.dueMs(), timer.position(), 0);
    }

    private void answer(
            Located message,
            Group group,
            Why.Audience audience,
            Standing here,
            @Nullable Copy copy,
            long retryStart,
            Consumer<Outcome<Why>> reply) {
        boolean outlived =
                TimeToLive.isLimited(message.message(), 0)
                        && TimeToLive.isOver(message.message(), 0, here.nowMs());
        long waitMs = rateWaitMs.applyAsLong(group);
        Why.Facts facts =
                new Why.Facts(
                        message.dueMs(),
                        message.transaction(),
                        StoredMessage.queueOffset(message.message(), 0),
                        outlived,
                        message.topic().readable(),
                        group.settings().consumeEnabled(),
                        waitMs == 0 ? 0 : here.nowMs() + waitMs,
                        here,
                        copy,
                        retryStart,
                        audience);
        reply.accept(Outcome.done(Why.of(facts)));
    }

    private void examine(
            Group group,
            QueueRef queue,
            long offset,
            @Nullable PendingMessage pending,
            long transaction,
            Consumer<Outcome<Why>> reply,
            Consumer<Standing> next) {
        finder.submit(
                new Command.Examine(
                        group.id(),
                        queue,
                        offset,
                        pending,
                        transaction,
                        outcome -> then(outcome, reply, next)),
                reply);
    }

    private static <T> void then(
            Outcome<T> outcome, Consumer<Outcome<Why>> reply, Consumer<T> next) {
        switch (outcome) {
            case Outcome.Done<T>(T value) -> next.accept(value);
            case Outcome.Refused<T> refused -> reply.accept(refused.of());
        }
    }
}
