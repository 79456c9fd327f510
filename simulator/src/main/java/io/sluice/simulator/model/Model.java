package io.sluice.simulator.model;

import io.sluice.engine.queue.QueueRef;
import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.plan.Setting.Profile;
import io.sluice.simulator.world.World;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The reference: what was sent, what was answered, what was seen since, and so what may be. What
 * contradicts a {@link Promise} is told to the {@link Judge}.
 */
public final class Model {
    /** A message that leaves less of a write may have no room in it as a dead letter. */
    private static final int LARGE_BYTES = 1_000;

    private final Judge judge;
    private final GivenBack givenBack = new GivenBack();
    private final Handed handed;
    private final Wanted wanted;
    private final Pace pace;
    private final HandedOrder handedOrder;
    private final Queues queues;
    private final Transactions transactions;
    private final Groups groups;
    private final CatalogModel catalog;
    private final Lites lites;

    /** What is due may wait until the clock has come again to where it had been. */
    private long setBackFromMs;

    private final Set<String> gone = new TreeSet<>(); // topics that were deleted, perhaps

    public Model(World world, Setting setting) {
        judge = new Judge(world, setting);
        transactions = new Transactions(judge);
        handed =
                new Handed(
                        judge,
                        setting.retryMax(),
                        setting.discards(),
                        setting.batchBytes() - LARGE_BYTES);
        queues = new Queues(judge, givenBack, transactions, handed);
        wanted = new Wanted(judge);
        pace = new Pace(judge, setting.ratePerSecond());
        Barriers barriers = new Barriers();
        handedOrder = new HandedOrder(judge, handed, wanted, queues, barriers, setting.marked());
        groups = new Groups(judge, queues.sends(), givenBack, barriers);
        catalog = new CatalogModel(judge);
        lites = new Lites(judge);
    }

    /** Whom to tell what is wrong, and what is owed. */
    public Judge judge() {
        return judge;
    }

    /** What was sent. */
    public Sends sends() {
        return queues.sends();
    }

    /** What lies where. */
    public Queues queues() {
        return queues;
    }

    /** What became of transactions. */
    public Transactions transactions() {
        return transactions;
    }

    /** Who was handed what. */
    public Handed handed() {
        return handed;
    }

    /** Which messages its consumers want. */
    public Wanted wanted() {
        return wanted;
    }

    /** How fast it may be handed messages. */
    public Pace pace() {
        return pace;
    }

    /** In which order. */
    public HandedOrder handedOrder() {
        return handedOrder;
    }

    /** Who is how far. */
    public Groups groups() {
        return groups;
    }

    /** What is in lite topics, and who wants it. */
    public Lites lites() {
        return lites;
    }

    /** Which topics and groups there are. */
    public CatalogModel catalog() {
        return catalog;
    }

    /** The latest time at which something acknowledged is due, wall-clock ms; 0 if nothing is. */
    public long latestDueMs() {
        long latest = 0;
        for (Sent sent : sends().all()) {
            latest = Math.max(latest, sent.fate == Sent.Fate.DONE ? sent.latestDueMs : 0);
        }
        for (GivenBack.Count count : givenBack.all().values()) {
            latest = Math.max(latest, count.latestDueMs);
        }
        latest = Math.max(latest, transactions.latestDueMs());
        return latest == 0 ? 0 : Math.max(latest, setBackFromMs);
    }

    /**
     * When everything that was handed out can have run out at the latest, wall-clock ms; 0 if that
     * is soon. Where the clock was set back, holders have all the time until it is there again.
     */
    public long leasesRunOutMs() {
        long holdMs = Math.max(handed.holdMsMax(), lites.handed().holdMsMax());
        return setBackFromMs == 0 ? 0 : setBackFromMs + holdMs;
    }

    /** An incarnation of a topic is being deleted: nothing more is owed to those who name it. */
    public void deleting(int topicId) {
        judge.forget(topicId);
    }

    /** A topic is being deleted, with what was given back to it. */
    public void deleting(String topic) {
        gone.add(topic);
    }

    /** The clock is about to be set by {@code ms}: what is under way may see it either way. */
    public void clockJumps(long ms) {
        judge.clock();
        if (ms > 0) {
            sends().clockSetAhead();
        }
        if (ms < 0) {
            judge.setBack();
            setBackFromMs = judge.latestWallMs();
            transactions.clockSetBack(ms);
            for (GivenBack.Count count : givenBack.all().values()) {
                if (count.asked > count.done + count.refused) {
                    count.dueMsMin += ms;
                }
            }
        }
    }

    /** The process has ended, in one way or another. */
    public void died() {
        boolean mayLose = judge.async() || !judge.honest();
        judge.died();
        groups.died();
        handed.died();
        pace.died();
        handedOrder.died();
        queues.died();
        lites.died();
        catalog.died();
        if (mayLose) {
            queues.forgetUnseenAnswers();
            sends().forgetAnswers();
            transactions.forgetAnswers();
            givenBack.all().values().forEach(count -> count.done = 0);
        }
    }

    /**
     * Everything that is pending has come, all groups have consumed everything, all queues have
     * been audited.
     *
     * @param topics ids of the topics that exist
     * @param existing ids of the groups that exist
     */
    public void end(List<Integer> topics, List<Integer> existing) {
        if (!judge.honest()) {
            requireNoHole(topics);
            if (judge.profile() == Profile.FLIP) {
                requireOnlyTheLastLost(topics);
            }
            return;
        }
        // A timer whose index is damaged is told to the log, and to nobody who could ask for it.
        boolean isWhole = judge.profile() == Profile.HONEST;
        for (Sent sent : sends().all()) {
            if (sent.fate == Sent.Fate.DONE
                    && !sent.early
                    && (isWhole || !(sent.delayed() || transactions.isDelayed(sent)))
                    && topics.contains(sent.topicId)
                    && !judge.isForgotten(sent.topicId)) {
                end(sent, existing);
            }
        }
        givenBack
                .all()
                .forEach((key, count) -> {
                    if (isWhole && !gone.contains(nameOf(key.topic()))) {
                        end(key, count);
                    }
                });
        queues.endSkipped();
        handedOrder.end();
        lites.end();
        queues.endSizes();
    }

