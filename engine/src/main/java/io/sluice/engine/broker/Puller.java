package io.sluice.engine.broker;

import io.sluice.engine.broker.Pull.Found;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Log;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.Selection;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Command.Passage;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers pulls. What is in memory is copied by the caller's thread, which never waits; the rest is
 * read by reader threads, so a consumer that is days behind costs producers nothing. A pull that
 * finds nothing is parked in the shard and comes back here when its queue has grown.
 *
 * <p>Sees only what the shard has published, that is, what is durable. Stateless.
 */
final class Puller {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final long NANOS_PER_MS = 1_000_000L;

    /** No queue has this id, nor does anything else wake who is parked there. */
    static final int NOWHERE = -2;

    private final Log log;
    private final Shard shard;
    private final Clock clock;
    private final Executor readers;
    private final Catalog catalog;
    private final Rates rates;

    Puller(Log log, Shard shard, Catalog catalog, Clock clock, Executor readers, Rates rates) {
        this.rates = rates;
        this.catalog = catalog;
        this.log = log;
        this.shard = shard;
        this.clock = clock;
        this.readers = readers;
    }

    /** Answers {@code pull}, now or after waiting. */
    void pull(Pull pull) {
        long deadline = clock.nanos() + pull.suspendMs() * NANOS_PER_MS;
        attempt(pull, pull.offset(), deadline, pull.suspendMs() > 0);
    }

    /**
     * @param from where to read: beyond the pull's own offset if what lies between did not match
     * @param mayPark false if the time to wait is over
     */
    private void attempt(Pull pull, long from, long deadline, boolean mayPark) {
        Queue queue = shard.queues().queue(pull.topic().id(), pull.queueId());
        long end = queue == null ? 0 : queue.end(); // before the gate: see Gates
        int groupId = pull.reader().groupId();
        Group group = groupId == 0 ? null : catalog.group(groupId);
        if (group == null) {
            look(pull, from, end, Long.MAX_VALUE, deadline, mayPark);
        } else if (!group.settings().consumeEnabled()) {
            pull.reply().accept(disabled(group));
        } else if (mustWait(group)) {
            await(pull, group, from, deadline, mayPark);
        } else if (shard.isGated(groupId, pull.topic().id())) {
            ask(pull, from, end, deadline, mayPark);
        } else {
            look(pull, from, end, Long.MAX_VALUE, deadline, mayPark);
        }
    }

    static <T> Outcome.Refused<T> disabled(Group group) {
        return Outcome.refused(Refusal.NO_PERMISSION, "group " + group.name() + " may not consume");
    }

    /** Whether a group may have to wait although there are messages for it. */
    boolean mayHoldBack(int groupId, int topicId) {
        Group group = catalog.group(groupId);
        return group != null
                && (group.settings().consumeRate() > 0 || shard.isGated(groupId, topicId));
    }

    // A group's rate.

    private boolean mustWait(Group group) {
        int perSecond = group.settings().consumeRate();
        return perSecond > 0 && rates.available(group.id(), perSecond, clock.nanos()) == 0;
    }

    /** Comes again when the group's rate allows it; parked where no message comes. */
    private void await(Pull pull, Group group, long from, long deadline, boolean mayPark) {
        if (!mayPark) {
            nothing(pull, from, deadline, false);
            return;
        }
        long at = rates.availableAtNanos(group.id(), group.settings().consumeRate());
        QueueRef nowhere = new QueueRef(pull.topic().id(), NOWHERE);
        park(new Command.Park(nowhere, 0, Math.min(at, deadline), wake(pull, from, deadline)));
    }

    private int countMax(Pull pull) {
        Group group = groupWithRate(pull);
        return group == null
                ? pull.countMax()
                : Math.clamp(
                        rates.available(group.id(), group.settings().consumeRate(), clock.nanos()),
                        1,
                        pull.countMax());
    }

    private @Nullable Group groupWithRate(Pull pull) {
        int groupId = pull.reader().groupId();
        Group group = groupId == 0 ? null : catalog.group(groupId);
        return group == null || group.settings().consumeRate() == 0 ? null : group;
    }

    // Groups that were reset, or that consume in order.

