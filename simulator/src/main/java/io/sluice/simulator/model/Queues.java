package io.sluice.simulator.model;

import io.sluice.engine.catalog.Names;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What lies in the queues, as far as somebody was told or has seen it. A queue belongs to an
 * incarnation of a topic, so what appears in the wrong one is a phantom.
 */
public final class Queues {
    private final Judge judge;
    private final Sends sends;
    private final GivenBack givenBack;
    private final Transactions transactions;
    private final Handed handed;
    private final Map<QueueRef, QueueModel> queues = new TreeMap<>(Queues::compare);
    private final List<Skipped> skipped = new ArrayList<>();
    private final BitSet audited = new BitSet(); // by number of message
    private int audit;

    /** A reader that wanted some tags only was led from one offset to another. */
    private record Skipped(
            QueueRef queue, int tags, long from, long next, List<Long> got, long latestMs) {}

    /** Where the dead letters of the group are that receives instead of pulling. */
    private static final String RECEIVED_DEAD_LETTERS = Names.deadLetterTopic(Handed.GROUP);

    Queues(Judge judge, GivenBack givenBack, Transactions transactions, Handed handed) {
        this.handed = handed;
        this.judge = judge;
        this.sends = new Sends(judge, this);
        this.givenBack = givenBack;
        this.transactions = transactions;
    }

    Sends sends() {
        return sends;
    }

    @Nullable QueueModel existing(QueueRef ref) {
        return queues.get(ref);
    }

    boolean isAudited(int message) {
        return audited.get(message);
    }

    boolean isLatest(int number) {
        return number == audit;
    }

    /** What had just expired may be there again, if that was not yet durable. */
    void died() {
        queues.values().forEach(queue -> queue.toldFirst = 0);
    }

    void forgetUnseenAnswers() {
        queues.values().forEach(QueueModel::forgetUnseenAnswers);
    }

    /** Whether those who wanted some tags only were led past one. */
    void endSkipped() {
        skipped.forEach(this::end);
    }

    private static int compare(QueueRef a, QueueRef b) {
        return a.topicId() != b.topicId()
                ? Integer.compare(a.topicId(), b.topicId())
                : Integer.compare(a.queueId(), b.queueId());
    }

    QueueModel queue(QueueRef ref) {
        return queues.computeIfAbsent(ref, r -> new QueueModel());
    }

    /**
     * A stored message was served.
     *
     * @param home the topic of whose queue it was read
     * @param name that topic's name
     * @param tags those that were wanted, a bit for each; 0 if all were; the complement of the
     *     number of one of {@link Expressions} if that was asked for
     * @return the send it belongs to; null if it belongs to none
     */
    public @Nullable Sent seen(
            QueueRef home, String name, int tags, long offset, ByteBuffer message) {
        Sent sent = sends.of(message);
        if (sent == null) {
            judge.violated(
                    Promise.UNALTERED,
                    "a phantom or altered message at %s/%d".formatted(home, offset));
            return null;
        }
        byte[] topic = StoredMessage.topic(message, 0);
        if (!Arrays.equals(topic, name.getBytes(StandardCharsets.UTF_8))) {
            // What was written of the catalog may be lost, and with it which ids were given away.
            if (judge.honest()) {
                judge.violated(Promise.UNALTERED, "%s is in topic %s".formatted(sent, name));
            }
            return sent;
        }
        if (judge.isForgotten(home.topicId())) {
            return sent;
        }
        if (StoredMessage.queueOffset(message, 0) != offset
                || StoredMessage.queueId(message, 0) != home.queueId()) {
            judge.violated(
                    Promise.OFFSETS,
                    "%s at %s/%d says it lies at %d/%d"
                            .formatted(
                                    sent,
                                    home,
                                    offset,
                                    StoredMessage.queueId(message, 0),
                                    StoredMessage.queueOffset(message, 0)));
        }
        if (StoredMessage.reconsumeTimes(message, 0) == 0
                && !Arrays.equals(StoredMessage.properties(message, 0), sent.properties)) {
            judge.violated(Promise.UNALTERED, "%s has other properties".formatted(sent));
        }
        if (!wants(tags, sent)) {
            judge.violated(Promise.UNALTERED, "a reader of tags %x got %s".formatted(tags, sent));
        }
        remember(home, name, offset, sent, message);
        return sent;
    }

