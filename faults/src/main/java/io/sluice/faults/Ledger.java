package io.sluice.faults;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server has promised: every message, offset and message given back that was acknowledged,
 * and those that were tried and never answered. One thread at a time.
 *
 * <p>A queue's messages are remembered until they have been audited, then only as a checksum of
 * each block; a delayed or given-back message is remembered until it has come. So a ledger stays
 * small however long it is kept.
 */
public final class Ledger {
    /** What became of a request. */
    private enum Fate {
        UNANSWERED,
        ACKNOWLEDGED
    }

    /** A message that is to come later. */
    private record Later(Fate fate, long earliestMs) {}

    /**
     * One time that a group gave a message back, having been given it {@code times} times again.
     */
    record Return(long id, int group, int times) {}

    private record Coming(Fate fate, boolean dead, long earliestMs) {}

    /** One connection that sends, for as long as it lives. */
    static final class Sender {
        final int number;
        final long[] lastAudited;
        final Set<Long> refused = new HashSet<>();
        long framed;

        Sender(int number, int queues) {
            this.number = number;
            lastAudited = new long[queues];
            Arrays.fill(lastAudited, -1);
        }
    }

    final Plan plan;
    final List<QueueName> queues;
    final List<Template> templates;
    final Violations violations;
    private final List<QueueLedger> queueLedgers;
    private final Map<Integer, Sender> senders = new HashMap<>();
    private final Map<Long, Later> delayed = new HashMap<>();
    private final Map<Return, Coming> returns = new HashMap<>();
    private final long[][] committed;
    private final long[][] committing;
    private final long[][] returnedTo;
    private final CatalogLedger catalog;
    private final Tally tally = new Tally();
    private int nextSender = 1;

    /** An empty ledger: nothing was sent yet. */
    public Ledger(Plan plan, Violations violations) {
        this.plan = plan;
        this.violations = violations;
        catalog = new CatalogLedger(violations);
        queues = plan.queues();
        templates = Template.all(plan);
        queueLedgers = queues.stream().map(QueueLedger::new).toList();
        committed = new long[plan.groups().size()][queues.size()];
        committing = new long[plan.groups().size()][queues.size()];
        returnedTo = new long[plan.groups().size()][queues.size()];
    }

    /** Topics, queues and groups. */
    public Plan plan() {
        return plan;
    }

    /** Counts over the whole run. */
    public Tally tally() {
        return tally;
    }

    /** What was found broken. */
    public Violations violations() {
        return violations;
    }

    QueueLedger queue(int index) {
        return queueLedgers.get(index);
    }

    CatalogLedger catalog() {
        return catalog;
    }

    Sender newSender() {
        Sender sender = new Sender(nextSender++, queues.size());
        senders.put(sender.number, sender);
        return sender;
    }

    /** Null if there was no such sender, or all of what it sent is audited. */
    @Nullable Sender sender(int number) {
        return senders.get(number);
    }

    /** From now on nothing more of the present senders may appear, except what is delayed. */
    void closeSenders() {
        senders.clear();
    }

    void delayedSent(long id, long earliestMs) {
        delayed.put(id, new Later(Fate.UNANSWERED, earliestMs));
    }

    void acknowledged(long id, int queue, long offset) {
        tally.messages++;
        if (offset < queue(queue).audited()) {
            violations.add(
                    "%s was acknowledged at offset %d of %s, where another was read before",
                    Payload.shown(id), offset, queues.get(queue));
            return;
        }
        long before = queue(queue).acknowledge(offset, id);
        if (before >= 0) {
            violations.add(
                    "offset %d of %s was given to %s and to %s",
                    offset, queues.get(queue), Payload.shown(before), Payload.shown(id));
        }
    }

    void delayedAcknowledged(long id) {
        tally.messages++;
        tally.delayed++;
        Later sent = delayed.get(id);
        if (sent != null) { // else it came before its acknowledgement
            delayed.put(id, new Later(Fate.ACKNOWLEDGED, sent.earliestMs));
        }
    }

