package io.sluice.simulator.model;

import io.sluice.engine.schedule.TransactionRules;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.schedule.Transactions.Open;
import io.sluice.engine.shard.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What producers and operators decided about transactions, and what they were answered. */
public final class Transactions {
    /** Small times and numbers, so that short histories come to all of them. */
    public static final TransactionRules RULES = new TransactionRules(500, 2_000, 3, 60_000, 60);

    /** One transaction. */
    public static final class Tx {
        private final Sent sent;
        private final long delayMs;
        private long id;
        private boolean mustBeThere;
        private int commits;
        private int rollbacks;
        private long commitMsMin = Long.MAX_VALUE;
        private long dueMs;
        private long sinceMsMin;
        private @Nullable Decision decision;
        private long decidedNanos;

        private Tx(Sent sent, long delayMs, long nowMs) {
            this.sent = sent;
            this.delayMs = delayMs;
            this.sinceMsMin = nowMs;
        }

        /** By which it is decided; 0 as long as nobody knows. */
        public long id() {
            return id;
        }

        /** Whether it is known how it was decided. */
        public boolean isDecided() {
            return decision != null;
        }

        @Override
        public String toString() {
            return "transaction %d (%s, %s, %d commits and %d rollbacks)"
                    .formatted(id, sent, decision, commits, rollbacks);
        }
    }

    private final Judge judge;
    private final List<Tx> known = new ArrayList<>();
    private final Map<Long, Tx> byId = new HashMap<>();
    private final Map<Integer, Tx> bySend = new HashMap<>();
    private final Map<Long, Integer> checks = new HashMap<>(); // how often, by id

    Transactions(Judge judge) {
        this.judge = judge;
    }

    /** A half message is handed over. */
    public Tx preparing(Sent sent, long delayMs) {
        sent.half = true;
        Tx tx = new Tx(sent, delayMs, judge.wallMs());
        bySend.put(sent.id, tx);
        return tx;
    }

    /** It was answered that it is stored. */
    public void prepared(Tx tx, long id) {
        named(tx, id);
        tx.mustBeThere = true;
    }

    private void named(Tx tx, long id) {
        if (tx.id == id) {
            return;
        }
        if (tx.id != 0) {
            violated(tx, "has two ids, %d and %d".formatted(tx.id, id));
        }
        tx.id = id;
        known.add(tx);
        Tx other = byId.put(id, tx);
        if (other != null) {
            violated(tx, "has the id of " + other);
        }
    }

    private void violated(Tx tx, String what) {
        if (!judge.isForgotten(tx.sent.topicId)) {
            judge.violated(Promise.TRANSACTIONS, tx + " " + what);
        }
    }

    /** One of those whose ids are known; null if there is none. */
    public @Nullable Tx pick(int number) {
        if (known.isEmpty()) {
            return null;
        }
        int among = number % 2 == 0 ? Math.min(8, known.size()) : known.size();
        return known.get(known.size() - 1 - number / 2 % among);
    }

    /** All whose ids are known, in a topic that is not being deleted. */
    public List<Tx> known() {
        return known.stream().filter(tx -> !judge.isForgotten(tx.sent.topicId)).toList();
    }

    // Deciding.

    /** Somebody who may is about to decide. */
    public void deciding(Tx tx, boolean commit) {
        if (commit) {
            tx.commits++;
            tx.commitMsMin = Math.min(tx.commitMsMin, judge.wallMs());
        } else {
            tx.rollbacks++;
        }
    }

    /** What somebody was answered who decided, or who must not. */
    public void answered(Tx tx, Decision decision) {
        if (tx.decision != null && tx.decision != decision) {
            violated(tx, "was answered " + decision);
        }
        boolean possible =
                switch (decision) {
                    case COMMITTED -> tx.commits > 0;
                    case ROLLED_BACK -> tx.rollbacks > 0;
                    case EXPIRED -> mayHaveExpired(tx);
                };
        if (!possible) {
            violated(tx, "was answered " + decision + ", which nobody wanted");
        }
        if (tx.decision == null) {
            tx.decision = decision;
            tx.decidedNanos = judge.nanos();
            decided(tx);
        }
    }

    private boolean mayHaveExpired(Tx tx) {
        return judge.latestWallMs() - tx.sinceMsMin >= RULES.expiryMs();
    }

    private void decided(Tx tx) {
        if (tx.decision != Decision.COMMITTED) {
            if (tx.sent.where[0] != Sent.NOWHERE) {
                violated(tx, "is seen");
            }
            return;
        }
        tx.sent.fate = Sent.Fate.DONE;
        tx.sent.acknowledgedIn = judge.life();
        tx.sent.acknowledgedNanos = judge.nanos();
        tx.sent.earliestStoreMs = Math.min(tx.commitMsMin, judge.wallMs());
        tx.dueMs = tx.delayMs == 0 ? 0 : judge.latestWallMs() + tx.delayMs;
    }

