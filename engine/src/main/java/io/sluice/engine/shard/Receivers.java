package io.sluice.engine.shard;

import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.Receive;
import io.sluice.engine.shard.Command.Wake;
import io.sluice.engine.shard.LiteSubscriptions.Subscriber;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receivers that wait in line for something to lease, and whose turn it is to read a queue. In
 * memory only, on the shard's executor.
 *
 * <p>A queue is offered to one receiver of a group at a time: were it offered to all that wait,
 * each would read the same messages and one would get them. A turn ends when its holder asks for
 * the lease, gives up, or has been silent for {@link #TURN_NANOS}; two holders do no harm, since
 * the lease is decided by what is true then. A line is looked at when one of its queues has grown,
 * when a turn ends, and when a lease, a turn or a receiver's time runs out.
 */
final class Receivers {
    private static final Logger LOG = LoggerFactory.getLogger(Receivers.class);

    /** Receivers that wait at most; a further one is told at once that there is nothing. */
    static final int COUNT_MAX = 100_000;

    /** How long a reader may be silent before others are offered the same, in ns. */
    static final long TURN_NANOS = 2_000_000_000L;

    /** How long a queue is watched without being asked to again, in ns. */
    private static final long WATCH_NANOS = 60_000_000_000L;

    private static final int ANY_QUEUE = -1;

    /** A queue that never grows. */
    private static final int NO_QUEUE = -2;

    /** The wall clock may jump: deadlines of leases are looked at again after this long, in ms. */
    private static final long LOOK_AGAIN_MS = 1_000;

    private static final long NANOS_PER_MS = 1_000_000L;

    /** Says what of one queue a receiver may read; null if there is nothing. */
    interface Available {
        @Nullable Offer in(Receive receive, int queueId);
    }

    /** The client is that whose lite topics are meant; null for queues by their ids. */
    private record LineKey(int groupId, int topicId, int queueId, @Nullable String liteClientId) {
        static LineKey of(Receive receive) {
            return new LineKey(
                    receive.groupId(),
                    receive.topicId(),
                    receive.queueId(),
                    receive.liteClientId());
        }

        static LineKey of(Subscriber subscriber) {
            return new LineKey(
                    subscriber.groupId(), subscriber.topicId(), ANY_QUEUE, subscriber.clientId());
        }
    }

    private record TurnKey(int groupId, QueueRef queue) {}

    /** When a line is to be looked at. */
    private record Due(long nanos, long order, Line line) {
        /** Whether it is to be looked at earlier, or is no more. */
        boolean isOver() {
            return line.dueNanos != nanos;
        }
    }

    /** Those of a group that want the same queue, or any, of a topic, in the order they came. */
    private static final class Line {
        final LineKey key;
        final Set<Receive> waiting = new LinkedHashSet<>(1);
        int queues;
        long dueNanos = Long.MAX_VALUE;

        Line(LineKey key) {
            this.key = key;
        }
    }

    private final State state;
    private final GroupCommit commits;
    private final LiteSubscriptions lites;
    private final Clock clock;
    private final Available available;
    private final Alarm alarm;
    private final Map<LineKey, Line> lines = new HashMap<>();
    private final Map<QueueRef, Set<LineKey>> watched = new HashMap<>();
    private final Map<TurnKey, Long> turns = new HashMap<>();
    private final PriorityQueue<Due> dues =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
    private int count;
    private int rotation;
    private long order;

    Receivers(
            State state,
            GroupCommit commits,
            LiteSubscriptions lites,
            Clock clock,
            Executor executor,
            Available available) {
        this.state = state;
        this.commits = commits;
        this.lites = lites;
        this.clock = clock;
        this.available = available;
        this.alarm = new Alarm(clock, executor, this::ring);
    }

    /** Offers something now, or when there is something. */
    void receive(Receive receive) {
        long now = clock.nanos();
        Offer offer = offer(receive, now);
        if (offer != null) {
            answer(receive, offer);
            return;
        }
        boolean late = receive.deadlineNanos() - now <= 0;
        if (count == COUNT_MAX || (late && !isRead(receive, now))) {
            answer(receive, Offer.NOTHING);
            return;
        }
        Line line = lines.computeIfAbsent(LineKey.of(receive), Line::new);
        line.queues = Math.max(line.queues, receive.queues());
        line.waiting.add(receive);
        count++;
        waitOn(line, now);
    }

    /** Who asked does not wait any more. */
    void cancel(Receive receive) {
        Line line = lines.get(LineKey.of(receive));
        if (line != null && line.waiting.remove(receive)) {
            count--;
            answer(receive, Offer.NOTHING);
            removeIfEmpty(line);
        }
    }

    /** How many wait for a queue, or any of a topic if {@code queueId} is negative. */
    int waiting(int groupId, int topicId, int queueId) {
        Line line = lines.get(new LineKey(groupId, topicId, queueId, null));
        return line == null ? 0 : line.waiting.size();
    }

    /** Somebody has read what was offered. */
    void endTurn(int groupId, QueueRef queue) {
        turns.remove(new TurnKey(groupId, queue));
        changed(groupId, queue);
    }

    /** There may be something to receive, or may be sooner than was known. */
    void changed(int groupId, QueueRef queue) {
        lookAt(new LineKey(groupId, queue.topicId(), queue.queueId(), null));
        lookAt(new LineKey(groupId, queue.topicId(), ANY_QUEUE, null));
        lites.touched(groupId, queue).forEach(subscriber -> lookAt(LineKey.of(subscriber)));
    }

    /** A queue got a message; that of lite topics is told for all who want them. */
    void grown(QueueRef queue) {
        lites.touched(-1, queue).forEach(subscriber -> lookAt(LineKey.of(subscriber)));
    }

    /** A client wants other lite topics than before. */
    void subscribed(Subscriber subscriber) {
        lookAt(LineKey.of(subscriber));
    }

    private void lookAt(LineKey key) {
        Line line = lines.get(key);
        if (line != null) {
            look(line);
        }
    }

    private static Subscriber subscriber(LineKey key, String clientId) {
        return new Subscriber(key.groupId, key.topicId, clientId);
    }

    /** The queues in which there may be something for a line. */
    private List<Integer> queues(LineKey key, int queues) {
        if (key.liteClientId != null) {
            return lites.ready(subscriber(key, key.liteClientId));
        }
        return key.queueId < 0 ? IntStream.range(0, queues).boxed().toList() : List.of(key.queueId);
    }

    private @Nullable Offer offerLite(Receive receive, String clientId, long now) {
        Subscriber subscriber = new Subscriber(receive.groupId(), receive.topicId(), clientId);
        for (int queueId : lites.ready(subscriber)) {
            TurnKey turn = new TurnKey(receive.groupId(), receive.queue(queueId));
            if (isHeld(turn, now)) {
                continue;
            }
            boolean wanted = lites.wants(subscriber, queueId); // it may have become another one
            Offer offer = wanted ? available.in(receive, queueId) : null;
            if (offer != null) {
                turns.put(turn, now + TURN_NANOS);
                lites.offered(subscriber, queueId);
                return offer;
            }
            if (!wanted || state.leases.open(receive.groupId(), receive.topicId(), queueId) == 0) {
                lites.isEmpty(subscriber, queueId);
            }
        }
        return null;
    }

    private @Nullable Offer offer(Receive receive, long now) {
        if (receive.liteClientId() != null) {
            return offerLite(receive, receive.liteClientId(), now);
        }
        int count = receive.queueId() < 0 ? receive.queues() : 1;
        int first = receive.queueId() < 0 ? rotation : receive.queueId();
        for (int i = 0; i < count; i++) {
            int queueId = receive.queueId() < 0 ? (first + i) % count : first;
            TurnKey turn = new TurnKey(receive.groupId(), receive.queue(queueId));
            Offer offer = isHeld(turn, now) ? null : available.in(receive, queueId);
            if (offer != null) {
                if (!receive.look()) {
                    turns.put(turn, now + TURN_NANOS);
                    rotation = queueId + 1;
                }
                return offer;
            }
        }
        return null;
    }

    private boolean isHeld(TurnKey turn, long now) {
        return turnNanos(turn, now) != Long.MAX_VALUE;
    }

    /** Until when somebody reads a queue; Long.MAX_VALUE if nobody does. */
    private long turnNanos(TurnKey turn, long now) {
        Long untilNanos = turns.get(turn);
        if (untilNanos == null) {
            return Long.MAX_VALUE;
        }
        if (untilNanos - now <= 0) {
            turns.remove(turn);
            return Long.MAX_VALUE;
        }
        return untilNanos;
    }

    /** Whether somebody is reading one of the queues, and may leave something. */
    private boolean isRead(Receive receive, long now) {
        for (int queueId : queues(LineKey.of(receive), receive.queues())) {
            if (isHeld(new TurnKey(receive.groupId(), receive.queue(queueId)), now)) {
                return true;
            }
        }
        return false;
    }

    private void look(Line line) {
        long now = clock.nanos();
        Set<Ordering> nothingIf = EnumSet.noneOf(Ordering.class);
        for (Iterator<Receive> all = line.waiting.iterator(); all.hasNext(); ) {
            Receive receive = all.next();
            Ordering ordering = receive.ordering();
            Offer offer = nothingIf.contains(ordering) ? null : offer(receive, now);
            if (offer == null) {
                nothingIf.add(ordering);
            }
            if (offer == null && receive.deadlineNanos() - now <= 0 && !isRead(receive, now)) {
                offer = Offer.NOTHING;
            }
            if (offer != null) {
                all.remove();
                count--;
                answer(receive, offer);
            }
        }
        waitOn(line, now);
    }

    /**
     * Sees to it that the line is looked at when something changes for it.
     *
     * @param now when it was looked at: what runs out after that is still to come, though it may
     *     have run out by the time this is called
     */
    private void waitOn(Line line, long now) {
        if (removeIfEmpty(line)) {
            return;
        }
        long nowMs = clock.wallMs();
        long nextMs = nowMs + LOOK_AGAIN_MS;
        long dueNanos = Long.MAX_VALUE;
        boolean leased = false;
        LineKey key = line.key;
        boolean lite = key.liteClientId != null; // what grows is told by grown()
        for (int queueId : queues(key, line.queues)) {
            QueueRef queue = new QueueRef(key.topicId, queueId);
            long deadlineMs = state.leases.nextDeadlineMs(key.groupId, key.topicId, queueId, nowMs);
            leased |= deadlineMs != Long.MAX_VALUE;
            nextMs = Math.min(nextMs, deadlineMs);
            dueNanos = Math.min(dueNanos, turnNanos(new TurnKey(key.groupId, queue), now));
            if (!lite) {
                watch(line, queue);
            }
        }
        if (lite) {
            watch(line, new QueueRef(key.topicId, NO_QUEUE)); // to be told when all ends
        }
        if (leased) {
            dueNanos = Math.min(dueNanos, now + Math.max(1, nextMs - nowMs) * NANOS_PER_MS);
        }
        for (Receive receive : line.waiting) {
            if (receive.deadlineNanos() - now > 0) {
                dueNanos = Math.min(dueNanos, receive.deadlineNanos());
            }
        }
        setAlarm(line, dueNanos);
    }

    private boolean removeIfEmpty(Line line) {
        boolean empty = line.waiting.isEmpty();
        if (empty) {
            lines.remove(line.key);
            line.dueNanos = Long.MAX_VALUE;
        }
        return empty;
    }

    private void watch(Line line, QueueRef ref) {
        Set<LineKey> keys = watched.get(ref);
        if (keys != null) {
            keys.add(line.key);
            return;
        }
        keys = new LinkedHashSet<>();
        keys.add(line.key);
        watched.put(ref, keys);
        Queue queue = state.queues.queue(ref.topicId(), ref.queueId());
        long end = queue == null ? 0 : queue.end();
        long deadline = clock.nanos() + WATCH_NANOS;
        commits.park(new Command.Park(ref, end, deadline, why -> woken(ref, why)));
    }

    private void woken(QueueRef ref, Wake why) {
        for (LineKey key : Objects.requireNonNullElse(watched.remove(ref), Set.<LineKey>of())) {
            if (why == Wake.STOPPED) {
                tellNothing(key);
            } else {
                lookAt(key);
            }
        }
    }

    private void tellNothing(LineKey key) {
        Line line = lines.remove(key);
        if (line != null) {
            line.dueNanos = Long.MAX_VALUE;
            count -= line.waiting.size();
            line.waiting.forEach(receive -> answer(receive, Offer.NOTHING));
        }
    }

    private void setAlarm(Line line, long dueNanos) {
        if (dueNanos < line.dueNanos) {
            line.dueNanos = dueNanos;
            dues.add(new Due(dueNanos, order++, line));
            if (dues.size() > 2 * lines.size() + 1024) {
                dues.removeIf(Due::isOver);
            }
            alarm.atNanos(dueNanos);
        }
    }

    private void ring() {
        while (!dues.isEmpty() && dues.peek().nanos <= clock.nanos()) {
            Due due = dues.remove();
            if (!due.isOver()) {
                due.line.dueNanos = Long.MAX_VALUE;
                look(due.line);
            }
        }
        if (!dues.isEmpty()) {
            alarm.atNanos(dues.peek().nanos);
        }
    }

    private static void answer(Receive receive, Offer offer) {
        try {
            receive.reply().accept(Outcome.done(offer));
        } catch (RuntimeException e) {
            LOG.error("a receiver could not be told", e);
        }
    }
}
