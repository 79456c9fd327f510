package io.sluice.simulator.run;

import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.filter.SqlExpression;
import io.sluice.engine.filter.SqlSyntaxException;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.SqlFilter;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.simulator.model.Expressions;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Promise;
import io.sluice.simulator.plan.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Pulls, and what each answer to one has to look like. */
final class Pulls {
    /** More than any history asks for. */
    static final int SIZE_BYTES_MAX = 1 << 18;

    private final Node node;
    private final Model model;
    private final Waiters waiters;

    Pulls(Node node, Waiters waiters) {
        this.node = node;
        this.waiters = waiters;
        this.model = node.model();
    }

    /** Pulls for no group. */
    void pull(
            Class<?> operation,
            Topic topic,
            int queueId,
            long from,
            int count,
            int sizeBytes,
            int tags,
            int suspendMs,
            Consumer<Outcome<Pulled>> answer) {
        pull(
                operation,
                Pull.Reader.NOBODY,
                topic,
                queueId,
                from,
                count,
                sizeBytes,
                tags,
                suspendMs,
                answer);
    }

    /** Pulls; {@code answer} gets what passed the model. */
    void pull(
            Class<?> operation,
            Pull.Reader reader,
            Topic topic,
            int queueId,
            long from,
            int count,
            int sizeBytes,
            int tags,
            int suspendMs,
            Consumer<Outcome<Pulled>> answer) {
        QueueRef queue = new QueueRef(topic.id(), queueId);
        MessageFilter filter = filter(tags);
        long askedMs = node.wallMs();
        long askedNanos = model.judge().nanos();
        Asked<Pulled> asked =
                new Asked<>(
                        node,
                        operation,
                        outcome -> {
                            if (outcome instanceof Outcome.Done<Pulled>(Pulled pulled)) {
                                check(reader.groupId(), topic, queue, from, tags, pulled);
                                for (ByteBuffer message : split(pulled)) {
                                    long offset = StoredMessage.queueOffset(message, 0);
                                    model.queues().requireAlive(queue, offset, askedMs, askedNanos);
                                }
                            }
                            answer.accept(outcome);
                        });
        node.broker()
                .pull(
                        new Pull(
                                topic,
                                queueId,
                                from,
                                count,
                                sizeBytes,
                                filter,
                                suspendMs,
                                ByteBuffer::allocate,
                                waiters.asker(suspendMs),
                                asked,
                                reader));
    }

    /** Waits for so long at the end of every queue, for no group. */
    void waitEverywhere(int suspendMs) {
        for (Topic topic : node.broker().catalog().topics()) {
            for (int queue = 0; queue < topic.queues(); queue++) {
                long end = node.broker().endOffset(topic, queue);
                pull(
                        Operation.Browse.class,
                        topic,
                        queue,
                        end,
                        32,
                        SIZE_BYTES_MAX,
                        0,
                        suspendMs,
                        outcome -> {});
            }
        }
    }

    /** Tags, from 1 on. The first two have the same hash, as their hash codes are the same. */
    private static final List<String> TAGS = List.of("AaAa", "BBBB", "red");

    static String tag(int tag) {
        return TAGS.get(tag - 1);
    }

    static MessageFilter filter(int tags) {
        if (tags < 0) {
            try {
                return new SqlFilter(SqlExpression.compile(Expressions.text(~tags)));
            } catch (SqlSyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        List<String> wanted = new ArrayList<>();
        for (int tag = 1; tag <= TAGS.size(); tag++) {
            if ((tags >> (tag - 1) & 1) != 0) {
                wanted.add(tag(tag));
            }
        }
        return TagFilter.of(wanted);
    }

    private void check(
            int groupId, Topic topic, QueueRef queue, long from, int tags, Pulled pulled) {
        model.queues().spans(queue, pulled.first(), pulled.end());
        boolean gaps = tags != 0 || node.limited();
        switch (pulled.found()) {
            case MESSAGES -> messages(topic, queue, from, tags, pulled);
            case NO_MATCH -> {
                require(gaps || pulled.nextOffset() > from, queue, from, pulled);
                model.queues().skipped(queue, tags, from, pulled.nextOffset(), List.of());
            }
            case END -> require(pulled.nextOffset() == from, queue, from, pulled);
            case OUT_OF_RANGE -> {
                if (groupId != 0 && isMoved(from, pulled)) {
                    model.groups().moved(groupId, queue, pulled.nextOffset());
                    return;
                }
                boolean before = from < pulled.first();
                require(
                        before || from > pulled.end() || !model.judge().honest(),
                        queue,
                        from,
                        pulled);
                model.queues().outOfRange(queue, from, pulled.first(), pulled.end());
            }
        }
    }

    /** It was not told where the queue begins or ends. */
    private static boolean isMoved(long from, Pulled pulled) {
        return pulled.nextOffset() != (from < pulled.first() ? pulled.first() : pulled.end())
                || (from >= pulled.first() && from <= pulled.end());
    }

    private void messages(Topic topic, QueueRef queue, long from, int tags, Pulled pulled) {
        boolean gaps = tags != 0 || node.limited();
        long expected = from;
        List<Long> offsets = new ArrayList<>();
        for (ByteBuffer message : split(pulled)) {
            long offset = StoredMessage.queueOffset(message, 0);
            if (gaps ? offset < expected : offset != expected) {
                model.judge()
                        .violated(
                                Promise.OFFSETS,
                                "%s: after %d comes %d".formatted(queue, expected - 1, offset));
            }
            expected = offset + 1;
            offsets.add(offset);
            model.queues().seen(queue, topic.name(), tags, offset, message);
        }
        require(pulled.nextOffset() >= expected, queue, from, pulled);
        require(gaps || pulled.nextOffset() == expected, queue, from, pulled);
        require(offsets.size() == pulled.count(), queue, from, pulled);
        if (gaps) {
            model.queues().skipped(queue, tags, from, pulled.nextOffset(), offsets);
        }
    }

    private void require(boolean right, QueueRef queue, long from, Pulled pulled) {
        if (!right) {
            model.judge()
                    .violated(
                            Promise.OFFSETS,
                            "%s from %d answered %s".formatted(queue, from, pulled));
        }
    }

    static List<ByteBuffer> split(Pulled pulled) {
        List<ByteBuffer> messages = new ArrayList<>(pulled.count());
        ByteBuffer all = pulled.messages();
        for (int at = all.position(); at < all.limit(); ) {
            int size = StoredMessage.sizeBytes(all, at);
            if (size < StoredMessage.SIZE_BYTES_MIN || size > all.limit() - at) {
                throw new IllegalStateException("a message of " + size + " bytes was served");
            }
            messages.add(all.slice(at, size));
            at += size;
        }
        return messages;
    }
}