    /** A message was handed out for a time; its number, negative if there is no such message. */
    public int received(QueueRef home, String name, long offset, ByteBuffer message) {
        Sent sent = seen(home, name, 0, offset, message);
        return sent == null ? -1 : sends.number(sent, Sends.index(message));
    }

    /** What a message holds that was handed out. */
    public Handed.Content content(int number, ByteBuffer message) {
        Sent sent = sends.of(message);
        long overMs = sent == null || sent.ttlMs == 0 ? Long.MAX_VALUE : sent.firstMs + sent.ttlMs;
        return new Handed.Content(
                number, message.limit(), StoredMessage.storeMs(message, 0), overMs);
    }

    private void remember(QueueRef home, String name, long offset, Sent sent, ByteBuffer message) {
        QueueModel queue = queue(home);
        long hash = hash(message);
        if (queue.hash(offset) == hash) {
            return;
        }
        if (queue.hash(offset) != 0) {
            judge.violated(
                    Promise.ANSWERS_STAND,
                    "%s/%d changed: it was %s, it is %s"
                            .formatted(home, offset, sends.get(queue.sendAt(offset)), sent));
        }
        if (queue.sendAt(offset) >= 0 && queue.sendAt(offset) != sent.id) {
            judge.violated(
                    Promise.OFFSETS,
                    "at %s/%d lies %s, not %s"
                            .formatted(home, offset, sent, sends.get(queue.sendAt(offset))));
        }
        long storeMs = StoredMessage.storeMs(message, 0);
        queue.seen(offset, sent.id, hash, storeMs, message.limit());
        if (!queue.isInOrder(offset)) {
            judge.violated(Promise.ORDER, "store times fall at %s/%d".formatted(home, offset));
        }
        int index = Bodies.index(StoredMessage.body(message, 0));
        int times = StoredMessage.reconsumeTimes(message, 0);
        if (times == 0) {
            first(home, offset, sent, index, storeMs);
        } else {
            requireOrigin(name, sent, message);
            again(retries(name, home.topicId()), sent, index, times, storeMs);
        }
    }

    private void first(QueueRef home, long offset, Sent sent, int index, long storeMs) {
        boolean isAtHome = home.topicId() == sent.topicId && home.queueId() == sent.queueId;
        if (!isAtHome && home.topicId() == sent.topicId && sends.mayBeElsewhere(sent)) {
            return;
        }
        if (!isAtHome) {
            judge.violated(Promise.UNALTERED, "%s is in %s".formatted(sent, home));
        }
        if (sent.fate == Sent.Fate.REFUSED) {
            judge.violated(Promise.ANSWERS_STAND, "%s lies at offset %d".formatted(sent, offset));
        }
        if (sent.half) {
            transactions.seen(sent, storeMs);
        }
        if (sent.delayed()
                && (storeMs < sent.earliestDueMs()
                        || judge.latestWallMs() < sent.earliestDueMs())) {
            judge.violated(Promise.TIMERS, "%s came at %d, too early".formatted(sent, storeMs));
        }
        sends.place(sent, index, offset);
    }

    /** What was given back says to which topic it was sent. */
    private void requireOrigin(String name, Sent sent, ByteBuffer message) {
        byte[] properties = StoredMessage.properties(message, 0);
        String origin = Properties.text(properties, Properties.RETRY_TOPIC);
        if (!sent.topic.equals(origin)) {
            judge.violated(
                    Promise.RETRIES,
                    "%s in %s says that it is of %s".formatted(sent, name, origin));
        }
    }

    /**
     * What stands for a topic of messages given back. A group that is created anew has a new retry
     * topic, in which nothing may be; dead letters stay.
     */
    static String retries(String topic, int topicId) {
        return topic.startsWith(Names.RETRY_PREFIX) ? topic + "@" + topicId : topic;
    }

