package io.sluice.engine.shard;

import io.sluice.engine.group.Barriers;
import io.sluice.engine.group.Leases;
import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.group.OpenLeases;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.LiteSubscriptions.Subscriber;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is handed to whom. A receiver is first offered a queue ({@link #receive}), reads it
 * elsewhere, since the shard reads no storage, and then leases what it has read ({@link #lease}) if
 * that is still what comes next. Deadlines are the wall clock's; that a lease has run out is found
 * when somebody wants the message, and logged as the next lease. Lives on the shard's executor.
 */
final class Leasing {
    private final State state;
    private final GroupCommit commits;
    private final RecordWriter writer;
    private final Clock clock;
    private final IntPredicate isGone;
    private final Passing passing;
    private final LiteSubscriptions lites;
    private final Receivers receivers;
    private final Attempts attempts = new Attempts();

    /**
     * @param lites who wants which lite topics
     * @param isGone whether a topic was deleted, by its id
     */
    Leasing(
            State state,
            GroupCommit commits,
            RecordWriter writer,
            LiteSubscriptions lites,
            Clock clock,
            Executor executor,
            Passing passing,
            IntPredicate isGone) {
        this.state = state;
        this.commits = commits;
        this.writer = writer;
        this.clock = clock;
        this.passing = passing;
        this.isGone = isGone;
        this.lites = lites;
        this.receivers = new Receivers(state, commits, lites, clock, executor, this::available);
        commits.whenGrown(receivers::grown);
    }

    // Offering.

    void receive(Command.Receive c) {
        if (isGone.test(c.topicId())) {
            c.reply().accept(Decider.topicGone());
        } else if (c.look() || c.liteClientId() != null || begin(c)) {
            Offer repeated = repeated(c);
            if (repeated != null) {
                c.reply().accept(Outcome.done(repeated));
            } else if (isFull(c)) {
                c.reply()
                        .accept(
                                Outcome.refused(
                                        Refusal.TOO_MANY_LEASES,
                                        "%d messages of a queue are with consumers and not acknowledged: acknowledge some, or wait until their time runs out"
                                                .formatted(Leases.OPEN_MAX)));
            } else {
                receivers.receive(c);
            }
        }
    }

    /**
     * Lets the group begin in queues that it has no place in. From then on nothing in them is
     * missed. False if there is no room: then the command was refused, or will be decided anew.
     */
    private boolean begin(Command.Receive c) {
        int end = c.queueId() < 0 ? c.queues() : c.queueId() + 1;
        for (int queueId = Math.max(0, c.queueId()); queueId < end; queueId++) {
            if (state.offsets.committed(c.groupId(), c.topicId(), queueId) != Offsets.NONE) {
                continue;
            }
            PendingBatch batch = commits.roomFor(c, 2 * RecordCodec.SMALL_SIZE_BYTES_MAX, true);
            if (batch == null) {
                return false;
            }
            if (!state.offsets.joined(c.groupId(), c.topicId())) {
                writer.small(batch, new Record.GroupJoined(c.groupId(), c.topicId(), c.queues()));
            }
            writer.small(
                    batch,
                    new Record.OffsetCommitted(
                            c.groupId(), c.topicId(), queueId, beginning(c, queueId)));
        }
        return true;
    }

    private long beginning(Command.Receive c, int queueId) {
        Queue queue = state.queues.queue(c.topicId(), queueId);
        if (queue == null) {
            return 0;
        }
        boolean isNew = state.offsets.start(c.groupId(), c.topicId(), queueId) == Offsets.NONE;
        return isNew && c.fromEnd() ? queue.end() : queue.first();
    }

    /** What the same attempt was given before; null if that was another one, or none. */
    private @Nullable Offer repeated(Command.Receive c) {
        String attemptId = c.attemptId();
        if (attemptId == null || c.ordering() == Ordering.NONE) {
            return null;
        }
        return queues(c)
                .boxed()
                .map(queueId -> repeated(c, queueId, attemptId))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable Offer repeated(Command.Receive c, int queueId, String attemptId) {
        QueueRef ref = c.queue(queueId);
        long number = attempts.number(c.groupId(), ref, c.ordering(), attemptId);
        OpenLeases open = state.leases.in(c.groupId(), c.topicId(), queueId);
        int countMax = Math.min(c.countMax(), commits.fitting(RecordCodec.SMALL_SIZE_BYTES_MAX));
        List<Lease> given = number == 0 ? List.of() : open.of(number, countMax);
        if (given.isEmpty() || !isFirst(open, c.ordering(), given)) {
            return null;
        }
        long cursor = state.leases.cursor(c.groupId(), c.topicId(), queueId, 0);
        return new Offer(queueId, given, cursor, 0, cursor, true);
    }

    /** Whether there is nothing to offer but what consumers hold too much to get. */
    private boolean isFull(Command.Receive c) {
        return c.ordering() == Ordering.NONE
                && queues(c).anyMatch(queueId -> open(c, queueId) >= Leases.OPEN_MAX)
                && queues(c).noneMatch(queueId -> available(c, queueId) != null);
    }

    private IntStream queues(Command.Receive c) {
        String clientId = c.liteClientId();
        if (clientId != null) {
            Subscriber subscriber = new Subscriber(c.groupId(), c.topicId(), clientId);
            return lites.ready(subscriber).stream().mapToInt(queueId -> queueId);
        }
        return c.queueId() < 0 ? IntStream.range(0, c.queues()) : IntStream.of(c.queueId());
    }

    private int open(Command.Receive c, int queueId) {
        return state.leases.open(c.groupId(), c.topicId(), queueId);
    }

    private @Nullable Offer available(Command.Receive c, int queueId) {
        long committed = committed(c.groupId(), c.queue(queueId));
        Queue queue = state.queues.queue(c.topicId(), queueId);
        if (queue == null || (committed == Offsets.NONE && !c.look())) {
            return null;
        }
        int open = open(c, queueId);
        List<Lease> again = again(c, queueId);
        int left = c.countMax() + c.besides() - again.size();
        int newMax = Math.min(newMax(c, queueId, left), Leases.OPEN_MAX - open);
        newMax = Math.min(newMax, newFitting(Math.min(again.size(), c.countMax())));
        long cursor = cursor(c.groupId(), queue, committed);
        long limit =
                c.ordering() != Ordering.NONE ? limit(c.groupId(), queue.ref()) : Long.MAX_VALUE;
        return again.isEmpty() && (newMax <= 0 || cursor >= Math.min(limit, queue.end()))
                ? null
                : new Offer(queueId, again, cursor, Math.max(0, newMax), limit, false);
    }

    /** Where the group is in a queue; a group begins a lite topic with its first message. */
    private long committed(int groupId, QueueRef ref) {
        int topicId = ref.topicId();
        long committed = state.offsets.committed(groupId, topicId, ref.queueId());
        return committed == Offsets.NONE
                        && state.lites.name(topicId, ref.queueId()) != null
                        && state.offsets.joined(groupId, topicId)
                ? state.first(topicId, ref.queueId())
                : committed;
    }

    /** Where a group that wants order has to stop: see {@link Barriers}. */
    private long limit(int groupId, QueueRef queue) {
        int topicId = queue.topicId();
        return state.barriers.any(topicId)
                ? state.barriers.limit(topicId, passing.passed(groupId, topicId), queue.queueId())
                : Long.MAX_VALUE;
    }

    private List<Lease> again(Command.Receive c, int queueId) {
        return state.leases
                .in(c.groupId(), c.topicId(), queueId)
                .available(c.ordering(), clock.wallMs(), c.countMax() + c.besides());
    }

    /** How many new messages a receiver may read, if leases take none of its room. */
    private int newMax(Command.Receive c, int queueId, int left) {
        OpenLeases open = state.leases.in(c.groupId(), c.topicId(), queueId);
        return switch (c.ordering()) {
            case NONE -> Math.max(left, c.ahead() - open.deferredCount());
            case QUEUE -> open.isEmpty() ? left : 0;
            case MESSAGE_GROUP ->
                    left == 0 || open.anyUnknownGroup() ? 0 : Math.max(left, c.ahead());
        };
    }

    /** How many new messages one batch can lease or defer, besides {@code again} others. */
    private int newFitting(int again) {
        int fixed =
                RecordCodec.SMALL_SIZE_BYTES_MAX
                        + RecordCodec.leasedSizeBytes(again)
                        + RecordCodec.deferredSizeBytes(0);
        int each =
                RecordCodec.leasedSizeBytes(1)
                        - RecordCodec.leasedSizeBytes(0)
                        + RecordCodec.deferredSizeBytes(1)
                        - RecordCodec.deferredSizeBytes(0);
        return Math.max(0, commits.recordsSizeBytesMax() - fixed) / each;
    }

    /** The next offset to hand out; what has expired before anybody wanted it is passed over. */
    private long cursor(int groupId, Queue queue, long committed) {
        QueueRef ref = queue.ref();
        long cursor = state.leases.cursor(groupId, ref.topicId(), ref.queueId(), committed);
        return Math.max(cursor, queue.first());
    }

    void stopReading(Command.StopReading c) {
        receivers.endTurn(c.groupId(), c.queue());
    }

    void cancel(Command.Receive c) {
        receivers.cancel(c);
    }

    void countReceivers(Command.CountReceivers c) {
        int count = receivers.waiting(c.groupId(), c.topicId(), c.queueId());
        c.reply().accept(Outcome.done(count));
    }

    // Leasing.

    void lease(Command.Lease c) {
        if (c.repeated() ? !isStillHeld(c) : !isStillNext(c)) {
            receivers.endTurn(c.groupId(), c.queue());
            c.reply().accept(Outcome.done(Grant.MOVED));
            return;
        }
        int count = c.again().size() + c.fresh().length;
        int size =
                c.repeated()
                        ? count * RecordCodec.SMALL_SIZE_BYTES_MAX
                        : RecordCodec.SMALL_SIZE_BYTES_MAX
                                + RecordCodec.leasedSizeBytes(count)
                                + RecordCodec.deferredSizeBytes(c.marked().offsets().length);
        PendingBatch batch = commits.roomFor(c, size, true);
        if (batch != null && c.repeated()) {
            repeat(batch, c);
        } else if (batch != null) {
            lease(batch, c);
        }
        if (!commits.isStalled()) {
            receivers.endTurn(c.groupId(), c.queue());
        }
    }

    /**
     * Whether nobody else was handed what is to be leased, and nothing of it was reset, expired or
     * acknowledged, since it was offered.
     */
    private boolean isStillNext(Command.Lease c) {
        QueueRef ref = c.queue();
        long committed = committed(c.groupId(), ref);
        Queue queue = state.queues.queue(ref.topicId(), ref.queueId());
        if (committed == Offsets.NONE
                || queue == null
                || cursor(c.groupId(), queue, committed) != c.cursor()) {
            return false;
        }
        long nowMs = clock.wallMs();
        OpenLeases open = state.leases.in(c.groupId(), ref.topicId(), ref.queueId());
        if (c.ordering() != Ordering.NONE
                && c.nextCursor() > Math.max(c.cursor(), limit(c.groupId(), ref))) {
            return false; // a barrier was drawn since
        }
        for (Lease offered : c.again()) {
            if (offered.offset() < c.cursor() && !isStillFree(open, offered, nowMs)) {
                return false;
            }
        }
        return switch (c.ordering()) {
            case NONE -> true;
            case QUEUE -> !open.anyHeld(nowMs);
            case MESSAGE_GROUP -> MessageGroupOrder.isNext(open, c.again(), nowMs);
        };
    }

    private static boolean isStillFree(OpenLeases open, Lease offered, long nowMs) {
        Lease now = open.get(offered.offset());
        return now != null && now.number() == offered.number() && now.hasRunOut(nowMs);
    }

    /** Whether nothing of what an attempt was given was acknowledged, or given to others, since. */
    private boolean isStillHeld(Command.Lease c) {
        QueueRef ref = c.queue();
        OpenLeases open = state.leases.in(c.groupId(), ref.topicId(), ref.queueId());
        return isFirst(open, c.ordering(), c.again())
                && c.again().stream()
                        .allMatch(given ->
                                lease(c.groupId(), ref, given.offset(), given.number()) != null);
    }

    /** Whether others were given nothing that comes before what an attempt was given. */
    private static boolean isFirst(OpenLeases open, Ordering ordering, List<Lease> given) {
        return ordering == Ordering.MESSAGE_GROUP
                ? MessageGroupOrder.isFirst(open, given)
                : open.begins(given.stream().map(Lease::offset).toList());
    }

    /** What is leased by a receipt; null if it is not leased, or not by that one. */
    private @Nullable Lease lease(int groupId, QueueRef queue, long offset, long number) {
        Lease lease = state.leases.lease(groupId, queue.topicId(), queue.queueId(), offset);
        return lease == null || lease.isDeferred() || lease.number() != number ? null : lease;
    }

    private void lease(PendingBatch batch, Command.Lease c) {
        QueueRef ref = c.queue();
        long nowMs = clock.wallMs();
        long number = state.leases.nextNumber();
        Queue queue = state.queues.queue(ref.topicId(), ref.queueId());
        long committed = state.offsets.committed(c.groupId(), ref.topicId(), ref.queueId());
        if (queue != null && committed < queue.first()) {
            writer.small(
                    batch,
                    new Record.OffsetCommitted(
                            c.groupId(), ref.topicId(), ref.queueId(), queue.first()));
        }
        int[] counts = counts(c);
        LongStream again = c.again().stream().mapToLong(Lease::offset);
        long[] all = LongStream.concat(again, LongStream.of(c.fresh())).toArray();
        long[] offsets =
                IntStream.range(0, all.length)
                        .filter(i -> counts[i] > 0)
                        .mapToLong(i -> all[i])
                        .toArray();
        if (!c.marked().isEmpty()) {
            writer.small(
                    batch,
                    new Record.Deferred(
                            c.groupId(),
                            ref.topicId(),
                            ref.queueId(),
                            c.nextCursor(),
                            c.marked().offsets(),
                            c.marked().marks()));
        }
        if (c.marked().isEmpty() || offsets.length > 0) {
            writer.small(
                    batch,
                    new Record.Leased(
                            c.groupId(),
                            ref.topicId(),
                            ref.queueId(),
                            number,
                            nowMs + c.invisibleMs(),
                            c.nextCursor(),
                            offsets));
        }
        String attemptId = c.attemptId();
        if (attemptId != null && c.ordering() != Ordering.NONE && offsets.length > 0) {
            attempts.given(c.groupId(), ref, c.ordering(), attemptId, number);
        }
        batch.hold(c.reply(), Outcome.done(new Grant(number, nowMs, counts, deferred(c))));
    }

    private int deferred(Command.Lease c) {
        QueueRef ref = c.queue();
        return state.leases.in(c.groupId(), ref.topicId(), ref.queueId()).deferredCount();
    }

    /** Of each message, how often it will have been handed out; 0 if it has to wait. */
    private int[] counts(Command.Lease c) {
        int again = c.again().size();
        int fresh = c.fresh().length;
        int[] counts = new int[again + fresh];
        for (int i = 0; i < again; i++) {
            counts[i] = c.again().get(i).attempt() + 1;
        }
        Arrays.fill(counts, again, counts.length, 1);
        if (c.ordering() == Ordering.MESSAGE_GROUP) {
            QueueRef ref = c.queue();
            OpenLeases open = state.leases.in(c.groupId(), ref.topicId(), ref.queueId());
            long[] marks = c.marked().marks();
            long[] groups = Arrays.copyOfRange(marks, marks.length - fresh, marks.length);
            boolean[] mayGo = MessageGroupOrder.mayGo(open, c.again(), groups, c.freshMax());
            for (int i = 0; i < fresh; i++) {
                counts[again + i] = mayGo[i] ? 1 : 0;
            }
        }
        return counts;
    }

    /**
     * The answer was lost on its way: it is given again, and is no other attempt. If it was not
     * lost after all, its holder may have asked for more time, and keeps it.
     */
    private void repeat(PendingBatch batch, Command.Lease c) {
        QueueRef ref = c.queue();
        long nowMs = clock.wallMs();
        for (Lease given : c.again()) {
            Lease lease = lease(c.groupId(), ref, given.offset(), given.number());
            long untilMs = lease == null ? 0 : lease.deadlineMs();
            writer.small(
                    batch,
                    new Record.LeaseExtended(
                            c.groupId(),
                            ref.topicId(),
                            ref.queueId(),
                            given.offset(),
                            Math.max(untilMs, nowMs + c.invisibleMs())));
        }
        int[] counts = c.again().stream().mapToInt(Lease::attempt).toArray();
        long number = c.again().getFirst().number();
        batch.hold(c.reply(), Outcome.done(new Grant(number, nowMs, counts, deferred(c))));
    }

    // Giving back.

    void acknowledge(Command.Acknowledge c) {
        QueueRef ref = c.queue();
        long[] held =
                LongStream.of(c.offsets())
                        .filter(offset -> lease(c.groupId(), ref, offset, c.number()) != null)
                        .distinct()
                        .toArray();
        if (held.length == 0) {
            commits.afterDurable(c.reply(), stale());
            return;
        }
        PendingBatch batch = commits.roomFor(c, RecordCodec.leasedSizeBytes(held.length), true);
        if (batch != null) {
            acknowledged(batch, c.groupId(), ref, held);
            batch.hold(c.reply(), Outcome.done(held.length));
        }
    }

    private void acknowledged(PendingBatch batch, int groupId, QueueRef ref, long[] offsets) {
        int before = state.leases.open(groupId, ref.topicId(), ref.queueId());
        int passed = passing.passed(groupId, ref.topicId());
        writer.small(
                batch, new Record.Acknowledged(groupId, ref.topicId(), ref.queueId(), offsets));
        OpenLeases open = state.leases.in(groupId, ref.topicId(), ref.queueId());
        if (open.isEmpty()) {
            attempts.settled(groupId, ref);
        }
        passing.committed(batch, groupId, ref.topicId(), passed);
        if (passed != passing.passed(groupId, ref.topicId())) {
            changed(groupId, ref);
        } else if (open.isEmpty() || open.mayBlock() || before >= Leases.OPEN_MAX) {
            receivers.changed(groupId, ref);
        }
    }

    private static <T> Outcome.Refused<T> stale() {
        return Outcome.refused(
                Refusal.LEASE_GONE,
                "the message is no longer leased by this receipt: it was acknowledged, or its time ran out and it was handed out again, or the group's offset was reset");
    }

    void extend(Command.Extend c) {
        QueueRef ref = c.queue();
        if (lease(c.groupId(), ref, c.offset(), c.number()) == null) {
            commits.afterDurable(c.reply(), stale());
            return;
        }
        PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch != null) {
            long nowMs = clock.wallMs();
            writer.small(
                    batch,
                    new Record.LeaseExtended(
                            c.groupId(),
                            ref.topicId(),
                            ref.queueId(),
                            c.offset(),
                            nowMs + c.invisibleMs()));
            batch.hold(c.reply(), Outcome.done(nowMs));
            receivers.changed(c.groupId(), ref);
        }
    }

    /** A message that nobody gets any more is acknowledged, with a dead letter or without. */
    void bury(Command.Bury c) {
        QueueRef ref = c.queue();
        Message letter = c.deadLetter();
        Lease lease = state.leases.lease(c.groupId(), ref.topicId(), ref.queueId(), c.offset());
        if (lease == null
                || lease.number() != c.number() // 0 if it was deferred, and outlived its time
                || !lease.hasRunOut(clock.wallMs())
                || (letter != null && isGone.test(letter.topicId()))) {
            receivers.endTurn(c.groupId(), ref);
            commits.afterDurable(c.reply(), stale());
            return;
        }
        int letterSize = letter == null ? 0 : writer.messageSizeBytes(letter);
        int size = letterSize + RecordCodec.leasedSizeBytes(1);
        PendingBatch batch = commits.fits(size) ? commits.roomFor(c, size, letter == null) : null;
        if (!commits.fits(size)) {
            c.reply()
                    .accept(
                            Outcome.refused(
                                    Refusal.TOO_LARGE,
                                    "the dead letter takes %d bytes, more than one write"
                                            .formatted(size)));
        } else if (batch != null) {
            long position = letter == null ? -1 : writer.store(batch, letter, 0, writer.storeMs());
            acknowledged(batch, c.groupId(), ref, new long[] {c.offset()});
            batch.hold(c.reply(), Outcome.done(position));
        }
        if (!commits.isStalled()) {
            receivers.endTurn(c.groupId(), ref);
        }
    }

    /**
     * A group sets its offset itself: what it had leased is void. False if there is no room.
     *
     * @param c the command that does so
     */
    boolean forget(Command.CommitOffset c) {
        QueueRef ref = c.queue();
        if (state.leases.open(c.groupId(), ref.topicId(), ref.queueId()) == 0) {
            return true;
        }
        PendingBatch batch = commits.roomFor(c, RecordCodec.SMALL_SIZE_BYTES_MAX, true);
        if (batch != null) {
            writer.small(
                    batch, new Record.LeasesForgotten(c.groupId(), ref.topicId(), ref.queueId()));
            receivers.changed(c.groupId(), ref);
        }
        return batch != null;
    }

    /** A client wants other lite topics than before. */
    void subscribed(Subscriber subscriber) {
        receivers.subscribed(subscriber);
    }

    /** A group's offset was set: there may be something to receive, be it beyond a barrier. */
    void changed(int groupId, QueueRef queue) {
        if (state.barriers.any(queue.topicId())) {
            state.queues
                    .queuesOf(queue.topicId())
                    .forEach(each -> receivers.changed(groupId, each.ref()));
        } else {
            receivers.changed(groupId, queue);
        }
    }
}
