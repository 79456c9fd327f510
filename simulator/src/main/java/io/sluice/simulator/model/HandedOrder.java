package io.sluice.simulator.model;

import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Properties;
import io.sluice.engine.queue.QueueRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * In which order messages are handed out where message groups or priorities decide. Who receives by
 * message group gets a message only when nobody else has one of its group, and when each earlier
 * one of it is settled or handed out just before it. Who receives in no order gets nothing while
 * something of higher priority, which was passed on the way to it, has never been handed out.
 */
public final class HandedOrder {
    private static final byte[] MESSAGE_GROUP = name("__SHARDINGKEY");
    private static final byte[] PRIORITY = name("_SYS_MSG_PRIORITY_");

    /** A message that was overtaken, which is right if it was a dead letter by then. */
    private record Overtaken(int message, int topicId, long storeMs, String what) {}

    private final Judge judge;
    private final Handed handed;
    private final Wanted wanted;
    private final Queues queues;
    private final Barriers barriers;
    private final boolean marked;
    private final List<Overtaken> overtaken = new ArrayList<>();
    private boolean anyInOrder;
    private boolean anyElse;
    private boolean anyInNoOrder;
    private long diedMs;

    HandedOrder(
            Judge judge,
            Handed handed,
            Wanted wanted,
            Queues queues,
            Barriers barriers,
            boolean marked) {
        this.judge = judge;
        this.handed = handed;
        this.wanted = wanted;
        this.queues = queues;
        this.barriers = barriers;
        this.marked = marked;
    }

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Nobody may know of what was handed out just before. */
    void died() {
        diedMs = judge.latestWallMs();
    }

    /** Somebody asks. Who wants order looks at no priorities, and what it leaves has none. */
    public void wanted(Ordering ordering) {
        anyInOrder |= ordering != Ordering.NONE;
        anyInNoOrder |= ordering == Ordering.NONE;
        anyElse |= ordering != Ordering.MESSAGE_GROUP;
    }

    /**
     * Messages were handed out together, after {@link Handed#given} was told of each.
     *
     * @param repeated whether the same asker was given it before: meanwhile others, who want no
     *     order of message groups, may have got more of them
     * @param offsets in the order of the answer
     * @param askedNanos when they were first asked for
     * @param from where the group began in the queue
     */
    public void given(
            int groupId,
            QueueRef queue,
            Ordering ordering,
            long number,
            boolean repeated,
            long[] offsets,
            long askedNanos,
            long atMs,
            long from) {
        if (judge.isForgotten(queue.topicId())) {
            return;
        }
        QueueModel known = queues.queue(queue);
        if (!anyInNoOrder && !repeated && !judge.async()) {
            for (long offset : offsets) {
                requireNoBarrier(groupId, queue, offset, known);
            }
        }
        if (!marked) {
            return;
        }
        int last = Integer.MAX_VALUE;
        for (int i = 0; i < offsets.length; i++) {
            Sent sent = sentAt(known, offsets[i]);
            if (sent == null) {
                continue;
            }
            String what = "%s/%d, handed out at %d,".formatted(queue, offsets[i], atMs);
            switch (ordering) {
                case MESSAGE_GROUP -> {
                    List<Long> before = before(offsets, i);
                    requireFirst(groupId, queue, known, from, offsets[i], before, what);
                    if (!repeated || !anyElse) {
                        requireOneHolder(
                                groupId, queue, known, sent, number, askedNanos, atMs, what);
                    }
                }
                case NONE -> {
                    int priority = priority(sent);
                    if (!anyInOrder) {
                        requireHighest(groupId, queue, known, from, offsets[i], what);
                        if (priority > last) {
                            wrong(what + " is behind one of lower priority");
                        }
                    }
                    last = priority;
                }
                case QUEUE -> {}
            }
        }
    }

    /**
     * Nobody who wants order is given what was sent behind a barrier before the rest is settled.
     */
    private void requireNoBarrier(int groupId, QueueRef queue, long offset, QueueModel known) {
        int send = known.sendAt(offset);
        QueueRef behind =
                send < 0
                        ? null
                        : barriers.behind(
                                queue.topicId(), send, other -> settledTo(groupId, other));
        if (behind != null) {
            wrong(
                    "%s/%d, handed out in order, was sent after the topic grew, and %s/%d before"
                            .formatted(queue, offset, behind, settledTo(groupId, behind)));
        }
    }