    private void ask(Pull pull, long from, long end, long deadline, boolean mayPark) {
        QueueRef queue = new QueueRef(pull.topic().id(), pull.queueId());
        Command.Park wait =
                mayPark
                        ? new Command.Park(queue, from, deadline, wake(pull, from, deadline))
                        : null;
        boolean submitted =
                shard.submit(
                        new Command.AskPassage(
                                pull.reader().groupId(),
                                queue,
                                from,
                                pull.countMax(),
                                pull.reader().clientId(),
                                wait,
                                outcome ->
                                        pull.home()
                                                .execute(() ->
                                                        passed(
                                                                pull, from, end, deadline, mayPark,
                                                                outcome))));
        if (!submitted) {
            pull.reply().accept(Outcome.refused(Refusal.BUSY, "too much is under way: try again"));
        }
    }

    private void passed(
            Pull pull,
            long from,
            long end,
            long deadline,
            boolean mayPark,
            Outcome<Passage> outcome) {
        switch (outcome) {
            case Outcome.Done<Passage>(Passage passage) -> {
                if (passage.movedTo() == Passage.NOT_MOVED) {
                    look(pull, from, end, passage.limit(), deadline, mayPark);
                } else {
                    moved(pull, passage.movedTo());
                }
            }
            case Outcome.Refused<Passage> refused -> pull.reply().accept(refused.of());
        }
    }

    private void moved(Pull pull, long to) {
        if (catalog.topic(pull.topic().id()) == null) {
            pull.reply()
                    .accept(
                            Outcome.refused(
                                    Refusal.TOPIC_UNKNOWN,
                                    "topic " + pull.topic().name() + " was deleted"));
            return;
        }
        Queue queue = shard.queues().queue(pull.topic().id(), pull.queueId());
        long first = queue == null ? 0 : queue.first();
        long end = queue == null ? 0 : queue.end();
        answer(pull, new Pulled(Found.OUT_OF_RANGE, 0, NOTHING, to, first, end));
    }

    // Reading.

    /**
     * @param end where the queue ended when it was looked whether more rules apply
     * @param limit where the group has to stop
     */
    private void look(Pull pull, long from, long end, long limit, long deadline, boolean mayPark) {
        Queue queue = shard.queues().queue(pull.topic().id(), pull.queueId());
        long first = queue == null ? 0 : queue.first();
        if (from < first || from > end) {
            moved(pull, from < first ? first : end);
        } else if (queue == null || from >= Math.min(end, limit)) {
            nothing(pull, from, deadline, mayPark);
        } else {
            read(pull, queue, from, Math.min(end, limit), deadline, mayPark);
        }
    }

    private void read(Pull pull, Queue queue, long from, long end, long deadline, boolean mayPark) {
        Selection selection = new Selection(countMax(pull), pull.sizeBytesMax(), from, end);
        QueueIndex index = shard.queues();
        if (!index.readResident(queue, pull.filter(), selection)) {
            readers.execute(() -> readStored(pull, queue, from, end, deadline, mayPark));
        } else if (selection.count() == 0) {
            unmatched(pull, queue, selection.nextOffset(), deadline, mayPark);
        } else {
            ByteBuffer messages = buffer(pull, selection);
            int count = copyResident(pull, selection, messages);
            if (count < 0) {
                readers.execute(() -> copyStored(pull, queue, selection, messages));
            } else {
                answerMessages(pull, queue, count, messages, selection.nextOffset());
            }
        }
    }

    private void readStored(
            Pull pull, Queue queue, long from, long end, long deadline, boolean mayPark) {
        Selection selection = new Selection(countMax(pull), pull.sizeBytesMax(), from, end);
        try {
            shard.queues().read(queue, pull.filter(), selection);
        } catch (TrimmedException e) {
            expired(pull, queue);
            return;
        } catch (IOException e) {
            fail(pull, e);
            return;
        }
        if (selection.count() == 0) {
            unmatched(pull, queue, selection.nextOffset(), deadline, mayPark);
        } else {
            ByteBuffer messages = buffer(pull, selection);
            copyStored(pull, queue, selection, messages);
        }
    }

    /** Room for what was selected, and for a checksum that comes with it from storage. */
    private static ByteBuffer buffer(Pull pull, Selection selection) {
        int size = (int) selection.sizeBytes() + StoredMessage.CHECKSUM_SIZE_BYTES;
        return pull.buffers().apply(size);
    }

    /** Copies what was selected and is wanted; -1 if some of it is not in memory. */
    private int copyResident(Pull pull, Selection selection, ByteBuffer messages) {
        int count = 0;
        for (int i = 0; i < selection.count(); i++) {
            int at = messages.position();
            if (!log.readResident(selection.position(i), selection.sizeBytes(i), messages)) {
                return -1;
            }
            count += keepIfWanted(pull, messages, at);
        }
        return count;
    }

