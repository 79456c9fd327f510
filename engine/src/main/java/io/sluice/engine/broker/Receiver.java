package io.sluice.engine.broker;

import io.sluice.engine.broker.LeasedReader.Picked;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Leases.Lease;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Grant;
import io.sluice.engine.shard.Offer;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages out for a time, and takes them back: receive, acknowledge, extend.
 *
 * <ol>
 *   <li>The shard offers a queue in which there is something, at once or after waiting.
 *   <li>What it says is read, as a pull is: from memory on the caller's thread, else on a reader's.
 *   <li>The shard leases exactly what was read, if that is still what comes next; else from 1.
 *   <li>When that is durable, the messages are given.
 * </ol>
 *
 * A message whose last attempt has run out is read, too, and goes to the dead letters instead, or
 * nowhere if its group wants it so. Stateless. Any thread.
 */
public final class Receiver {
    private static final ByteBuffer NO_MESSAGES = ByteBuffer.allocate(0);

    /** What an attempt was given once is not taken back since its time to live is over. */
    private static final long NEVER_OVER_MS = 0;

    private final Shard shard;
    private final Catalog catalog;
    private final Clock clock;
    private final Executor readers;
    private final LeasedReader reader;
    private final MarkedReader marks;
    private final Rates rates;
    private final BiConsumer<String, Consumer<Outcome<Topic>>> topicForSend;

    /**
     * @param topicForSend finds a topic, or creates it: dead letters are the first to need theirs
     */
    Receiver(
            Shard shard,
            Catalog catalog,
            Clock clock,
            Executor readers,
            LeasedReader reader,
            Rates rates,
            BiConsumer<String, Consumer<Outcome<Topic>>> topicForSend) {
        this.shard = shard;
        this.catalog = catalog;
        this.clock = clock;
        this.readers = readers;
        this.reader = reader;
        this.marks = new MarkedReader(reader);
        this.rates = rates;
        this.topicForSend = topicForSend;
    }

    /** Hands messages out; see {@link Receive}. */
    public void receive(Receive receive) {
        Outcome.Refused<Received> fault = receive.fault();
        if (fault != null) {
            receive.reply().accept(fault);
        } else {
            new Attempt(receive).ask();
        }
    }

    /** Why nobody can receive from a queue, or any, for that long; null if somebody may. */
    public static Outcome.@Nullable Refused<Received> fault(
            Topic topic, int queueId, long invisibleMs) {
        if (queueId >= topic.queues()) {
            return Broker.queueUnknown(topic, queueId);
        }
        return invisibleMs < 1 || invisibleMs > Receive.INVISIBLE_MS_MAX
                ? invisibleFault(invisibleMs)
                : Permission.fault(topic);
    }

    /** Why a group cannot look at a queue, or any; null if it may. */
    private static <T> Outcome.@Nullable Refused<T> fault(Group group, Topic topic, int queueId) {
        return queueId >= topic.queues()
                ? Broker.queueUnknown(topic, queueId)
                : Permission.fault(group, topic);
    }

    private static <T> Outcome.Refused<T> invisibleFault(long ms) {
        return Outcome.refused(
                Refusal.INVALID,
                "a message is held for 1 ms to %d ms, not %d ms: extend the time for more"
                        .formatted(Receive.INVISIBLE_MS_MAX, ms));
    }

    /**
     * Messages that were handed out together have been consumed. Refused with {@link
     * Refusal#LEASE_GONE} if none of them is leased by that handing out any more.
     *
     * @param number that of the handing out
     * @param reply gets how many of them were still leased
     */
    public void acknowledge(
            Group group,
            Topic topic,
            int queueId,
            long number,
            long[] offsets,
            Consumer<Outcome<Integer>> reply) {
        if (!topic.mayHave(queueId)) {
            reply.accept(Broker.queueUnknown(topic, queueId));
        } else {
            QueueRef queue = new QueueRef(topic.id(), queueId);
            submit(new Command.Acknowledge(group.id(), queue, number, offsets, reply), reply);
        }
    }

    /**
     * A message is held for {@code invisibleMs} from now on: longer if its consumer is slow, less
     * if it gives the message back. Its receipt stays the same.
     *
     * @param invisibleMs 0 to {@link Receive#INVISIBLE_MS_MAX}
     * @param reply gets the time from which it counts, wall-clock ms
     */
    public void extend(
            Group group,
            Topic topic,
            int queueId,
            long number,
            long offset,
            long invisibleMs,
            Consumer<Outcome<Long>> reply) {
        if (!topic.mayHave(queueId)) {
            reply.accept(Broker.queueUnknown(topic, queueId));
        } else if (invisibleMs < 0 || invisibleMs > Receive.INVISIBLE_MS_MAX) {
            reply.accept(invisibleFault(invisibleMs));
        } else {
            QueueRef queue = new QueueRef(topic.id(), queueId);
            submit(
                    new Command.Extend(group.id(), queue, offset, number, invisibleMs, reply),
                    reply);
        }
    }