    /**
     * The first offset of a queue that cannot be settled yet. A group that was sent back has passed
     * its barriers before; what was read for it then may come again.
     */
    private long settledTo(int groupId, QueueRef queue) {
        QueueModel known = queues.queue(queue);
        long end = handed.mayBeReset(groupId, queue) ? 0 : known.end();
        for (long offset = 0; offset < end; offset++) {
            Sent sent = sentAt(known, offset);
            if (sent != null
                    && !judge.mayHaveExpired(queue.topicId(), known.storeMs(offset))
                    && !judge.mayBeOver(sent)
                    && !wanted.mayBePassedOver(sent)
                    && !handed.mayBeSettled(groupId, queue, offset)
                    && !handed.mayBeGone(groupId, queue, offset)) {
                return offset;
            }
        }
        return Long.MAX_VALUE;
    }

    private static List<Long> before(long[] offsets, int end) {
        List<Long> before = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            before.add(offsets[i]);
        }
        return before;
    }

    private @Nullable Sent sentAt(QueueModel known, long offset) {
        int id = known.sendAt(offset);
        return id < 0 ? null : queues.sends().get(id);
    }

    private void requireFirst(
            int groupId,
            QueueRef queue,
            QueueModel known,
            long from,
            long offset,
            List<Long> before,
            String what) {
        String group = messageGroup(sentAt(known, offset));
        for (long earlier = from; earlier < offset; earlier++) {
            Sent other = sentAt(known, earlier);
            if (other != null
                    && messageGroup(other).equals(group)
                    && !before.contains(earlier)
                    && !handed.mayBeSettled(groupId, queue, earlier)
                    && !handed.mayBeDiscarded(groupId, queue, earlier)
                    && !judge.mayBeOver(other)
                    && !wanted.mayBePassedOver(other)
                    && !judge.mayHaveExpired(queue.topicId(), known.storeMs(earlier))) {
                int message = number(other, earlier);
                if (message >= 0) {
                    String why = "%s overtook %d of its group".formatted(what, earlier);
                    long storeMs = known.storeMs(earlier);
                    overtaken.add(new Overtaken(message, queue.topicId(), storeMs, why));
                }
            }
        }
    }

    private void requireOneHolder(
            int groupId,
            QueueRef queue,
            QueueModel known,
            Sent sent,
            long number,
            long askedNanos,
            long atMs,
            String what) {
        for (long offset : handed.heldByOthers(groupId, queue, number, askedNanos, atMs)) {
            Sent other = sentAt(known, offset);
            if (other != null && messageGroup(other).equals(messageGroup(sent))) {
                wrong("%s is of one group with %d, which another holds".formatted(what, offset));
            }
        }
    }

    private void requireHighest(
            int groupId, QueueRef queue, QueueModel known, long from, long offset, String what) {
        int priority = priority(sentAt(known, offset));
        for (long earlier = from; earlier < offset; earlier++) {
            Sent other = sentAt(known, earlier);
            if (other != null
                    && priority(other) > priority
                    && !handed.wasGivenOrSkipped(groupId, queue, earlier)
                    && !judge.mayBeOver(other)
                    && !wanted.mayBePassedOver(other)
                    && known.storeMs(earlier) > diedMs
                    && !judge.mayHaveExpired(queue.topicId(), known.storeMs(earlier))) {
                wrong("%s came before %d of higher priority".formatted(what, earlier));
            }
        }
    }

    private int number(Sent sent, long offset) {
        for (int i = 0; i < sent.count; i++) {
            if (sent.where[i] == offset) {
                return queues.sends().number(sent, i);
            }
        }
        return -1;
    }

    private static String messageGroup(@Nullable Sent sent) {
        String group = sent == null ? null : Properties.text(sent.properties, MESSAGE_GROUP);
        return Objects.requireNonNullElse(group, "");
    }

    private static int priority(@Nullable Sent sent) {
        String priority = sent == null ? null : Properties.text(sent.properties, PRIORITY);
        return priority == null ? 0 : Integer.parseInt(priority);
    }

    private void wrong(String what) {
        judge.violated(Promise.ORDER, what);
    }

    /** All dead letters have been seen, unless they expired: what was overtaken is one of them. */
    void end() {
        for (Overtaken one : overtaken) {
            if (!handed.isBuried(one.message) && !judge.mayHaveExpired(one.topicId, one.storeMs)) {
                wrong(one.what);
            }
        }
    }
}
