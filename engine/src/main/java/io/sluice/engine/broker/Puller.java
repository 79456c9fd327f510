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
        Waiter waiter = pull.suspendMs() > 0 ? new Waiter(shard, pull.asker()) : null;
        long deadline = clock.nanos() + pull.suspendMs() * NANOS_PER_MS;
        new Attempt(pull, pull.offset(), deadline, waiter).begin();
    }

    private @Nullable Group group(int groupId) {
        return groupId == 0 ? null : catalog.group(groupId);
    }

    /** Whether a group may have to wait although there are messages for it. */
    boolean mayHoldBack(int groupId, int topicId) {
        Group group = group(groupId);
        return group != null
                && (group.settings().consumeRate() > 0 || shard.isGated(groupId, topicId));
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

    /** One look at a queue, after which a pull is answered or waits for the next one. */
    private final class Attempt {
        private final Pull pull;
        private final long from;
        private final long deadline;
        private final @Nullable Waiter waiter;
        private final @Nullable Queue queue;
        private final long end;
        private final @Nullable Group group;
        private final int perSecond;

        /**
         * @param from where to read: beyond the pull's own offset if what lies between did not
         *     match
         * @param waiter null if it does not wait, or not any more
         */
        Attempt(Pull pull, long from, long deadline, @Nullable Waiter waiter) {
            this.pull = pull;
            this.from = from;
            this.deadline = deadline;
            this.waiter = waiter;
            queue = queueNow();
            end = queue == null ? 0 : queue.end(); // before the gate: see Gates
            group = group(pull.reader().groupId());
            perSecond = group == null ? 0 : group.settings().consumeRate();
        }

        void begin() {
            Outcome.Refused<Pulled> fault =
                    group == null ? null : Permission.fault(group, pull.topic());
            if (fault != null) {
                pull.reply().accept(fault);
            } else if (perSecond > 0 && allowed() == 0) {
                awaitRate();
            } else if (group != null && shard.isGated(group.id(), pull.topic().id())) {
                ask(group);
            } else {
                look(Long.MAX_VALUE);
            }
        }

        // A group's rate.

        /** How many messages the group's rate allows now. */
        private int allowed() {
            return perSecond == 0
                    ? Integer.MAX_VALUE
                    : rates.available(pull.reader().groupId(), perSecond, clock.nanos());
        }

        /** Comes again when the group's rate allows it; parked where no message comes. */
        private void awaitRate() {
            long at = rates.availableAtNanos(pull.reader().groupId(), perSecond);
            park(Command.Park.nowhere(pull.topic().id()), 0, Math.min(at, deadline), from);
        }

        // Groups that were reset, or that consume in order.

        private void ask(Group group) {
            boolean submitted;
            if (waiter == null) {
                submitted = shard.submit(question(group, null));
            } else {
                QueueRef barrier = Command.Park.barrier(pull.topic().id());
                Command.Park patience = new Command.Park(barrier, 0, deadline, wake(from));
                submitted = waiter.submit(question(group, patience), patience);
            }
            if (!submitted) {
                pull.reply().accept(Receiver.busy());
            }
        }

        private Command question(Group group, Command.@Nullable Park patience) {
            return new Command.AskPassage(
                    group.id(),
                    ref(),
                    from,
                    pull.countMax(),
                    pull.reader().clientId(),
                    patience,
                    outcome -> pull.asker().execute(() -> passed(outcome)));
        }

        private void passed(Outcome<Passage> outcome) {
            switch (outcome) {
                case Outcome.Done<Passage>(Passage passage) -> {
                    if (passage.movedTo() == Passage.NOT_MOVED) {
                        look(passage.limit());
                    } else {
                        moved(passage.movedTo());
                    }
                }
                case Outcome.Refused<Passage> refused -> pull.reply().accept(refused.of());
            }
        }

        private void moved(long to) {
            if (catalog.topic(pull.topic().id()) == null) {
                pull.reply()
                        .accept(
                                Outcome.refused(
                                        Refusal.TOPIC_UNKNOWN,
                                        "topic " + pull.topic().name() + " was deleted"));
            } else {
                answer(Found.OUT_OF_RANGE, 0, NOTHING, to);
            }
        }

        // Reading.

        /**
         * @param limit where the group has to stop
         */
        private void look(long limit) {
            long first = queue == null ? 0 : queue.first();
            if (from < first || from > end) {
                moved(from < first ? first : end);
            } else if (queue == null || from >= Math.min(end, limit)) {
                nothing();
            } else {
                read(queue, Math.min(end, limit));
            }
        }

        private Selection selection(long limit) {
            int countMax = Math.clamp(allowed(), 1, pull.countMax());
            return new Selection(countMax, pull.sizeBytesMax(), from, limit);
        }

        private void read(Queue queue, long limit) {
            Selection selection = selection(limit);
            if (!shard.queues().readResident(queue, pull.filter(), selection)) {
                readers.execute(() -> readStored(queue, limit));
            } else if (selection.count() == 0) {
                unmatched(queue, selection.nextOffset());
            } else {
                ByteBuffer messages = buffer(selection);
                int count = copyResident(selection, messages);
                if (count < 0) {
                    readers.execute(() -> copyStored(selection, messages));
                } else {
                    answerMessages(count, messages, selection.nextOffset());
                }
            }
        }

        private void readStored(Queue queue, long limit) {
            Selection selection = selection(limit);
            try {
                shard.queues().read(queue, pull.filter(), selection);
            } catch (TrimmedException e) {
                moved(queue.first()); // retention was faster
                return;
            } catch (IOException e) {
                fail(e);
                return;
            }
            if (selection.count() == 0) {
                unmatched(queue, selection.nextOffset());
            } else {
                copyStored(selection, buffer(selection));
            }
        }

        /** Room for what was selected, and for a checksum that comes with it from storage. */
        private ByteBuffer buffer(Selection selection) {
            int size = (int) selection.sizeBytes() + StoredMessage.CHECKSUM_SIZE_BYTES;
            return pull.buffers().apply(size);
        }

        /** Copies what was selected and is wanted; -1 if some of it is not in memory. */
        private int copyResident(Selection selection, ByteBuffer messages) {
            int count = 0;
            for (int i = 0; i < selection.count(); i++) {
                int at = messages.position();
                if (!log.readResident(selection.position(i), selection.sizeBytes(i), messages)) {
                    return -1;
                }
                count += keepIfWanted(messages, at);
            }
            return count;
        }

        private void copyStored(Selection selection, ByteBuffer messages) {
            int count = 0;
            messages.clear();
            try {
                for (int i = 0; i < selection.count(); i++) {
                    int at = messages.position();
                    int size = selection.sizeBytes(i);
                    int read = size + StoredMessage.CHECKSUM_SIZE_BYTES;
                    log.read(selection.position(i), read, messages);
                    requireIntact(messages, at, size, selection.position(i));
                    messages.position(at + size); // the next message takes the checksum's place
                    count += keepIfWanted(messages, at);
                }
                answerMessages(count, messages, selection.nextOffset());
            } catch (TrimmedException e) {
                moved(first());
            } catch (IOException e) {
                fail(e);
            }
        }

        /** The tag hash let the message at {@code at} through; its tag decides. */
        private int keepIfWanted(ByteBuffer messages, int at) {
            boolean unwanted =
                    pull.filter() instanceof TagFilter tags && !tags.matches(messages, at);
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

        // Waiting.

        private QueueRef ref() {
            return new QueueRef(pull.topic().id(), pull.queueId());
        }

        private void unmatched(Queue queue, long next) {
            if (next == queue.end() && waiter != null) {
                park(ref(), next, deadline, next);
            } else {
                answer(Found.NO_MATCH, 0, NOTHING, next);
            }
        }

        private void nothing() {
            park(ref(), from, deadline, from);
        }

        /**
         * Waits if it may.
         *
         * @param next where it goes on
         */
        private void park(QueueRef where, long offset, long until, long next) {
            if (waiter == null) {
                answer(from > pull.offset() ? Found.NO_MATCH : Found.END, 0, NOTHING, from);
                return;
            }
            Command.Park park = new Command.Park(where, offset, until, wake(next));
            if (!waiter.submit(park)) {
                park.wake().accept(Command.Wake.STOPPED);
            }
        }

        /** Tries again; it may wait again if it was woken before its own deadline. */
        private Consumer<Command.Wake> wake(long next) {
            return why -> {
                boolean mayWait = why != Command.Wake.STOPPED && clock.nanos() < deadline;
                Waiter again = mayWait ? waiter : null;
                pull.asker().execute(() -> new Attempt(pull, next, deadline, again).begin());
            };
        }

        // Answering.

        private @Nullable Queue queueNow() {
            return shard.queues().queue(pull.topic().id(), pull.queueId());
        }

        private long first() {
            return queue == null ? 0 : queue.first();
        }

        private void answerMessages(int count, ByteBuffer messages, long nextOffset) {
            if (perSecond > 0) {
                rates.handedOut(pull.reader().groupId(), perSecond, count, clock.nanos());
            }
            answer(
                    count == 0 ? Found.NO_MATCH : Found.MESSAGES,
                    count,
                    messages.flip(),
                    nextOffset);
        }

        private void answer(Found found, int count, ByteBuffer messages, long next) {
            Queue now = queue != null ? queue : queueNow(); // by now it may have got a message
            long first = now == null ? 0 : now.first();
            long last = now == null ? 0 : now.end();
            pull.reply()
                    .accept(Outcome.done(new Pulled(found, count, messages, next, first, last)));
        }

        private void fail(IOException e) {
            String detail = "stored messages cannot be read: " + e.getMessage();
            pull.reply().accept(Outcome.refused(Refusal.STORAGE_FAILED, detail));
        }
    }
}