    /**
     * A disk that does not keep what it has may lose the end of the log, and nobody can know; but
     * if something later is there, something earlier may not be gone without a word.
     */
    private void requireNoHole(List<Integer> topics) {
        Map<Integer, Long> latest = new HashMap<>(); // by life, position of what is there
        for (Sent sent : sends().all()) {
            if (isOwed(sent, topics) && queues.isAudited(sends().number(sent, 0))) {
                latest.merge(sent.acknowledgedIn, sent.positions[0], Math::max);
            }
        }
        for (Sent sent : sends().all()) {
            if (isOwed(sent, topics)
                    && !queues.isAudited(sends().number(sent, 0))
                    && !judge.mayHaveExpired(sent.topicId, sent.earliestStoreMs)
                    && sent.positions[0] < latest.getOrDefault(sent.acknowledgedIn, 0L)) {
                judge.violatedInAnyCase(
                        Promise.DELIVERED,
                        "%s is gone without a word from %d, later ones are there"
                                .formatted(sent, sent.positions[0]));
            }
        }
    }

    /**
     * One flipped bit makes at most the last write look torn; each one before is proved durable by
     * the next.
     */
    private void requireOnlyTheLastLost(List<Integer> topics) {
        Map<Integer, Long> latest = new HashMap<>(); // by life, when something was acknowledged
        for (Sent sent : sends().all()) {
            if (isOwed(sent, topics)) {
                latest.merge(sent.acknowledgedIn, sent.acknowledgedNanos, Math::max);
            }
        }
        for (Sent sent : sends().all()) {
            if (isOwed(sent, topics)
                    && !queues.isAudited(sends().number(sent, 0))
                    && !judge.mayHaveExpired(sent.topicId, sent.earliestStoreMs)
                    && sent.acknowledgedNanos < latest.getOrDefault(sent.acknowledgedIn, 0L)) {
                judge.violatedInAnyCase(
                        Promise.DELIVERED,
                        "%s is gone without a word, and was not among the last".formatted(sent));
            }
        }
    }

    private boolean isOwed(Sent sent, List<Integer> topics) {
        return sent.acknowledgedIn > 0
                && !sent.delayed()
                && !sent.half
                && !judge.async()
                && topics.contains(sent.topicId)
                && !judge.isForgotten(sent.topicId);
    }

    private void end(Sent sent, List<Integer> existing) {
        for (int i = 0; i < sent.count; i++) {
            long at = sent.where[i];
            if (at == Sent.NOWHERE) {
                if (sent.recalls[i] == Sent.Recall.NONE
                        && !judge.mayHaveExpired(
                                sent.topicId,
                                Math.max(sent.earliestDueMs(), sent.earliestStoreMs))) {
                    judge.violated(
                            sent.delayed() ? Promise.TIMERS : Promise.DELIVERED,
                            "message %d of %s never came".formatted(i, sent));
                }
                continue;
            }
            QueueModel queue = queues.queue(sent.home());
            for (int group : existing) {
                if (!judge.mayHaveExpired(sent.topicId, queue.storeMs(at))
                        && !judge.mayBeOver(sent)
                        && !groups.maySkip(group, sent.home(), at)
                        && !groups.hasConsumed(group, sends().number(sent, i))) {
                    judge.violated(
                            Promise.DELIVERED,
                            "message %d of %s at offset %d was never delivered to group %d"
                                    .formatted(i, sent, at, group));
                }
            }
        }
    }

    /**
     * The group that receives has had everything of a queue.
     *
     * @param from where it began
     * @param to how far it is: what nobody knew of may have been stored since
     */
    public void endReceived(int groupId, QueueRef ref, long from, long to) {
        if (judge.isForgotten(ref.topicId())) {
            return; // its deletion was not answered, and what was handed out since not noted
        }
        QueueModel queue = queues.existing(ref);
        for (long offset = from; queue != null && offset < Math.min(to, queue.end()); offset++) {
            Sent sent = queue.sendAt(offset) < 0 ? null : sends().get(queue.sendAt(offset));
            if (sent == null
                    || judge.mayBeOver(sent)
                    || wanted.mayBePassedOver(sent)
                    || judge.mayHaveExpired(ref.topicId(), queue.storeMs(offset))) {
                continue;
            }
            for (int i = 0; i < sent.count; i++) {
                String missing =
                        sent.where[i] != offset
                                ? null
                                : handed.missing(groupId, ref, offset, sends().number(sent, i));
                if (missing != null) {
                    judge.violated(Promise.DELIVERED, missing);
                }
            }
        }
    }

    private static String nameOf(String retries) {
        int at = retries.indexOf('@');
        return at < 0 ? retries : retries.substring(0, at);
    }

    private void end(GivenBack.Key key, GivenBack.Count count) {
        long stored = Math.min(count.storedMsMin, count.dueMsMin);
        int there = queues.isLatest(count.audit) ? count.audited : 0;
        if (there < count.done && !judge.mayHaveExpired(0, stored)) {
            judge.violated(
                    Promise.RETRIES,
                    "%s was given back %d times, and is there %d times"
                            .formatted(key, count.done, there));
        }
    }
}