    /**
     * Where there is something to receive, without receiving it.
     *
     * @param queueId negative for any
     * @param suspendMs how long to wait for something
     */
    public void look(
            Group group,
            Topic topic,
            int queueId,
            Ordering ordering,
            long suspendMs,
            Asker asker,
            Consumer<Outcome<Offer>> reply) {
        Outcome.Refused<Offer> fault = fault(group, topic, queueId);
        if (fault != null) {
            reply.accept(fault);
            return;
        }
        Command.Receive command =
                new Command.Receive(
                        group.id(),
                        topic.id(),
                        topic.queues(),
                        Math.max(-1, queueId),
                        ordering,
                        false,
                        1,
                        0,
                        0,
                        true,
                        clock.nanos() + TimeUnit.MILLISECONDS.toNanos(suspendMs),
                        null,
                        null,
                        reply);
        if (!new Waiter(shard, asker).submit(command)) {
            reply.accept(busy());
        }
    }

    /** How many receivers wait for that queue, or for any if it is negative. */
    public void waiting(Group group, Topic topic, int queueId, Consumer<Outcome<Integer>> reply) {
        Outcome.Refused<Integer> fault = fault(group, topic, queueId);
        if (fault != null) {
            reply.accept(fault);
        } else {
            int queue = Math.max(-1, queueId);
            submit(new Command.CountReceivers(group.id(), topic.id(), queue, reply), reply);
        }
    }

    private <T> void submit(Command command, Consumer<Outcome<T>> reply) {
        if (!shard.submit(command)) {
            reply.accept(busy());
        }
    }

    static <T> Outcome.Refused<T> busy() {
        return Outcome.refused(Refusal.BUSY, "too much is under way: try again");
    }

    /** One receive under way. One step at a time, on whatever thread that is taken. */
    private final class Attempt {
        private final Receive receive;
        private final Waiter waiter;
        private final long deadlineNanos;
        private final Set<Long> tooLarge = new HashSet<>(); // offsets that cannot be buried
        private Outcome.@Nullable Refused<?> unburied; // why the dead are passed over
        private int deadMax; // as many of them were in one offer
        private Group group; // as it is now
        private int ahead;

        Attempt(Receive receive) {
            this.receive = receive;
            this.waiter = new Waiter(shard, receive.asker());
            this.group = receive.group();
            this.ahead =
                    receive.ordering() == Ordering.NONE && receive.topic().prioritized()
                            ? MarkedReader.WINDOW
                            : 0;
            this.deadlineNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(receive.suspendMs());
        }

        void ask() {
            tooLarge.clear();
            Outcome.Refused<?> fault = groupFault();
            if (fault != null) {
                refuse(fault);
                return;
            }
            Command.Receive command =
                    new Command.Receive(
                            receive.group().id(),
                            receive.topic().id(),
                            receive.topic().queues(),
                            Math.max(-1, receive.queueId()),
                            receive.ordering(),
                            receive.fromEnd(),
                            receive.countMax(),
                            deadMax,
                            ahead,
                            false,
                            deadlineNanos,
                            receive.attemptId(),
                            receive.liteClientId(),
                            this::offered);
            if (!waiter.submit(command)) {
                refuse(busy());
            }
        }

        /** Why the group may not have anything now; null if it may. */
        private Outcome.@Nullable Refused<?> groupFault() {
            Group now = catalog.group(group.name());
            if (now == null || now.id() != group.id()) {
                return Outcome.refused(
                        Refusal.GROUP_UNKNOWN, "group " + group.name() + " was deleted");
            }
            group = now;
            return Permission.fault(now, receive.topic());
        }

        private void offered(Outcome<Offer> outcome) {
            switch (outcome) {
                case Outcome.Refused<Offer> refused -> refuse(refused);
                case Outcome.Done<Offer>(Offer offer) -> {
                    if (offer.isNothing()) {
                        nothing();
                    } else {
                        receive.asker().execute(() -> begin(offer));
                    }
                }
            }
        }

        private void begin(Offer offer) {
            Queue queue = shard.queues().queue(receive.topic().id(), offer.queueId());
            Outcome.Refused<?> fault = groupFault();
            if (fault != null) {
                stopReading(offer);
                refuse(fault);
            } else if (queue == null || !receive.asker().isThere()) {
                stopReading(offer);
                nothing();
            } else if (!offer.repeated() && allowed() == 0) {
                stopReading(offer);
                pause();
            } else if (!read(offer, queue, false)) {
                readers.execute(() -> read(offer, queue, true));
            }
        }