    private void copyStored(Pull pull, Queue queue, Selection selection, ByteBuffer messages) {
        int count = 0;
        messages.clear();
        try {
            for (int i = 0; i < selection.count(); i++) {
                int at = messages.position();
                int size = selection.sizeBytes(i);
                log.read(selection.position(i), size + StoredMessage.CHECKSUM_SIZE_BYTES, messages);
                requireIntact(messages, at, size, selection.position(i));
                messages.position(at + size); // the next message takes the place of the checksum
                count += keepIfWanted(pull, messages, at);
            }
            answerMessages(pull, queue, count, messages, selection.nextOffset());
        } catch (TrimmedException e) {
            expired(pull, queue);
        } catch (IOException e) {
            fail(pull, e);
        }
    }

    /** What was written may have changed on storage since: that is said, not passed on. */
    static void requireIntact(ByteBuffer messages, int at, int sizeBytes, long position)
            throws CorruptLogException {
        int checksum = messages.getInt(at + sizeBytes);
        if (!StoredMessage.isIntact(messages, at, sizeBytes, position, checksum)) {
            throw new CorruptLogException(
                    "the message at position %d is damaged on disk: stop the server, keep a copy of the data directory, and look after the disk"
                            .formatted(position));
        }
    }

    /** The tag hash let the message at {@code at} through; its tag decides. */
    private int keepIfWanted(Pull pull, ByteBuffer messages, int at) {
        boolean unwanted = pull.filter() instanceof TagFilter tags && !tags.matches(messages, at);
        if (unwanted || isExpired(messages, at)) {
            messages.position(at);
            return 0;
        }
        return 1;
    }

    /** Whether its sender did not want it to be delivered any more. */
    private boolean isExpired(ByteBuffer messages, int at) {
        return TimeToLive.isLimited(messages, at)
                && TimeToLive.isOver(messages, at, clock.wallMs());
    }

    private void unmatched(Pull pull, Queue queue, long next, long deadline, boolean mayPark) {
        if (next == queue.end() && mayPark) {
            park(pull, next, deadline);
        } else {
            Found found = Found.NO_MATCH;
            answer(pull, new Pulled(found, 0, NOTHING, next, queue.first(), queue.end()));
        }
    }

    private void nothing(Pull pull, long from, long deadline, boolean mayPark) {
        if (mayPark) {
            park(pull, from, deadline);
        } else {
            Queue queue = shard.queues().queue(pull.topic().id(), pull.queueId());
            long first = queue == null ? 0 : queue.first();
            long end = queue == null ? 0 : queue.end();
            Found found = from > pull.offset() ? Found.NO_MATCH : Found.END;
            answer(pull, new Pulled(found, 0, NOTHING, from, first, end));
        }
    }

    private void park(Pull pull, long from, long deadline) {
        QueueRef queue = new QueueRef(pull.topic().id(), pull.queueId());
        park(new Command.Park(queue, from, deadline, wake(pull, from, deadline)));
    }

    private void park(Command.Park park) {
        if (!shard.submit(park)) {
            park.wake().accept(Command.Wake.STOPPED);
        }
    }

    /** Tries again; it may wait again if it was woken before its own deadline. */
    private Consumer<Command.Wake> wake(Pull pull, long from, long deadline) {
        return why -> {
            boolean mayPark = why != Command.Wake.STOPPED && clock.nanos() < deadline;
            pull.home().execute(() -> attempt(pull, from, deadline, mayPark));
        };
    }

    private void answerMessages(
            Pull pull, Queue queue, int count, ByteBuffer messages, long nextOffset) {
        Group group = groupWithRate(pull);
        if (group != null) {
            rates.handedOut(group.id(), group.settings().consumeRate(), count, clock.nanos());
        }
        Found found = count == 0 ? Found.NO_MATCH : Found.MESSAGES;
        ByteBuffer written = messages.flip();
        answer(pull, new Pulled(found, count, written, nextOffset, queue.first(), queue.end()));
    }

    /** Retention was faster than this pull. */
    private void expired(Pull pull, Queue queue) {
        moved(pull, queue.first());
    }

    private static void answer(Pull pull, Pulled pulled) {
        pull.reply().accept(Outcome.done(pulled));
    }

    private static void fail(Pull pull, IOException e) {
        String detail = "stored messages cannot be read: " + e.getMessage();
        pull.reply().accept(Outcome.refused(Refusal.STORAGE_FAILED, detail));
    }
}