    /** A decision was refused. */
    public void refused(Tx tx, boolean commit, Refusal why) {
        if (why == Refusal.STORAGE_FAILED) {
            return; // it may have been done
        }
        if (commit) {
            tx.commits--;
        } else {
            tx.rollbacks--;
        }
        if (why == Refusal.TRANSACTION_UNKNOWN && (tx.mustBeThere || tx.decision != null)) {
            violated(tx, "is unknown");
        }
    }

    /** One who must not decide was refused. */
    public void strangerRefused(Tx tx, Refusal why) {
        if (why == Refusal.TRANSACTION_UNKNOWN && tx.decision != null) {
            violated(tx, "is unknown to a stranger");
        }
    }

    // What is seen.

    /** Its message lies in a queue. */
    void seen(Sent sent, long storeMs) {
        Tx tx = bySend.get(sent.id);
        if (tx == null) {
            return;
        }
        if (tx.commits == 0 || (tx.decision != null && tx.decision != Decision.COMMITTED)) {
            violated(tx, "is seen");
        } else if (storeMs < tx.commitMsMin + tx.delayMs) {
            violated(tx, "came at %d, %d after %d".formatted(storeMs, tx.delayMs, tx.commitMsMin));
        }
    }

    /** Producers are being asked about a transaction. */
    public void checked(long id, int times) {
        int before = checks.getOrDefault(id, 0);
        if (times <= before || times > RULES.checksMax()) {
            judge.violated(
                    Promise.TRANSACTIONS,
                    "transaction %d was asked for %d times, and now for the %dth"
                            .formatted(id, before, times));
        }
        checks.put(id, times);
        Tx tx = byId.get(id);
        if (tx != null && tx.decision != null) {
            violated(tx, "is asked for, and was decided");
        }
    }

    /**
     * Those who are asked look at the message.
     *
     * @param sent what it is; null if it is none of those sent
     */
    public @Nullable Tx identified(@Nullable Sent sent, long id) {
        Tx tx = sent == null ? null : bySend.get(sent.id);
        if (tx == null) {
            judge.violated(Promise.UNALTERED, "%s was asked for as %d".formatted(sent, id));
            return null;
        }
        named(tx, id);
        if (judge.latestWallMs() < tx.sinceMsMin + RULES.firstCheckMs()) {
            violated(tx, "was asked for too early");
        }
        return tx;
    }

    /** Whether a message is delivered a while after its commit. */
    boolean isDelayed(Sent sent) {
        Tx tx = bySend.get(sent.id);
        return tx != null && tx.delayMs > 0;
    }

    /** Transactions that have been answered, and those that must be undecided, at this time. */
    public record Before(long nanos, List<Tx> undecided) {}

    /** An operator is about to look at what is undecided. */
    public Before listing() {
        return new Before(
                judge.nanos(),
                known().stream()
                        .filter(tx -> tx.mustBeThere && tx.commits + tx.rollbacks == 0)
                        .toList());
    }

    /** What the operator has seen. */
    public void listed(Before before, List<Open> open) {
        List<Long> ids = open.stream().map(Open::id).toList();
        for (long id : ids) {
            Tx tx = byId.get(id);
            if (tx != null && tx.decision != null && tx.decidedNanos < before.nanos) {
                violated(tx, "is listed as undecided");
            }
        }
        for (Tx tx : before.undecided) {
            boolean untouched = tx.commits + tx.rollbacks == 0;
            if (untouched && !mayHaveExpired(tx) && !ids.contains(tx.id)) {
                violated(tx, "is not listed");
            }
        }
    }

    // Time and crashes.

    /** When the last message that was committed is due, wall-clock ms; 0 if none waits. */
    long latestDueMs() {
        return known.stream().mapToLong(tx -> tx.dueMs).max().orElse(0);
    }

    /** What is under way may see the clock as it was or as it is. */
    void clockSetBack(long ms) {
        for (Tx tx : bySend.values()) {
            if (tx.decision == null && tx.commitMsMin != Long.MAX_VALUE) {
                tx.commitMsMin += ms;
            }
            if (!tx.mustBeThere) {
                tx.sinceMsMin += ms;
            }
        }
    }

    /** A crash may have taken back what was answered. */
    void forgetAnswers() {
        byId.clear();
        checks.clear();
        for (Tx tx : known) {
            tx.mustBeThere = false;
            tx.decision = null;
            tx.dueMs = 0;
        }
    }

    /** The transactions that nobody has been able to decide. */
    public List<Tx> undecided() {
        return known().stream()
                .filter(tx -> tx.mustBeThere && tx.decision == null)
                .sorted(Comparator.comparingLong(Tx::id))
                .toList();
    }
}
