package io.sluice.simulator.model;

import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was handed out to consumers that hold messages for a time, and what of it is settled. An
 * answer that was lost may have handed something out that nobody knows of, so what is demanded is
 * what holds in any case: nobody else gets a message before the deadline of the one who is known to
 * have it, each handing out counts one attempt more, and what was acknowledged stays so.
 */
public final class Handed {
    /** The one group that receives; the others pull. */
    public static final String GROUP = "p";

    private record Place(int groupId, int topicId, int queueId, long offset)
            implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int by = Integer.compare(groupId, other.groupId);
            by = by != 0 ? by : Integer.compare(topicId, other.topicId);
            by = by != 0 ? by : Integer.compare(queueId, other.queueId);
            return by != 0 ? by : Long.compare(offset, other.offset);
        }
    }

    /** Where operators have sent the group in one queue. */
    private static final class Resets {
        int underWay;

        /** Counts what is known of them. */
        int version;

        /** What lies before may have been passed over. */
        long skippedTo;

        /** Whether one may have been made that was not answered. */
        boolean inDoubt;

        /** The least place of those. */
        long inDoubtTo = Long.MAX_VALUE;

        /** What was answered last was made last, if none is under way. */
        void settle() {
            if (underWay == 0) {
                inDoubt = false;
                inDoubtTo = Long.MAX_VALUE;
            }
        }
    }

    /** What is known of a message in a group. */
    private static final class Held {
        long number;
        int attempt;

        /** Whether a reset may have let the next handing out count from 1 again. */
        boolean mayCountAnew;

        int asker;
        long storeMs;
        long overMs;
        long deadlineMs; // nobody else may have it before; 0 if nobody knows
        int changesUnderWay;
        long changedNanos; // when a change of the deadline was answered last
        boolean mayBeAcknowledged;
        boolean acknowledged;

        /**
         * When its holder was told that it has it for longer, although its time was over; in ns.
         */
        long revivedNanos;

        /** Whether the group was sent back to before it, and has not got it since. */
        boolean owed;
    }

    /**
     * A message that is handed out.
     *
     * @param number its number among all of a history
     * @param overMs when its time to live is over; Long.MAX_VALUE if it has none
     */
    public record Content(int number, int sizeBytes, long storeMs, long overMs) {}

    /** One message in the hands of one consumer, as it was given. */
    public record Receipt(int groupId, QueueRef queue, long offset, long number) {
        private Place place() {
            return new Place(groupId, queue.topicId(), queue.queueId(), offset);
        }
    }

    /** A request that names a receipt, and what was known when it was made. */
    public static final class Claim {
        private final Receipt receipt;
        private final boolean isStale;
        private final long deadlineMs;
        private final int resets;

        private Claim(Receipt receipt, boolean isStale, long deadlineMs, int resets) {
            this.resets = resets;
            this.receipt = receipt;
            this.isStale = isStale;
            this.deadlineMs = deadlineMs;
        }
    }

    private final Judge judge;
    private final int retryMax;
    private final boolean discards;
    private final int largeBytes;
    private final TreeMap<Place, Held> places = new TreeMap<>();
    private final TreeMap<Place, Resets> resets = new TreeMap<>(); // by a queue's offset 0
    private final Set<Integer> buried = new HashSet<>(); // numbers of messages
    private long holdMsMax;
    private int underWay; // requests for messages

    /** How many of them have ended otherwise: each may have handed out something. */
    private int unseen;

    Handed(Judge judge, int retryMax, boolean discards, int largeBytes) {
        this.judge = judge;
        this.retryMax = retryMax;
        this.discards = discards;
        this.largeBytes = largeBytes;
    }

    /** Somebody wants to hold messages for so long, in ms. */
    public void wanted(long holdMs) {
        holdMsMax = Math.max(holdMsMax, holdMs);
    }

    /** Somebody asks for messages. */
    public void asked() {
        underWay++;
    }

    /** That was answered. */
    public void answered(Outcome<?> outcome) {
        underWay--;
        boolean isUnknown =
                outcome instanceof Outcome.Refused<?> refused
                        && refused.refusal() == Refusal.STORAGE_FAILED;
        unseen += isUnknown ? 1 : 0;
    }

    /** The longest time for which anybody wanted to hold messages, in ms. */
    long holdMsMax() {
        return holdMsMax;
    }

    /**
     * A message was handed out.
     *
     * @param askedNanos when the request was made that this answers
     * @param atMs since when, by the broker's clock
     * @param deadlineMs until when
     * @param attempt how often, this time included
     * @param asker names those who ask for one and the same, in order; 0 if it has no name
     * @return whether it was given to the same asker before, who has not got the answer
     */
    public boolean given(
            Receipt receipt,
            long askedNanos,
            long atMs,
            long deadlineMs,
            int attempt,
            int asker,
            Content content) {
        if (judge.isForgotten(receipt.queue.topicId())) {
            return false;
        }
        Held held = places.computeIfAbsent(receipt.place(), place -> new Held());
        held.owed = false;
        if (held.acknowledged) {
            wrong(receipt + " is handed out although it was acknowledged");
        }
        if (buried.contains(content.number) && resets.isEmpty()) {
            wrong(receipt + " is handed out although it is a dead letter");
        }
        if (held.number == receipt.number) {
            repeated(receipt, held, attempt, asker, askedNanos, deadlineMs);
            return true;
        }
        if (held.deadlineMs > atMs) {
            wrong(
                    "%s is handed out at %d, another one holds it until %d"
                            .formatted(receipt, atMs, held.deadlineMs));
        }
        if (attempt <= held.attempt && !held.mayCountAnew) {
            wrong("%s is attempt %d, after %d".formatted(receipt, attempt, held.attempt));
        }
        if (attempt > 1 + retryMax && content.sizeBytes < largeBytes) {
            judge.violated(
                    Promise.RETRIES,
                    "%s is attempt %d, the group allows %d retries"
                            .formatted(receipt, attempt, retryMax));
        }
        held.number = receipt.number;
        held.attempt = attempt;
        held.mayCountAnew = false;
        held.asker = asker;
        held.storeMs = content.storeMs;
        held.overMs = content.overMs;
        held.deadlineMs = deadlineMs;
        held.changesUnderWay = 0;
        held.changedNanos = 0;
        held.revivedNanos = 0;
        held.mayBeAcknowledged = false;
        return false;
    }

    /**
     * Who has not got the answer is given the same again, and nobody else is. That takes none of
     * the time that it had, unless a change was decided meanwhile, be it before or after.
     */
    private void repeated(
            Receipt receipt, Held held, int attempt, int asker, long askedNanos, long deadlineMs) {
        if (asker == 0 || asker != held.asker) {
            wrong(receipt + " is handed out twice under the same number");
        }
        if (attempt != held.attempt) {
            wrong("%s is attempt %d, and was %d".formatted(receipt, attempt, held.attempt));
        }
        if (held.changesUnderWay > 0) {
            held.deadlineMs = 0;
        } else if (held.changedNanos < askedNanos) {
            held.deadlineMs = Math.max(held.deadlineMs, deadlineMs);
        } else {
            held.deadlineMs = Math.min(held.deadlineMs, deadlineMs);
        }
    }

    private void wrong(String what) {
        judge.violated(Promise.LEASES, what);
    }

    /**
     * Somebody got messages of a queue in order: nobody else may hold any of it.
     *
     * @param askedNanos when it first asked for them
     */
    public void givenInOrder(Receipt first, long askedNanos, long atMs) {
        for (long offset :
                heldByOthers(first.groupId, first.queue, first.number, askedNanos, atMs)) {
            judge.violated(
                    Promise.ORDER,
                    "%s was handed out in order while %d was held".formatted(first, offset));
        }
    }

    /** Its last time is over, or its time to live, be it that the clock was set back since. */
    private boolean mayBeBuried(Held held) {
        long latestMs = judge.latestWallMs();
        boolean isLast = held.attempt > retryMax || held.overMs < latestMs;
        return isLast && held.deadlineMs <= latestMs;
    }

    /**
     * The offsets of a queue that somebody held by another handing out when some of it was handed
     * out. A holder whose time was over by then may have it again since, as long as nobody else got
     * the very message.
     *
     * @param askedNanos when what was handed out was first asked for
     */
    List<Long> heldByOthers(int groupId, QueueRef queue, long number, long askedNanos, long atMs) {
        // Set back, the clock says that they have time again that was over by then.
        long overMs = judge.wasSetBackSince(askedNanos) ? judge.latestWallMs() : atMs;
        List<Long> offsets = new ArrayList<>();
        ofQueue(groupId, queue)
                .forEach((place, held) -> {
                    boolean isOpen =
                            !held.acknowledged
                                    && !held.mayBeAcknowledged
                                    && !mayBeBuried(held)
                                    && held.revivedNanos < askedNanos
                                    && !judge.mayHaveExpired(place.topicId, held.storeMs);
                    if (isOpen && held.number != number && held.deadlineMs > overMs) {
                        offsets.add(place.offset);
                    }
                });
        return offsets;
    }

    private Map<Place, Held> ofQueue(int groupId, QueueRef queue) {
        Place from = new Place(groupId, queue.topicId(), queue.queueId(), 0);
        Place to = new Place(groupId, queue.topicId(), queue.queueId(), Long.MAX_VALUE);
        return places.subMap(from, to);
    }

    /**
     * Whether somebody is known to have been handed a message, or the group may have skipped it.
     */
    boolean wasGivenOrSkipped(int groupId, QueueRef queue, long offset) {
        return offset < of(groupId, queue).skippedTo
                || places.containsKey(new Place(groupId, queue.topicId(), queue.queueId(), offset));
    }

    /** Whether a message may have been acknowledged, or skipped. */
    boolean mayBeSettled(int groupId, QueueRef queue, long offset) {
        Held held = places.get(new Place(groupId, queue.topicId(), queue.queueId(), offset));
        return offset < of(groupId, queue).skippedTo
                || (held != null && (held.acknowledged || held.mayBeAcknowledged));
    }

    /** Whether a message may be gone since it was handed out often enough, seen or unseen. */
    boolean mayBeGone(int groupId, QueueRef queue, long offset) {
        return mayBeGone(places.get(new Place(groupId, queue.topicId(), queue.queueId(), offset)));
    }

    private boolean mayBeGone(@Nullable Held held) {
        int attempts = (held == null ? 0 : held.attempt) + unseen;
        long deadlineMs = held == null ? 0 : held.deadlineMs;
        return attempts > retryMax && deadlineMs <= judge.latestWallMs();
    }

    /** The same, and there is no dead letter of it. */
    boolean mayBeDiscarded(int groupId, QueueRef queue, long offset) {
        return discards && mayBeGone(groupId, queue, offset);
    }

    /** Whether an operator may have sent the group elsewhere in a queue. */
    boolean mayBeReset(int groupId, QueueRef queue) {
        return resets.containsKey(new Place(groupId, queue.topicId(), queue.queueId(), 0));
    }

    /** Whether the dead letter of a message was seen. */
    boolean isBuried(int message) {
        return buried.contains(message);
    }

    private Resets of(int groupId, QueueRef queue) {
        Resets known = resets.get(new Place(groupId, queue.topicId(), queue.queueId(), 0));
        return known == null ? new Resets() : known;
    }

    private boolean mayBeReset(Claim claim) {
        Resets known = of(claim.receipt.groupId, claim.receipt.queue);
        return known.underWay > 0 || known.version != claim.resets;
    }

    /**
     * An operator sends the group to an offset: leases will be void, and what was had comes again.
     */
    public void resetting(int groupId, QueueRef queue, long to) {
        Place key = new Place(groupId, queue.topicId(), queue.queueId(), 0);
        Resets known = resets.computeIfAbsent(key, place -> new Resets());
        known.underWay++;
        known.inDoubt = true;
        known.inDoubtTo = Math.min(known.inDoubtTo, to);
        known.skippedTo = Math.max(known.skippedTo, to);
        unsure(groupId, queue, to, known);
    }

    /** That was answered: whatever was handed out until now may be void. */
    public void reset(int groupId, QueueRef queue, long to, boolean done) {
        Resets known = of(groupId, queue);
        known.underWay = Math.max(0, known.underWay - 1);
        if (done) {
            unsure(groupId, queue, to, known);
            known.settle();
            Place from = new Place(groupId, queue.topicId(), queue.queueId(), to);
            Place end = new Place(groupId, queue.topicId(), queue.queueId(), Long.MAX_VALUE);
            places.subMap(from, end).values().forEach(held -> held.owed = true);
        }
    }

    private void unsure(int groupId, QueueRef queue, long to, Resets known) {
        known.version++;
        Place from = new Place(groupId, queue.topicId(), queue.queueId(), 0);
        Place end = new Place(groupId, queue.topicId(), queue.queueId(), Long.MAX_VALUE);
        places.subMap(from, end)
                .forEach((place, held) -> {
                    held.deadlineMs = 0;
                    held.mayCountAnew = true;
                    held.changesUnderWay = Integer.MAX_VALUE / 2;
                    held.mayBeAcknowledged = true;
                    held.acknowledged &= place.offset < to;
                });
    }

    /** A consumer acknowledges a message. */
    public Claim acknowledging(Receipt receipt) {
        Claim claim = claim(receipt);
        Held held = places.get(receipt.place());
        if (held != null && held.number == receipt.number) {
            held.mayBeAcknowledged = true;
        }
        return claim;
    }

    /** A consumer wants a message for longer, or gives it back. */
    public Claim changing(Receipt receipt) {
        Claim claim = claim(receipt);
        Held held = places.get(receipt.place());
        if (held != null && held.number == receipt.number) {
            held.changesUnderWay++;
            held.deadlineMs = 0;
        }
        return claim;
    }

    private Claim claim(Receipt receipt) {
        Held held = places.get(receipt.place());
        boolean isStale = held == null || held.acknowledged || held.number != receipt.number;
        boolean isSure = held != null && !isStale && !held.mayBeAcknowledged;
        long deadlineMs = isSure && held != null ? held.deadlineMs : 0;
        return new Claim(receipt, isStale, deadlineMs, of(receipt.groupId, receipt.queue).version);
    }

    /** The acknowledgement was taken. */
    public void acknowledged(Claim claim) {
        requireNotStale(claim);
        Held held = places.get(claim.receipt.place());
        if (held != null) {
            held.acknowledged = true;
        }
    }

    /** The change was taken at {@code atMs}, and the message is held for so long from then on. */
    public void changed(Claim claim, long atMs, long holdMs) {
        requireNotStale(claim);
        Held held = places.get(claim.receipt.place());
        if (held == null || held.number != claim.receipt.number) {
            return;
        }
        if (claim.deadlineMs <= atMs) {
            held.revivedNanos = judge.nanos();
        }
        held.changedNanos = judge.nanos();
        if (held.changesUnderWay > 0 && --held.changesUnderWay == 0) {
            held.deadlineMs = atMs + holdMs;
        }
    }

    private void requireNotStale(Claim claim) {
        if (claim.isStale && !judge.isForgotten(claim.receipt.queue.topicId())) {
            wrong(claim.receipt + " is stale, and was taken");
        }
    }

    /** The receipt was refused. */
    public void refused(Claim claim, Refusal why) {
        Held held = places.get(claim.receipt.place());
        if (why == Refusal.LEASE_GONE
                && held != null
                && !judge.mayHaveExpired(claim.receipt.queue.topicId(), held.storeMs)
                && claim.deadlineMs > judge.latestWallMs()
                && !mayBeReset(claim)
                && !judge.isForgotten(claim.receipt.queue.topicId())) {
            wrong(
                    "%s is in order until %d, and was refused"
                            .formatted(claim.receipt, claim.deadlineMs));
        }
    }

    /**
     * Several changes may be answered in any order, and one without an answer may still have been
     * made: then nobody knows the deadline.
     */
    void died() {
        unseen += underWay;
        underWay = 0;
        resets.forEach((key, each) -> { // it was made, or is lost
            if (each.inDoubt) {
                QueueRef queue = new QueueRef(key.topicId, key.queueId);
                unsure(key.groupId, queue, each.inDoubtTo, each);
            }
            each.underWay = 0;
            each.settle();
        });
        for (Held held : places.values()) {
            if (held.changesUnderWay > 0) {
                held.changesUnderWay = Integer.MAX_VALUE / 2;
            }
        }
    }

    /** A dead letter of a group that receives was seen. */
    void buried(int message, int times, String what) {
        if (discards) {
            judge.violated(Promise.RETRIES, what + " is a dead letter, the group wants none");
        }
        if (times <= retryMax) {
            judge.violated(
                    Promise.RETRIES,
                    "%s is a dead letter after %d attempts, the group allows %d retries"
                            .formatted(what, times, retryMax));
        }
        if (!buried.add(message) && resets.isEmpty()) {
            judge.violated(Promise.RETRIES, what + " is a dead letter twice");
        }
    }

    /** What became of a message in a group that has received all; null if all is well. */
    @Nullable String missing(int groupId, QueueRef queue, long offset, int message) {
        Held held = places.get(new Place(groupId, queue.topicId(), queue.queueId(), offset));
        boolean isSettled =
                held != null && !held.owed && (held.acknowledged || held.mayBeAcknowledged);
        return isSettled
                        || (discards && mayBeGone(held))
                        || buried.contains(message)
                        || offset < of(groupId, queue).skippedTo
                ? null
                : "%s/%d was %s by group %d"
                        .formatted(
                                queue,
                                offset,
                                held == null ? "passed over" : "not acknowledged, and dropped",
                                groupId);
    }
}
