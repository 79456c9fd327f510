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
    private record Progress(int groupId, QueueRef queue) {}

    private final Judge judge;
    private final Sends sends;
    private final GivenBack givenBack;
    private final Map<Progress, Commits> commits = new HashMap<>();
    private final Map<Integer, BitSet> consumed = new HashMap<>(); // by group, number of message
    private final Locks locks = new Locks();

    Groups(Judge judge, Sends sends, GivenBack givenBack) {
        this.judge = judge;
        this.sends = sends;
        this.givenBack = givenBack;
    }

    /** A commit is handed over. */
    public Commits.Call committing(int groupId, QueueRef queue, long offset, boolean raiseOnly) {
        return commits(groupId, queue).commit(offset, raiseOnly);
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
        if (!known.isPossibleAnswer(call, kept)) {
            judge.violated(
                    Promise.OFFSETS,
                    "a commit of %d to %s was answered %d; %s"
                            .formatted(call.offset, queue, kept, known));
        }
        known.confirm(call, kept);
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

    /** A client asks for order locks. */
    public Locks.Claim locking(int groupId, int client, List<QueueRef> queues) {
        return locks.claim(groupId, client, queues, judge.nanos() / 1_000_000);
    }

    /** A client was told which locks it holds. */
    public void locked(Locks.Claim claim, List<QueueRef> held) {
        String wrong = locks.answered(claim, held);
        if (wrong != null) {
            judge.violated(Promise.ORDER, wrong);
        }
    }

    /** A client gives a lock back. */
    public void unlocked(int groupId, QueueRef queue, int client) {
        locks.unlocked(groupId, queue, client);
    }

    /** A client leaves its group. */
    public void left(int groupId, int client) {
        locks.left(groupId, client);
    }

    boolean hasConsumed(int groupId, int message) {
        BitSet all = consumed.get(groupId);
        return all != null && all.get(message);
    }

    void died() {
        locks.restarted();
    }
}
