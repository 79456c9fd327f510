package io.sluice.engine.broker;

import io.sluice.engine.broker.Pull.Found;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.log.CorruptLogException;
import io.sluice.engine.log.Log;
import io.sluice.engine.log.TrimmedException;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueIndex;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.Selection;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Answers pulls. What is in memory is copied by the caller's thread, which never waits; the rest is
 * read by reader threads, so a consumer that is days behind costs producers nothing. A pull that
 * finds nothing is parked in the shard and comes back here when its queue has grown.
 *
 * <p>Stateless. Sees only what the shard has published, that is, what is durable.
 */
final class Puller {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final long NANOS_PER_MS = 1_000_000L;

    private final Log log;
    private final Shard shard;
    private final Clock clock;
    private final Executor readers;

    Puller(Log log, Shard shard, Clock clock, Executor readers) {
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
        long first = queue == null ? 0 : queue.first();
        long end = queue == null ? 0 : queue.end();
        if (from < first || from > end) {
            long next = from < first ? first : end;
            answer(pull, new Pulled(Found.OUT_OF_RANGE, 0, NOTHING, next, first, end));
        } else if (queue == null || from == end) {
            nothing(pull, from, deadline, mayPark, first, end);
        } else {
            read(pull, queue, from, deadline, mayPark);
        }
    }

    private void read(Pull pull, Queue queue, long from, long deadline, boolean mayPark) {
        Selection selection = new Selection(pull.countMax(), pull.sizeBytesMax(), from);
        QueueIndex index = shard.queues();
        if (!index.readResident(queue, pull.filter(), selection)) {
            readers.execute(() -> readStored(pull, queue, from, deadline, mayPark));
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

    private void readStored(Pull pull, Queue queue, long from, long deadline, boolean mayPark) {
        Selection selection = new Selection(pull.countMax(), pull.sizeBytesMax(), from);
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
    private static void requireIntact(ByteBuffer messages, int at, int sizeBytes, long position)
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
        if (pull.filter().matches(messages, at) && !isExpired(messages, at)) {
            return 1;
        }
        messages.position(at);
        return 0;
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

    private void nothing(
            Pull pull, long from, long deadline, boolean mayPark, long first, long end) {
        if (mayPark) {
            park(pull, from, deadline);
        } else {
            Found found = from > pull.offset() ? Found.NO_MATCH : Found.END;
            answer(pull, new Pulled(found, 0, NOTHING, from, first, end));
        }
    }

    private void park(Pull pull, long from, long deadline) {
        QueueRef queue = new QueueRef(pull.topic().id(), pull.queueId());
        Command.Park park =
                new Command.Park(queue, from, deadline, why -> woken(pull, from, deadline, why));
        if (!shard.submit(park)) {
            attempt(pull, from, deadline, false);
        }
    }

    private void woken(Pull pull, long from, long deadline, Command.Wake why) {
        boolean mayPark = why == Command.Wake.ARRIVED;
        pull.home().execute(() -> attempt(pull, from, deadline, mayPark));
    }

    private void answerMessages(
            Pull pull, Queue queue, int count, ByteBuffer messages, long nextOffset) {
        Found found = count == 0 ? Found.NO_MATCH : Found.MESSAGES;
        ByteBuffer written = messages.flip();
        answer(pull, new Pulled(found, count, written, nextOffset, queue.first(), queue.end()));
    }

    /** Retention was faster than this pull. */
    private static void expired(Pull pull, Queue queue) {
        long first = queue.first();
        answer(pull, new Pulled(Found.OUT_OF_RANGE, 0, NOTHING, first, first, queue.end()));
    }

    private static void answer(Pull pull, Pulled pulled) {
        pull.reply().accept(Outcome.done(pulled));
    }

    private static void fail(Pull pull, IOException e) {
        String detail = "stored messages cannot be read: " + e.getMessage();
        pull.reply().accept(Outcome.refused(Refusal.STORAGE_FAILED, detail));
    }
}
