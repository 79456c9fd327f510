package io.sluice.simulator.model;

import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the groups are, what they have had, what they gave back, and who of them holds which
 * lock.
 */
public final class Groups {
    /** Nothing in a history is older. */
    private static final long EXPIRING_MS = 3_600_000;

    private record Progress(int groupId, QueueRef queue) {}

    private final Judge judge;
    private final Sends sends;
    private final GivenBack givenBack;
    private final Map<Progress, Commits> commits = new HashMap<>();
    private final Map<Integer, BitSet> consumed = new HashMap<>(); // by group, number of message
    private final Locks locks = new Locks();
    private final Resets resets = new Resets();
    private final Barriers barriers;

    Groups(Judge judge, Sends sends, GivenBack givenBack, Barriers barriers) {
        this.judge = judge;
        this.sends = sends;
        this.givenBack = givenBack;
        this.barriers = barriers;
    }

    /** A commit by a client is handed over. */
    public Commits.Call committing(
            int groupId, QueueRef queue, int client, long offset, boolean raiseOnly) {
        Locks.Expected byLock = locks.commit(groupId, queue, client, nowMs());
        Locks.Expected byReset = resets.commit(groupId, queue, offset);
        if (byLock == Locks.Expected.REFUSED || byReset == Locks.Expected.REFUSED) {
            return commits(groupId, queue).inVain(offset, raiseOnly);
        }
        Commits.Call call = commits(groupId, queue).commit(offset, raiseOnly);
        call.ignorable = byLock != Locks.Expected.GIVEN || byReset != Locks.Expected.GIVEN;
        return call;
    }

    private long nowMs() {
        return judge.nanos() / 1_000_000;
    }

    /** A question for a group's offset is handed over. */
    public Commits.Call asking(int groupId, QueueRef queue) {
        return commits(groupId, queue).ask();
    }

    private Commits commits(int groupId, QueueRef queue) {
        return commits.computeIfAbsent(new Progress(groupId, queue), key -> new Commits(-1));
    }

    /** The answer to a commit. */
    public void committed(int groupId, QueueRef queue, Commits.Call call, long kept) {
        Commits known = commits(groupId, queue);
        if (call.refused || (call.ignorable && kept != call.offset)) {
            ignored(groupId, queue, call, kept);
            return;
        }
        if (!known.isPossibleAnswer(call, kept)) {
            judge.violated(
                    Promise.OFFSETS,
                    "a commit of %d to %s was answered %d; %s"
                            .formatted(call.offset, queue, kept, known));
        }
        known.confirm(call, kept);
    }

    private void ignored(int groupId, QueueRef queue, Commits.Call call, long kept) {
        Commits known = commits(groupId, queue);
        if (!known.isPossibleIgnored(call, kept) && !judge.isForgotten(queue.topicId())) {
            judge.violated(
                    Promise.OFFSETS,
                    "a commit of %d to %s, whose client %s no say, was answered %d; %s"
                            .formatted(
                                    call.offset,
                                    queue,
                                    call.refused ? "has" : "may have",
                                    kept,
                                    known));
        }
        call.refused = true;
        known.confirm(call, kept);
    }

    /** A reset is handed over. */
    public Resets.Asked resetting(int groupId, QueueRef queue, long offset) {
        return resets.resetting(groupId, queue, offset);
    }

    /** A reset is handed over, as a commit that counts whoever consumes. */
    public Commits.Call resettingTo(int groupId, QueueRef queue, long offset) {
        return commits(groupId, queue).commit(offset, false);
    }

    /** A reset is done. */
    public void reset(int groupId, QueueRef queue, Resets.Asked asked, Commits.Call call) {
        resets.reset(groupId, queue, asked);
        commits(groupId, queue).confirm(call, call.offset);
    }

    /** A group's consumer asks for messages. */
    public Resets.Asked pulling(int groupId, QueueRef queue, long from) {
        commits(groupId, queue).pulls(from);
        return resets.pulling(groupId, queue, from);
    }

    /** It is told to go on elsewhere. */
    public void moved(int groupId, QueueRef queue, long to) {
        if (!resets.mayMove(groupId, queue)) {
            judge.violated(
                    Promise.OFFSETS,
                    "group %d is sent to %d of %s by nobody".formatted(groupId, to, queue));
        }
    }

    /**
     * It is answered.
     *
     * @param movedTo -1 if it was not told to go on elsewhere
     */
    public void pulled(int groupId, QueueRef queue, Resets.Asked asked, long movedTo) {
        boolean must = resets.mustMove(groupId, queue, asked);
        resets.pulled(groupId, queue);
        Long to = asked.mustMoveTo();
        if (must && to != null && to != movedTo && !judge.isForgotten(queue.topicId())) {
            judge.violated(
                    Promise.OFFSETS,
                    "group %d was not told that it was sent to %d of %s"
                            .formatted(groupId, to, queue));
        }
    }

    /** It is refused. */
    public void gaveUp(int groupId, QueueRef queue) {
        resets.pulled(groupId, queue);
    }

    /** Whether a group may have been sent beyond a message, so that it need not get it. */
    boolean maySkip(int groupId, QueueRef queue, long offset) {
        return resets.maySkip(groupId, queue, offset);
    }

    /** Somebody asks how many queues a topic has. */
    public Barriers.Learning learning(int topicId, int queues, Queues known) {
        Map<QueueRef, Long> ends = new HashMap<>();
        for (int i = 0; i < queues; i++) {
            QueueRef queue = new QueueRef(topicId, i);
            QueueModel model = known.existing(queue);
            if (model != null && model.end() > 0) {
                ends.put(queue, (long) model.end());
            }
        }
        return new Barriers.Learning(topicId, ends);
    }