        /** How many messages the group's rate allows now. */
        private int allowed() {
            int perSecond = group.settings().consumeRate();
            return perSecond == 0
                    ? Integer.MAX_VALUE
                    : rates.available(group.id(), perSecond, clock.nanos());
        }

        /** Comes again when the group's rate allows it; parked where no message comes. */
        private void pause() {
            if (deadlineNanos - clock.nanos() <= 0) {
                nothing();
                return;
            }
            long at = rates.availableAtNanos(group.id(), group.settings().consumeRate());
            Command.Park park =
                    new Command.Park(
                            Command.Park.nowhere(receive.topic().id()),
                            0,
                            Math.min(at, deadlineNanos),
                            why -> goOn(why));
            if (!waiter.submit(park)) {
                nothing();
            }
        }

        private void goOn(Command.Wake why) {
            if (why == Command.Wake.STOPPED) {
                nothing();
            } else {
                ask();
            }
        }

        /** False if not all that is needed is in memory, and nothing was done. */
        private boolean read(Offer offer, Queue queue, boolean stored) {
            try {
                Lease dead = unburied == null ? firstDead(offer) : null;
                if (dead != null && group.settings().discards()) {
                    bury(offer, dead, (Message) null);
                    return true;
                }
                if (dead != null) {
                    ByteBuffer message = reader.message(queue, dead.offset(), stored);
                    if (message != null) {
                        bury(offer, dead, message);
                    }
                    return message != null;
                }
                if (hidesOthers(offer)) {
                    stopReading(offer);
                    ask();
                    return true;
                }
                Picked picked = pick(offer, queue, stored);
                if (picked != null && unburied == null && !picked.expired().isEmpty()) {
                    bury(offer, picked.expired().getFirst(), (Message) null);
                } else if (picked != null && overtakesWhatExpired(picked)) {
                    stopReading(offer);
                    refuse(Objects.requireNonNull(unburied));
                } else if (picked != null) {
                    lease(offer, queue, picked);
                }
                return picked != null;
            } catch (TrimmedException e) {
                stopReading(offer);
                ask();
            } catch (IOException e) {
                stopReading(offer);
                String detail = "stored messages cannot be read: " + e.getMessage();
                refuse(Outcome.refused(Refusal.STORAGE_FAILED, detail));
            }
            return true;
        }

        /** What cannot be buried takes no place in an offer that another message could have. */
        private boolean hidesOthers(Offer offer) {
            int before = deadMax;
            long dead = offer.repeated() ? 0 : offer.again().stream().filter(this::isDead).count();
            deadMax = (int) Math.max(before, dead);
            return deadMax > before;
        }

        /** Its message group does not go on before what has expired is out of the way. */
        private boolean overtakesWhatExpired(Picked picked) {
            return unburied != null
                    && !picked.expired().isEmpty()
                    && receive.ordering() == Ordering.MESSAGE_GROUP;
        }

        private @Nullable Picked pick(Offer offer, Queue queue, boolean stored) throws IOException {
            int allowed =
                    offer.repeated()
                            ? Integer.MAX_VALUE
                            : Math.min(Math.max(1, allowed()), receive.countMax());
            List<Lease> again = again(offer).stream().limit(allowed).toList();
            return switch (receive.ordering()) {
                case NONE ->
                        receive.topic().prioritized()
                                ? marks.byPriority(
                                        receive,
                                        queue,
                                        again,
                                        offer.cursor(),
                                        offer.newMax(),
                                        allowed,
                                        clock.wallMs(),
                                        stored)
                                : read(offer, queue, again, allowed, stored);
                case QUEUE -> read(offer, queue, again, allowed, stored);
                case MESSAGE_GROUP -> {
                    Picked picked = read(offer, queue, again, Integer.MAX_VALUE, stored);
                    yield picked == null ? null : MarkedReader.byMessageGroup(picked);
                }
            };
        }

        private @Nullable Picked read(
                Offer offer, Queue queue, List<Lease> again, int allowed, boolean stored)
                throws IOException {
            return reader.read(
                    receive,
                    queue,
                    again,
                    offer.cursor(),
                    Math.min(offer.newMax(), allowed - again.size()),
                    offer.limit(),
                    offer.repeated() ? NEVER_OVER_MS : clock.wallMs(),
                    stored);
        }

        /** What is too large to be a dead letter is rather handed out once more than lost. */
        private boolean isDead(Lease lease) {
            return !lease.isDeferred()
                    && lease.attempt() > group.settings().retryMax()
                    && !tooLarge.contains(lease.offset());
        }

