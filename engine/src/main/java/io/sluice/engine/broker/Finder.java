package io.sluice.engine.broker;

import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Joined;
import io.sluice.engine.log.Log;
import io.sluice.engine.message.KeyHash;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.Selection;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.schedule.Transactions;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Command.TimerRef;
import io.sluice.engine.shard.HalfMessage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.PendingMessage;
import io.sluice.engine.shard.PreparedMessage;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages by key, tag, time and place, also those that are not due yet, and tells what
 * became of one in a group. Every method may be called from any thread and never blocks; replies
 * come as those of {@link Broker}.
 */
public final class Finder {
    /** Positions asked of the index at once, so that a key of millions takes bounded memory. */
    private static final int POSITIONS_MAX = 256;

    private final Catalog catalog;
    private final Log log;
    private final Shard shard;
    private final MessageReader messages;
    private final TagSearch tags;
    private final Inquiry inquiry;

    Finder(
            Catalog catalog,
            Log log,
            Shard shard,
            MessageReader messages,
            ToLongFunction<Group> rateWaitMs) {
        this.catalog = catalog;
        this.log = log;
        this.shard = shard;
        this.messages = messages;
        this.tags = new TagSearch(shard, messages);
        this.inquiry = new Inquiry(catalog, messages, this, rateWaitMs);
    }

    /**
     * Messages that have a key. What the index led to and cannot be read is told, for it may be
     * what was looked for.
     */
    public void byKey(KeyQuery query, Consumer<Outcome<Found>> reply) {
        byte[] key = query.key().getBytes(StandardCharsets.UTF_8);
        long hash = KeyHash.of(query.topic().id(), key, 0, key.length);
        messages.indexed(reply, () -> byKey(query, key, hash));
    }

    private Found byKey(KeyQuery query, byte[] key, long hash) throws IOException {
        Page page = new Page(query.countMax(), query.sizeBytesMax());
        long before = query.before();
        while (true) {
            long[] positions = shard.queues().positionsOfKey(hash, before, POSITIONS_MAX);
            for (long position : positions) {
                ByteBuffer message = messages.stored(position);
                if (message == null) {
                    page.missing(position, messages.mayExist(position));
                } else if (KeyMatch.hasKey(message, key, query.kind())
                        && isVisible(message, query.topic())
                        && isWithin(message, query.fromMs(), query.toMs())
                        && !page.add(message)) {
                    return page.found(before);
                }
                before = position;
            }
            if (positions.length < POSITIONS_MAX) {
                return page.found(Found.END);
            }
        }
    }

    /** Messages that have a tag. */
    public void byTag(TagQuery query, Consumer<Outcome<Found>> reply) {
        messages.indexed(reply, () -> tags.search(query));
    }

    private boolean isVisible(ByteBuffer message, Topic topic) {
        Queue queue = shard.queues().queue(topic.id(), StoredMessage.queueId(message, 0));
        long offset = StoredMessage.queueOffset(message, 0);
        byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
        return queue != null
                && offset >= queue.first()
                && offset < queue.end()
                && Arrays.equals(StoredMessage.topic(message, 0), name);
    }

    static boolean isWithin(ByteBuffer message, long fromMs, long toMs) {
        long storeMs = StoredMessage.storeMs(message, 0);
        return storeMs >= fromMs && storeMs <= toMs;
    }

    /** The newest message under {@code hash} that {@code test} accepts; null if there is none. */
    @Nullable ByteBuffer newest(long hash, Topic topic, Predicate<ByteBuffer> test)
            throws IOException {
        long before = Long.MAX_VALUE;
        while (true) {
            long[] positions = shard.queues().positionsOfKey(hash, before, POSITIONS_MAX);
            for (long position : positions) {
                ByteBuffer message = messages.stored(position);
                if (message != null && isVisible(message, topic) && test.test(message)) {
                    return message;
                }
                before = position;
            }
            if (positions.length < POSITIONS_MAX) {
                return null;
            }
        }
    }