    /**
     * The server said no.
     *
     * @param certain whether that promises that it is not stored
     */
    void refused(Sender sender, long id, boolean certain) {
        tally.refused++;
        if (certain) {
            sender.refused.add(id);
            delayed.remove(id);
        }
    }

    /** A delayed message is stored in its queue: whether it was due once. */
    void delayedCame(long id, QueueName queue, long storeMs) {
        Later later = delayed.remove(id);
        if (later == null) {
            violations.add(
                    "delayed %s is in %s and was not sent, was refused, or came before",
                    Payload.shown(id), queue);
        } else if (storeMs < later.earliestMs) {
            violations.add(
                    "delayed %s came %d ms early", Payload.shown(id), later.earliestMs - storeMs);
        } else {
            tally.delayedCame++;
            tally.late(storeMs - later.earliestMs);
        }
    }

    void returning(Return what, boolean dead, long earliestMs) {
        returns.put(what, new Coming(Fate.UNANSWERED, dead, earliestMs));
    }

    void returned(Return what) {
        tally.returns++;
        Coming coming = returns.get(what);
        if (coming != null) { // else it came before its acknowledgement
            returns.put(what, new Coming(Fate.ACKNOWLEDGED, coming.dead, coming.earliestMs));
        }
    }

    void returnCame(Return what, QueueName queue, long storeMs) {
        Coming coming = returns.remove(what);
        boolean dead = queue.kind() == QueueName.Kind.DEAD;
        if (coming == null) {
            violations.add("%s is in %s and was not given back", what, queue);
        } else if (coming.dead != dead) {
            violations.add("%s is in %s, dead letter should be %s", what, queue, coming.dead);
        } else if (storeMs < coming.earliestMs) {
            violations.add("%s came %d ms early", what, coming.earliestMs - storeMs);
        } else {
            tally.returnsCame++;
        }
    }

    /** Whether a group that reads this offset has not yet decided what to do with it. */
    boolean mayReturn(int group, int queue, long offset) {
        boolean first = offset >= returnedTo[group][queue];
        returnedTo[group][queue] = Math.max(returnedTo[group][queue], offset + 1);
        return first;
    }

    void committing(int group, int queue, long offset) {
        committing[group][queue] = Math.max(committing[group][queue], offset);
    }

    void committed(int group, int queue, long offset) {
        tally.commits++;
        committed[group][queue] = Math.max(committed[group][queue], offset);
    }

    /** Compares what the server says a group has committed; -1 if it says nothing. */
    void checkCommitted(int group, int queue, long offset) {
        if (offset < committed[group][queue] && committed[group][queue] > 0) {
            violations.add(
                    "%s had committed %d of %s, now it is %d",
                    plan.groups().get(group), committed[group][queue], queues.get(queue), offset);
        } else if (offset > committing[group][queue]) {
            violations.add(
                    "%s has %d committed of %s and never committed more than %d",
                    plan.groups().get(group), offset, queues.get(queue), committing[group][queue]);
        }
        committed[group][queue] = Math.max(committed[group][queue], offset);
    }

    /** Acknowledged delayed messages and returns that have not come yet. */
    public long awaited() {
        return delayed.values().stream().filter(l -> l.fate == Fate.ACKNOWLEDGED).count()
                + returns.values().stream().filter(c -> c.fate == Fate.ACKNOWLEDGED).count();
    }

    /** Counts what is still awaited as lost; to be called when all had time to come. */
    public void checkNothingAwaited() {
        delayed.forEach((id, later) -> {
            if (later.fate == Fate.ACKNOWLEDGED) {
                violations.add("delayed %s never came", Payload.shown(id));
            }
        });
        returns.forEach((what, coming) -> {
            if (coming.fate == Fate.ACKNOWLEDGED) {
                violations.add("%s never came again", what);
            }
        });
    }
}