    /** It was told, and a barrier was drawn before. */
    public void learnt(Barriers.Learning learning) {
        barriers.learnt(learning, sends.all().size());
    }

    /**
     * A consumer gets a message for which it asked at {@code askedNanos}: had its group to consume
     * others before?
     */
    public void got(int groupId, QueueRef queue, ByteBuffer message, long askedNanos) {
        Sent sent = sends.of(message);
        int topicId = queue.topicId();
        if (sent == null
                || judge.async()
                || judge.isForgotten(topicId)
                || !locks.isInOrder(groupId, topicId, askedNanos, nowMs())) {
            return;
        }
        QueueRef behind =
                barriers.behind(topicId, sent.id, other -> consumed(groupId, topicId, other));
        if (behind != null) {
            judge.violated(
                    Promise.ORDER,
                    "group %d got %s before it had consumed %s to where it was before"
                            .formatted(groupId, sent, behind));
        }
    }

    private long consumed(int groupId, int topicId, QueueRef queue) {
        return judge.mayHaveExpired(topicId, judge.wallMs() - EXPIRING_MS)
                ? Long.MAX_VALUE
                : commits(groupId, queue).highest();
    }

    /** A group is being deleted. */
    public void deleting(int groupId) {
        locks.deleting(groupId);
        resets.deleting(groupId);
    }

    /** The broker serves again. */
    public void started() {
        locks.started(nowMs());
    }

    /**
     * The answer to a question; -1 if the group has committed nothing, 0 if it has not in a queue
     * that the topic got later than the group.
     *
     * @param queuesAtFirst how many queues the topic had when it was created
     */
    public void answered(
            int groupId, QueueRef ref, Commits.Call call, long offset, int queuesAtFirst) {
        Commits known = commits(groupId, ref);
        boolean added = offset == 0 && ref.queueId() >= queuesAtFirst && known.isPossible(call, -1);
        if (!added && !known.isPossible(call, offset)) {
            judge.violated(
                    Promise.OFFSETS,
                    "group %d stands at %d in %s; %s".formatted(groupId, offset, ref, known));
        }
        known.confirm(call, added ? -1 : offset);
    }

    /** A commit was refused, and the refusal says that nothing was changed. */
    public void refused(Commits.Call call) {
        call.refused = true;
    }

    /** A group has consumed a message, or given it back. */
    public void consumed(int groupId, ByteBuffer message) {
        Sent sent = sends.of(message);
        if (sent != null) {
            consumed.computeIfAbsent(groupId, id -> new BitSet())
                    .set(sends.number(sent, Sends.index(message)));
        }
    }

    /**
     * A message is being given back.
     *
     * @param topic where it has to go: the group's retry topic or dead-letter queue
     * @param topicId its incarnation
     * @param dueMs when it may come at the earliest
     */
    public GivenBack.Count givingBack(String topic, int topicId, ByteBuffer message, long dueMs) {
        ByteBuffer body = StoredMessage.body(message, 0);
        int times = StoredMessage.reconsumeTimes(message, 0) + 1;
        GivenBack.Count count =
                givenBack.count(
                        new GivenBack.Key(
                                Queues.retries(topic, topicId),
                                Bodies.send(body),
                                Bodies.index(body),
                                times));
        count.asked++;
        count.dueMsMin = Math.min(count.dueMsMin, dueMs);
        count.latestDueMs = Math.max(count.latestDueMs, dueMs);
        return count;
    }

    /** It was taken back. */
    public void takenBack(GivenBack.Count count) {
        count.last().done++;
    }

    /** It was refused, and the refusal says that nothing was stored. */
    public void refused(GivenBack.Count count) {
        count.last().refused++;
    }

    /** A request for locks, or to give them back, and what had been committed before. */
    public record Locking(Locks.Claim claim, List<Long> committed) {}

    private Locking under(Locks.Claim claim) {
        List<Long> committed =
                claim.queues().stream()
                        .map(queue -> commits(claim.groupId(), queue).count())
                        .toList();
        return new Locking(claim, committed);
    }

    /** A client asks for order locks. */
    public Locking locking(int groupId, int client, List<QueueRef> queues) {
        return under(locks.claim(groupId, client, queues, nowMs()));
    }

    /** A client was told which locks it holds. */
    public void locked(Locking locking, List<QueueRef> held) {
        String wrong = locks.answered(locking.claim, held, judge.nanos());
        if (wrong != null && locking.claim.topicIds().stream().noneMatch(judge::isForgotten)) {
            judge.violated(Promise.ORDER, wrong);
        }
    }

    /** A client gives locks back. */
    public Locking unlocking(int groupId, int client, List<QueueRef> queues) {
        return under(locks.release(groupId, client, queues, nowMs()));
    }

    /** A client leaves its group, and gives all its locks back. */
    public Locking leaving(int groupId, int client) {
        return unlocking(groupId, client, locks.queues(groupId));
    }

    /** A request for locks, or to give them back, was refused and has changed nothing. */
    public void refused(Locking locking) {
        Locks.Claim claim = locking.claim;
        locks.refused(claim, nowMs());
        for (int i = 0; i < locking.committed.size(); i++) {
            commits(claim.groupId(), claim.queues().get(i)).unsure(locking.committed.get(i));
        }
    }

    boolean hasConsumed(int groupId, int message) {
        BitSet all = consumed.get(groupId);
        return all != null && all.get(message);
    }

    void died() {
        locks.died(nowMs());
        resets.died();
    }
}