    /** The newest pending message under {@code hash} that {@code test} accepts; null if none. */
    @Nullable PendingMessage newestPending(long hash, int topicId, Predicate<ByteBuffer> test)
            throws IOException {
        for (long position :
                shard.queues()
                        .positionsOfKey(KeyHash.pending(hash), Long.MAX_VALUE, POSITIONS_MAX)) {
            PendingMessage pending =
                    PendingMessage.read(log, position, MessageReader.SIZE_BYTES_MAX, false);
            if (pending != null && pending.topicId() == topicId && test.test(pending.message())) {
                return pending;
            }
        }
        return null;
    }

    private @Nullable PreparedMessage newestHalf(long hash, int topicId, Predicate<ByteBuffer> test)
            throws IOException {
        for (long position :
                shard.queues().positionsOfKey(KeyHash.half(hash), Long.MAX_VALUE, POSITIONS_MAX)) {
            PreparedMessage half =
                    PreparedMessage.read(log, position, MessageReader.SIZE_BYTES_MAX);
            if (half != null && half.topicId() == topicId && test.test(half.message())) {
                return half;
            }
        }
        return null;
    }

    /**
     * The newest message that has a key, as its unique key or else as one of its keys: stored, or
     * not due yet, or of a transaction that has not been committed.
     */
    public void byAnyKey(Topic topic, String key, Consumer<Outcome<Located>> reply) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        messages.indexed(
                reply,
                () -> {
                    Located unique = newest(topic, bytes, KeyQuery.Kind.UNIQUE_KEY);
                    return unique != null ? unique : newest(topic, bytes, KeyQuery.Kind.KEY);
                });
    }

    /** What was written last is what became of a message: it leaves a timer for its queue. */
    private @Nullable Located newest(Topic topic, byte[] key, KeyQuery.Kind kind)
            throws IOException {
        long hash = KeyHash.of(topic.id(), key, 0, key.length);
        Predicate<ByteBuffer> test = message -> KeyMatch.hasKey(message, key, kind);
        ByteBuffer stored = newest(hash, topic, test);
        Located newest = stored == null ? null : Located.stored(topic, stored);
        PendingMessage pending = newestPending(hash, topic.id(), test);
        if (pending != null) {
            newest = newer(newest, Located.pending(topic, pending));
        }
        PreparedMessage half = newestHalf(hash, topic.id(), test);
        return half == null ? newest : newer(newest, Located.half(topic, half));
    }

    private static Located newer(@Nullable Located one, Located other) {
        return one != null && one.position() > other.position() ? one : other;
    }

    /** The message at an offset of a queue. */
    public void byPlace(Topic topic, int queueId, long offset, Consumer<Outcome<Located>> reply) {
        if (!topic.mayHave(queueId)) {
            reply.accept(Broker.queueUnknown(topic, queueId));
            return;
        }
        Queue queue = shard.queues().queue(topic.id(), queueId);
        if (queue == null || offset < queue.first() || offset >= queue.end()) {
            reply.accept(Outcome.refused(Refusal.MESSAGE_UNKNOWN, missing(queueId, queue, offset)));
            return;
        }
        messages.indexed(
                reply,
                () -> {
                    Selection selection = new Selection(1, Long.MAX_VALUE, offset);
                    shard.queues().read(queue, TagFilter.ALL, selection);
                    ByteBuffer message =
                            selection.count() == 0 ? null : messages.stored(selection.position(0));
                    return message == null ? null : Located.stored(topic, message);
                });
    }

    private static String missing(int queueId, @Nullable Queue queue, long offset) {
        return queue == null || queue.first() == queue.end()
                ? "queue %d is empty".formatted(queueId)
                : "queue %d has offsets %d to %d, not %d"
                        .formatted(queueId, queue.first(), queue.end() - 1, offset);
    }

    /**
     * The message at a position that a client named: stored there, or scheduled there. One that was
     * due since is where it is now.
     */
    public void byPosition(long position, Consumer<Outcome<Located>> reply) {
        messages.indexed(reply, () -> byPosition(position));
    }

    private @Nullable Located byPosition(long position) throws IOException {
        ByteBuffer stored = messages.stored(position);
        if (stored != null) {
            byte[] name = StoredMessage.topic(stored, 0);
            Topic topic = catalog.topic(new String(name, StandardCharsets.UTF_8));
            return topic == null ? null : Located.stored(topic, stored);
        }
        PendingMessage pending =
                PendingMessage.read(log, position, MessageReader.SIZE_BYTES_MAX, true);
        Topic topic = pending == null ? null : catalog.topic(pending.topicId());
        if (pending == null || topic == null) {
            return null;
        }
        String key = KeyMatch.uniqueKey(pending.message());
        Located now =
                key == null
                        ? null
                        : newest(
                                topic,
                                key.getBytes(StandardCharsets.UTF_8),
                                KeyQuery.Kind.UNIQUE_KEY);
        return newer(now, Located.pending(topic, pending));
    }

    /** The message of an undecided transaction. */
    public void byTransaction(long id, Consumer<Outcome<Located>> reply) {
        submit(
                new Command.ReadHalf(
                        id,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Done<HalfMessage>(HalfMessage half) ->
                                        reply.accept(half(half));
                                case Outcome.Refused<HalfMessage> refused ->
                                        reply.accept(refused.of());
                            }
                        }),
                reply);
    }

    private Outcome<Located> half(HalfMessage half) {
        Transactions.Open open = half.transaction();
        Topic topic = catalog.topic(open.topicId());
        return topic == null
                ? Outcome.refused(Refusal.TOPIC_UNKNOWN, "the topic has just been deleted")
                : Outcome.done(
                        Located.half(
                                topic,
                                new PreparedMessage(
                                        open.id(), open.topicId(), open.queueId(), half.stored())));
    }

    /**
     * What became of a message in a group.
     *
     * @param audience who is in the group at present
     */
    public void why(
            Located message, Group group, Why.Audience audience, Consumer<Outcome<Why>> reply) {
        inquiry.why(message, group, audience, reply);
    }

    /** The groups that have ever asked for a place in a topic, by name. */
    public void groupsOf(Topic topic, Consumer<Outcome<List<Group>>> reply) {
        submit(
                new Command.QueryMembers(
                        topic.id(),
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Done<List<Joined>>(List<Joined> joined) ->
                                        reply.accept(Outcome.done(groups(joined)));
                                case Outcome.Refused<List<Joined>> refused ->
                                        reply.accept(refused.of());
                            }
                        }),
                reply);
    }

    private List<Group> groups(List<Joined> joined) {
        List<Group> groups = new ArrayList<>();
        for (Joined each : joined) {
            Group group = catalog.group(each.groupId());
            if (group != null) {
                groups.add(group);
            }
        }
        groups.sort(Comparator.comparing(Group::name));
        return groups;
    }

    /**
     * The messages that are due next, and how many wait in all.
     *
     * @param countMax how many at most; fewer are told while more are still being loaded
     */
    public void nextDue(int countMax, Consumer<Outcome<Waiting>> reply) {
        submit(
                new Command.NextTimers(
                        countMax,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Done<Command.TimerList>(Command.TimerList list) ->
                                        messages.indexed(reply, () -> read(list));
                                case Outcome.Refused<Command.TimerList> refused ->
                                        reply.accept(refused.of());
                            }
                        }),
                reply);
    }

    private Waiting read(Command.TimerList list) throws IOException {
        List<PendingMessage> next = new ArrayList<>();
        for (TimerRef timer : list.next()) {
            PendingMessage pending =
                    PendingMessage.read(log, timer.position(), MessageReader.SIZE_BYTES_MAX, false);
            if (pending != null) {
                next.add(pending);
            }
        }
        return new Waiting(next, list.pending());
    }

    /**
     * Messages that are not due yet.
     *
     * @param next the earliest, earliest first
     * @param pending how many there are in all, as far as that is known
     */
    public record Waiting(List<PendingMessage> next, long pending) {
        public Waiting {
            next = List.copyOf(next);
        }
    }

    <T> void submit(Command command, Consumer<Outcome<T>> reply) {
        if (!shard.submit(command)) {
            reply.accept(
                    Outcome.refused(Refusal.BUSY, "too much is under way: try again in a moment"));
        }
    }
}
