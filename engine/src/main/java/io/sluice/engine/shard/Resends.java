package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import io.sluice.engine.message.Fingerprint;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.SegmentUsage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Answers a send that came before with what the first one was answered: a client that got no answer
 * sends again, under the same unique key, and its message is stored once all the same. See
 * docs/adr/0011-idempotent-send.md.
 *
 * <p>What was sent lately is no state: it is not in a checkpoint, decides nothing in a replay, and
 * is gathered anew after a restart from the end of the log. Lives on the shard's executor.
 */
final class Resends {
    /** The {@link Command.Append#sameness} of a message that is not delayed. */
    static final long AT_ONCE = 1;

    /** A start reads no more of the log than this before the last checkpoint. */
    private static final long READ_BACK_BYTES_MAX = 512L << 20;

    private final KnownSends known = new KnownSends();
    private final State state;
    private final GroupCommit commits;

    Resends(State state, GroupCommit commits) {
        this.state = state;
        this.commits = commits;
    }

    /**
     * Answers {@code c} if all its messages were sent before, as one.
     *
     * @param liteQueueId the queue of its lite topic, where they have to lie, -1 if that is not
     *     there; if it has none, they may lie in any queue
     */
    boolean answered(Command.Append c, long nowMs, int liteQueueId) {
        if (c.sameness() == 0) {
            return false;
        }
        known.forgetUpTo(nowMs);
        List<Message> messages = c.messages();
        if (!isKnown(messages.getFirst(), c.sameness())) {
            return false;
        }
        long[] positions = new long[messages.size()];
        int queueId = known.queueId();
        long offset = known.offset();
        long dueMs = known.dueMs();
        if (c.lite() != null && queueId != liteQueueId) {
            return false;
        }
        for (int i = 0; i < positions.length; i++) {
            if (!isKnown(messages.get(i), c.sameness())
                    || known.queueId() != queueId
                    || (dueMs == 0 && known.offset() != offset + i)) {
                return false;
            }
            positions[i] = known.position();
        }
        commits.taken(c);
        Outcome<Appended> first = Outcome.done(new Appended(queueId, offset, positions, dueMs));
        if (c.async()) {
            c.reply().accept(first);
        } else {
            commits.afterDurable(c.reply(), first);
        }
        return true;
    }

    private boolean isKnown(Message message, long sameness) {
        return message.fingerprintHigh() != 0
                && known.find(message.fingerprintHigh(), low(message, sameness))
                && !isRecalled();
    }

    /** Whoever sends again what was recalled wants it to be delivered. */
    private boolean isRecalled() {
        long dueMs = known.dueMs();
        return dueMs != 0
                && !state.timers.hasPassed(dueMs, known.position())
                && !state.timers.isPending(dueMs, known.position());
    }

    static long low(Message message, long sameness) {
        return Fingerprint.salted(message.fingerprintLow(), sameness);
    }

    /** The messages of {@code c} were stored. */
    void stored(Command.Append c, Appended appended, long nowMs) {
        if (c.sameness() == 0) {
            return;
        }
        for (int i = 0; i < appended.positions().length; i++) {
            Message message = c.messages().get(i);
            if (message.fingerprintHigh() != 0) {
                known.add(
                        nowMs,
                        message.fingerprintHigh(),
                        low(message, c.sameness()),
                        appended.queueId(),
                        appended.offset() + i,
                        appended.positions()[i],
                        appended.dueMs());
            }
        }
    }

    // After a restart.

    /** The record at {@code at} was replayed. */
    void replayed(ByteBuffer in, int at, Record record) {
        learn(in, at, record, known::add);
    }

    private interface Learning {
        void add(
                long nowMs,
                long high,
                long low,
                int queueId,
                long offset,
                long position,
                long dueMs);
    }

    /** A message whose sizes are damaged is like no other; whoever reads it is told. */
    private static Fingerprint print(ByteBuffer in, int stored, Record.MessageStored r) {
        long position = StoredMessage.position(in, stored);
        return StoredMessage.isWhole(in, stored, r.sizeBytes(), position)
                ? Fingerprint.of(in, stored, r.topicId(), r.tagHash())
                : Fingerprint.NONE;
    }

    private static void learn(ByteBuffer in, int at, Record record, Learning learning) {
        if (record instanceof Record.MessageStored r) {
            int stored = RecordCodec.storedIndex(in, at);
            Fingerprint print = print(in, stored, r);
            if (print.high() != 0) {
                long low = Fingerprint.salted(print.low(), AT_ONCE);
                long offset = StoredMessage.queueOffset(in, stored);
                learning.add(r.storeMs(), print.high(), low, r.queueId(), offset, r.position(), 0);
            }
        } else if (record instanceof Record.TimerScheduled r && r.replaces() == 0) {
            Record.MessageStored inner = RecordCodec.readMessageOfTimer(in, at, r.position());
            int stored = RecordCodec.storedIndexOfTimer(in, at);
            long low = StoredMessage.queueOffset(in, stored);
            Fingerprint print = print(in, stored, inner);
            if (low != 0 && print.high() != 0) {
                learning.add(
                        r.storeMs(),
                        print.high(),
                        low,
                        inner.queueId(),
                        0,
                        r.position(),
                        r.dueMs());
            }
        }
    }

    /**
     * The log has been replayed: what was sent before the checkpoint, but not long ago, is read
     * again; may block.
     *
     * @param firstReplayed the oldest segment that was replayed
     */
    void readBack(Log log, int firstReplayed) throws IOException {
        long nowMs = state.lastStoreMs();
        long left = READ_BACK_BYTES_MAX;
        if (known.reachesBack(nowMs)) {
            return;
        }
        for (SegmentUsage usage : List.copyOf(state.queues.usages()).reversed()) {
            int segment = usage.segment();
            if (segment >= firstReplayed) {
                continue;
            }
            left -= log.segmentSizeBytes(segment);
            if (nowMs - usage.lastMs() > KnownSends.WINDOW_MS || left < 0) {
                return;
            }
            log.scan(segment, (records, position) -> readBack(records, position, nowMs));
        }
    }

    private void readBack(ByteBuffer records, long recordsPosition, long endMs) throws IOException {
        int start = records.position();
        while (records.hasRemaining()) {
            int at = records.position();
            Record record = RecordCodec.read(records, recordsPosition + (at - start));
            learn(
                    records,
                    at,
                    record,
                    (nowMs, high, low, queueId, offset, position, dueMs) -> {
                        if (endMs - nowMs <= KnownSends.WINDOW_MS) {
                            known.addEarlier(endMs, high, low, queueId, offset, position, dueMs);
                        }
                    });
        }
    }
}