        private @Nullable Lease firstDead(Offer offer) {
            if (offer.repeated()) {
                return null;
            }
            return offer.again().stream().filter(this::isDead).findFirst().orElse(null);
        }

        /** Those to be handed out again; what could not be buried waits for a better time. */
        private List<Lease> again(Offer offer) {
            if (offer.repeated()) {
                return offer.again();
            }
            return receive.ordering() == Ordering.MESSAGE_GROUP
                    ? MarkedReader.notBehind(offer.again(), this::isDead)
                    : offer.again().stream().filter(lease -> !isDead(lease)).toList();
        }

        private void lease(Offer offer, Queue queue, Picked picked) {
            if (picked.isEmpty() && picked.nextCursor() == offer.cursor()) {
                stopReading(offer);
                refuse(
                        unburied != null
                                ? unburied
                                : Outcome.refused(Refusal.BUSY, "there is nothing: try again"));
                return;
            }
            Consumer<Outcome<Grant>> granted = outcome -> granted(offer, queue, picked, outcome);
            submit(
                    new Command.Lease(
                            receive.group().id(),
                            queue.ref(),
                            picked.again(),
                            offer.cursor(),
                            picked.nextCursor(),
                            picked.fresh(),
                            picked.marked(),
                            receive.ordering(),
                            Math.min(allowed(), receive.countMax()) - picked.again().size(),
                            offer.repeated(),
                            receive.attemptId(),
                            receive.invisibleMs(),
                            granted),
                    granted);
        }

        private void granted(Offer offer, Queue queue, Picked picked, Outcome<Grant> outcome) {
            switch (outcome) {
                case Outcome.Refused<Grant> refused -> refuse(refused);
                case Outcome.Done<Grant>(Grant grant) -> {
                    if (grant.isEmpty()) {
                        if (receive.ordering() == Ordering.MESSAGE_GROUP && !grant.hasMoved()) {
                            ahead = Receive.COUNT_MAX; // all that was read has to wait
                        }
                        ask();
                    } else {
                        long unread = Math.max(0, queue.end() - picked.nextCursor());
                        long left = unread + grant.deferred();
                        give(offer.queueId(), picked.messages(), grant, left);
                    }
                }
            }
        }

        private void give(int queueId, ByteBuffer messages, Grant grant, long left) {
            long[] offsets = grant.keep(messages);
            int perSecond = group.settings().consumeRate();
            if (perSecond > 0) {
                rates.handedOut(group.id(), perSecond, offsets.length, clock.nanos());
            }
            reply(new Received(queueId, grant.number(), grant.atMs(), messages, offsets, left));
        }

        private void bury(Offer offer, Lease dead, ByteBuffer stored) {
            topicForSend.accept(
                    Names.deadLetterTopic(receive.group().name()),
                    outcome -> {
                        switch (outcome) {
                            case Outcome.Done<Topic>(Topic topic) ->
                                    bury(
                                            offer,
                                            dead,
                                            Returns.letter(stored, topic, dead.attempt()));
                            case Outcome.Refused<Topic> refused ->
                                    buried(offer, dead, refused.of());
                        }
                    });
        }

        private void bury(Offer offer, Lease dead, @Nullable Message letter) {
            Consumer<Outcome<Long>> buried = outcome -> buried(offer, dead, outcome);
            submit(
                    new Command.Bury(
                            receive.group().id(),
                            new QueueRef(receive.topic().id(), offer.queueId()),
                            dead.offset(),
                            dead.number(),
                            letter,
                            buried),
                    buried);
        }

        private void buried(Offer offer, Lease dead, Outcome<Long> outcome) {
            if (outcome instanceof Outcome.Refused<Long> refused
                    && refused.refusal() != Refusal.LEASE_GONE) {
                if (refused.refusal() == Refusal.TOO_LARGE) {
                    tooLarge.add(dead.offset());
                } else {
                    unburied = refused;
                }
                receive.asker().execute(() -> begin(offer));
            } else {
                ask();
            }
        }

        private void stopReading(Offer offer) {
            QueueRef queue = new QueueRef(receive.topic().id(), offer.queueId());
            boolean _ = shard.submit(new Command.StopReading(receive.group().id(), queue));
        }

        private void nothing() {
            reply(new Received(-1, 0, clock.wallMs(), NO_MESSAGES, new long[0], 0));
        }

        private void reply(Received received) {
            receive.reply().accept(Outcome.done(received));
        }

        private void refuse(Outcome.Refused<?> why) {
            receive.reply().accept(why.of());
        }
    }
}