    private void again(String home, Sent sent, int index, int times, long storeMs) {
        if (home.equals(RECEIVED_DEAD_LETTERS)) {
            handed.buried(
                    sends.number(sent, index), times, "message %d of %s".formatted(index, sent));
            return;
        }
        GivenBack.Count count = givenBack.of(new GivenBack.Key(home, sent.id, index, times));
        count.seen++;
        count.storedMsMin = Math.min(count.storedMsMin, storeMs);
        if (count.seen > count.asked - count.refused) {
            judge.violated(
                    Promise.RETRIES,
                    "message %d of %s came %d times to %s with attempt %d, given back %d times, of which %d were refused"
                            .formatted(
                                    index,
                                    sent,
                                    count.seen,
                                    home,
                                    times,
                                    count.asked,
                                    count.refused));
        }
        if (storeMs < count.dueMsMin) {
            judge.violated(
                    Promise.TIMERS,
                    "message %d of %s came again at %d, due at %d"
                            .formatted(index, sent, storeMs, count.dueMsMin));
        }
    }

    private static long hash(ByteBuffer message) {
        long hash = message.limit();
        int at = 0;
        for (; at + Long.BYTES <= message.limit(); at += Long.BYTES) {
            hash = (hash ^ message.getLong(at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        for (; at < message.limit(); at++) {
            hash = (hash ^ message.get(at)) * 0x9E3779B97F4A7C15L;
        }
        return hash == 0 ? 1 : hash;
    }

    /** Of a negative number, its complement is that of an expression. */
    static boolean wants(int tags, Sent sent) {
        if (tags < 0) {
            return Expressions.isTrue(~tags, sent.tag, sent.key);
        }
        return tags == 0 || (sent.tag > 0 && (tags >> (sent.tag - 1) & 1) != 0);
    }

    /**
     * A message was given to somebody who asked for it at a time: had it still to live then?
     *
     * @param askedMs wall-clock ms
     */
    public void requireAlive(QueueRef queue, long offset, long askedMs, long askedNanos) {
        int send = queue(queue).sendAt(offset);
        if (send >= 0
                && sends.get(send).isOver(askedMs)
                && !judge.wasSetBackSince(askedNanos)
                && !judge.isForgotten(queue.topicId())) {
            judge.violated(
                    Promise.TIMERS,
                    "%s was given to who asked at %d, after its time to live of %d ms"
                            .formatted(sends.get(send), askedMs, sends.get(send).ttlMs));
        }
    }

    /** A reader that wanted some tags was given {@code got} and sent on from {@code next}. */
    public void skipped(QueueRef queue, int tags, long from, long next, List<Long> got) {
        skipped.add(new Skipped(queue, tags, from, next, List.copyOf(got), judge.latestWallMs()));
    }

    /** A queue was said to have these first and end offsets. */
    public void spans(QueueRef ref, long first, long end) {
        if (judge.isForgotten(ref.topicId())) {
            return;
        }
        QueueModel queue = queue(ref);
        if (first < queue.toldFirst || end < queue.toldEnd || first > end) {
            judge.violated(
                    Promise.OFFSETS,
                    "%s spans %d to %d, after %d to %d"
                            .formatted(ref, first, end, queue.toldFirst, queue.toldEnd));
        }
        if (first > queue.toldFirst) {
            begins(ref, queue, first);
        }
        queue.toldFirst = first;
        queue.toldEnd = end;
    }

    /** What lies before a queue's first message has to have expired. */
    private void begins(QueueRef ref, QueueModel queue, long first) {
        if (!judge.honest()) {
            return;
        }
        for (long offset = Math.min(first, queue.end()) - 1; offset >= 0; offset--) {
            if (queue.sendAt(offset) >= 0
                    && !judge.mayHaveExpired(ref.topicId(), queue.storeMs(offset))
                    && !sends.get(queue.sendAt(offset)).early) {
                judge.violated(
                        Promise.RETENTION,
                        "%s/%d is gone, stored at %d, although nothing before %d has expired"
                                .formatted(
                                        ref, offset, queue.storeMs(offset), judge.latestWallMs()));
            }
        }
    }

    /** An offset was said to lie outside of its queue. */
    public void outOfRange(QueueRef ref, long from, long first, long end) {
        if (!judge.isForgotten(ref.topicId()) && from > end && from <= queue(ref).end()) {
            judge.violated(
                    Promise.OFFSETS,
                    "%s/%d was said to lie beyond the end %d".formatted(ref, from, end));
        }
    }

    /** A search by time came to an offset: what is before was stored earlier, it itself was not. */
    public void foundByTime(QueueRef ref, long ms, long offset, long first, long endBefore) {
        QueueModel queue = queue(ref);
        if (judge.isForgotten(ref.topicId())) {
            return;
        }
        boolean tooFar =
                offset > 0
                        && offset - 1 >= first
                        && queue.hash(offset - 1) != 0
                        && queue.storeMs(offset - 1) >= ms;
        boolean tooNear =
                offset < endBefore && queue.hash(offset) != 0 && queue.storeMs(offset) < ms;
        if (tooFar || tooNear) {
            judge.violated(
                    Promise.CATALOG,
                    "a search for %d in %s came to %d, stored at %d, after %d"
                            .formatted(
                                    ms,
                                    ref,
                                    offset,
                                    queue.hash(offset) == 0 ? 0 : queue.storeMs(offset),
                                    offset > 0 ? queue.storeMs(offset - 1) : 0));
        }
    }

    /** All queues are about to be read from their first to their last message. */
    public void auditBegins() {
        audit++;
        audited.clear();
    }

    /** The audit has come to a message, which {@link #seen} has been told of. */
    public void audited(QueueRef home, String name, ByteBuffer message) {
        Sent sent = sends.of(message);
        if (sent == null) {
            return;
        }
        queue(home).audited(StoredMessage.queueOffset(message, 0), audit);
        int number = Bodies.index(StoredMessage.body(message, 0));
        audited.set(sends.number(sent, number));
        int times = StoredMessage.reconsumeTimes(message, 0);
        if (times > 0) {
            int index = Bodies.index(StoredMessage.body(message, 0));
            GivenBack.Count count =
                    givenBack.of(
                            new GivenBack.Key(
                                    retries(name, home.topicId()), sent.id, index, times));
            if (count.audit != audit) {
                count.audit = audit;
                count.audited = 0;
            }
            count.audited++;
        }
    }

    /** A queue has been read to its end. */
    public void auditEnds(QueueRef ref, long first, long end) {
        QueueModel queue = queues.get(ref);
        if (queue == null || !judge.honest()) {
            return;
        }
        for (long offset = first; offset < queue.end(); offset++) {
            int send = queue.sendAt(offset);
            if (send >= 0 && !queue.wasAudited(offset, audit) && !sends.get(send).early) {
                judge.violated(
                        Promise.DELIVERED,
                        "%s is gone from %s/%d, the queue holds %d to %d"
                                .formatted(sends.get(send), ref, offset, first, end));
            }
        }
    }

    /** Of topics that keep so many bytes, at least so many have to be there. */
    void endSizes() {
        Map<Integer, long[]> sizes = new TreeMap<>(); // by topic: there now, and not too old
        queues.forEach((ref, queue) -> {
            long[] size = sizes.computeIfAbsent(ref.topicId(), id -> new long[2]);
            for (long at = 0; at < queue.end(); at++) {
                size[0] += queue.wasAudited(at, audit) ? queue.sizeBytes(at) : 0;
                size[1] +=
                        judge.isTooOld(ref.topicId(), queue.storeMs(at)) ? 0 : queue.sizeBytes(at);
            }
        });
        sizes.forEach((topicId, size) -> {
            long owed = Math.min(judge.keepBytes(topicId), size[1]);
            if (!judge.isForgotten(topicId) && size[0] < owed) {
                judge.violated(
                        Promise.RETENTION,
                        "topic %d holds %d bytes and has to keep %d"
                                .formatted(topicId, size[0], owed));
            }
        });
    }

    private void end(Skipped each) {
        QueueModel queue = queues.get(each.queue);
        for (long at = each.from; queue != null && at < Math.min(each.next, queue.end()); at++) {
            int send = queue.sendAt(at);
            if (send >= 0
                    && wants(each.tags, sends.get(send))
                    && queue.hash(at) != 0
                    && !sends.get(send).isOver(each.latestMs)
                    && !judge.mayHaveExpired(each.queue.topicId(), queue.storeMs(at))
                    && !each.got.contains(at)) {
                judge.violated(
                        Promise.DELIVERED,
                        "a reader of tags %x was led past %s at %s/%d"
                                .formatted(each.tags, sends.get(send), each.queue, at));
            }
        }
    }
}
