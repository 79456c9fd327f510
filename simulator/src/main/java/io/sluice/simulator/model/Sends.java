package io.sluice.simulator.model;

import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was sent, and what was answered. A message is known by the send and index that stand in its
 * body.
 */
public final class Sends {
    private static final int DELAYED_MAX = 24;
    private static final int NEWEST_MAX = 24;

    /** For how long a message is known at least to those who send it again, in ms. */
    private static final long KNOWN_MS = 14_000;

    private static final long AGAIN_MS_MAX = 8_000;

    private final Judge judge;
    private final Queues queues;
    private final List<Sent> sends = new ArrayList<>();
    private final List<Integer> firstMessages = new ArrayList<>(); // number of each send's first
    private int messages;

    Sends(Judge judge, Queues queues) {
        this.judge = judge;
        this.queues = queues;
    }

    Sent get(int id) {
        return sends.get(id);
    }

    List<Sent> all() {
        return sends;
    }

    /** The number of a message among all of a history. */
    int number(Sent sent, int index) {
        return firstMessages.get(sent.id) + index;
    }

    /** The index of a message within its send. */
    static int index(ByteBuffer message) {
        return Bodies.index(StoredMessage.body(message, 0));
    }

    /** A send is handed over; its bodies are {@link #body}. */
    public Sent sending(
            String topic,
            int topicId,
            int queueId,
            int count,
            int sizeBytes,
            byte[] properties,
            int tag,
            int key,
            int delayMs,
            boolean keyed,
            int ttlMs) {
        Sent sent =
                new Sent(
                        sends.size(),
                        topic,
                        topicId,
                        queueId,
                        count,
                        sizeBytes,
                        properties,
                        tag,
                        key,
                        delayMs,
                        keyed,
                        ttlMs,
                        judge.life(),
                        judge.wallMs());
        sends.add(sent);
        firstMessages.add(messages);
        messages += count;
        return sent;
    }

    /** The body of one of its messages. */
    public ByteBuffer body(Sent sent, int index) {
        return Bodies.make(sent.id, index, sent.sizeBytes);
    }

    /** The send was acknowledged. */
    public void acknowledged(Sent sent, int queueId, long offset, long[] positions, long dueMs) {
        if (sent.fate == Sent.Fate.DONE) {
            requireSameAnswer(sent, queueId, positions);
            return;
        }
        sent.fate = Sent.Fate.DONE;
        sent.acknowledgedIn = judge.life();
        sent.acknowledgedNanos = judge.nanos();
        sent.early = judge.async();
        sent.earliestStoreMs = Math.min(sent.earliestStoreMs, judge.wallMs());
        System.arraycopy(positions, 0, sent.positions, 0, positions.length);
        sent.toldDueMs(dueMs);
        if (dueMs < sent.dueMs || dueMs > judge.latestWallMs() + sent.delayMs) {
            judge.violated(Promise.TIMERS, "%s was told that it is due %d".formatted(sent, dueMs));
        }
        if (sent.delayed()) {
            return;
        }
        if (judge.isForgotten(sent.topicId)) {
            return;
        }
        QueueModel queue = queues.queue(sent.home());
        for (int i = 0; i < sent.count; i++) {
            int other = queue.sendAt(offset + i);
            if (other >= 0 && other != sent.id) {
                judge.violated(
                        Promise.OFFSETS,
                        "%s was told offset %d, where %s lies"
                                .formatted(sent, offset + i, sends.get(other)));
            }
            place(sent, i, offset + i);
            queue.answered(offset + i, sent.id, sent.earliestStoreMs);
        }
    }

    private void requireSameAnswer(Sent sent, int queueId, long[] positions) {
        if (!sent.mayBeTwice
                && !judge.isForgotten(sent.topicId)
                && (queueId != sent.queueId || !Arrays.equals(positions, sent.positions))) {
            judge.violated(
                    Promise.ANSWERS_STAND,
                    "%s was told positions %s, and then %s in queue %d"
                            .formatted(
                                    sent,
                                    Arrays.toString(sent.positions),
                                    Arrays.toString(positions),
                                    queueId));
        }
    }

    /** Some message that was sent a short while ago, and may be again; null if there is none. */
    public @Nullable Sent pickToSendAgain(int number) {
        List<Sent> newest = new ArrayList<>();
        for (int i = sends.size() - 1; i >= 0 && newest.size() < NEWEST_MAX; i--) {
            Sent sent = sends.get(i);
            if (judge.latestWallMs() - sent.firstMs > AGAIN_MS_MAX) {
                break; // a clock that was set back makes nothing younger
            }
            if (sent.keyed && !sent.mayBeTwice && sent.recalls[0] == Sent.Recall.NONE) {
                newest.add(sent);
            }
        }
        return newest.isEmpty() || !judge.honest()
                ? null
                : newest.get(Math.floorMod(number, newest.size()));
    }

    /** Whether it is stored, so that the same message is to be stored nowhere else. */
    public boolean isStored(Sent sent) {
        return sent.fate == Sent.Fate.DONE && !sent.early && !judge.isForgotten(sent.topicId);
    }

    /** It is sent again. */
    public void sendingAgain(Sent sent) {
        sent.requests++;
        sent.openRepeats++;
        if (sent.delayed()) {
            sent.mayBeDue(judge.wallMs() + sent.delayMs);
        }
        if (sent.fate == Sent.Fate.REFUSED) {
            sent.fate = Sent.Fate.UNKNOWN;
        }
    }

    /** That was answered; what was not known any more may have been taken for another message. */
    public void answeredAgain(Sent sent) {
        sent.openRepeats--;
        sent.mayBeTwice |= mayBeForgotten(sent);
    }

    /** It was sent too long ago, or retention had deleted it when the broker was started. */
    private boolean mayBeForgotten(Sent sent) {
        return judge.latestWallMs() - sent.firstMs > KNOWN_MS
                || (sent.firstIn < judge.life()
                        && judge.mayHaveExpired(sent.topicId, sent.earliestStoreMs));
    }

    /** Whether it may have been stored once more, as another message and where that was sent to. */
    boolean mayBeElsewhere(Sent sent) {
        return sent.mayBeTwice || (sent.openRepeats > 0 && mayBeForgotten(sent));
    }

    /** The clock was set ahead: what was sent before it may count as another message after it. */
    void clockSetAhead() {
        sends.forEach(sent -> sent.mayBeTwice = true);
    }

    /** The send was refused, and the refusal says that nothing was stored. */
    public void refused(Sent sent) {
        if (++sent.refusals < sent.requests || sent.fate == Sent.Fate.DONE) {
            return;
        }
        sent.fate = Sent.Fate.REFUSED;
        for (long at : sent.where) {
            if (at != Sent.NOWHERE) {
                judge.violated(
                        Promise.ANSWERS_STAND, sent + " was refused, and lies at offset " + at);
            }
        }
    }

    void place(Sent sent, int index, long offset) {
        long known = sent.where[index];
        if (known != Sent.NOWHERE && known != offset && (sent.mayBeTwice || sent.openRepeats > 0)) {
            return;
        }
        if (known != Sent.NOWHERE && known != offset) {
            judge.violated(
                    Promise.ANSWERS_STAND,
                    "message %d of %s lies at offsets %d and %d"
                            .formatted(index, sent, known, offset));
        }
        if (sent.recalls[index] == Sent.Recall.DONE) {
            judge.violated(
                    Promise.TIMERS,
                    "message %d of %s was recalled, and lies at offset %d"
                            .formatted(index, sent, offset));
        }
        sent.where[index] = offset;
    }

    /** Some send that was acknowledged and is delayed, one of the newest; null if there is none. */
    public @Nullable Sent pickDelayed(int number) {
        List<Sent> newest = new ArrayList<>();
        for (int i = sends.size() - 1; i >= 0 && newest.size() < DELAYED_MAX; i--) {
            Sent sent = sends.get(i);
            if (sent.delayed() && sent.fate == Sent.Fate.DONE && sent.openRepeats == 0) {
                newest.add(sent);
            }
        }
        return newest.isEmpty() ? null : newest.get(Math.floorMod(number, newest.size()));
    }

    /** Somebody asks for a delayed message to be taken back. */
    public void recalling(Sent sent, int index) {
        if (sent.recalls[index] == Sent.Recall.NONE) {
            sent.recalls[index] = Sent.Recall.ASKED;
        }
    }

    /** It was taken back: it may never come. */
    public void recalled(Sent sent, int index) {
        if (judge.isForgotten(sent.topicId)) {
            return;
        }
        if (sent.where[index] != Sent.NOWHERE) {
            judge.violated(
                    Promise.TIMERS,
                    "message %d of %s was recalled when it had come".formatted(index, sent));
        }
        sent.recalls[index] = Sent.Recall.DONE;
    }

    /** It was not, and that it was not pending any more. */
    public void notRecalled(Sent sent, int index) {
        if (!judge.async()
                && sent.fate == Sent.Fate.DONE
                && !judge.isForgotten(sent.topicId)
                && judge.latestWallMs() < sent.earliestDueMs()) {
            judge.violated(
                    Promise.TIMERS,
                    "message %d of %s was not recalled, as if it were not pending"
                            .formatted(index, sent));
        }
    }

    /** The send that a stored message belongs to; null if it is a phantom or altered. */
    public @Nullable Sent of(ByteBuffer message) {
        ByteBuffer body = StoredMessage.body(message, 0);
        if (body.remaining() < Bodies.SIZE_BYTES_MIN) {
            return null;
        }
        int id = Bodies.send(body);
        int index = Bodies.index(body);
        if (id < 0 || id >= sends.size() || index < 0 || index >= sends.get(id).count) {
            return null;
        }
        return Bodies.isUnaltered(body, sends.get(id).sizeBytes) ? sends.get(id) : null;
    }

    /** Some send that was acknowledged; null if there is none. */
    public @Nullable Sent pick(int number) {
        if (sends.isEmpty()) {
            return null;
        }
        Sent sent = sends.get(Math.floorMod(number, sends.size()));
        return sent.fate == Sent.Fate.DONE && !sent.delayed() && !sent.half ? sent : null;
    }

    /** Whether a message of that send must be found. */
    public boolean mustBeThere(Sent sent, int index) {
        return judge.honest()
                && !sent.early
                && sent.fate == Sent.Fate.DONE
                && sent.where[index] != Sent.NOWHERE
                && !judge.isForgotten(sent.topicId)
                && !judge.mayHaveExpired(sent.topicId, sent.earliestStoreMs);
    }

    /** What was found at the position that the sender of message {@code index} was told. */
    public void found(Sent sent, int index, @Nullable ByteBuffer message) {
        if (message == null) {
            if (mustBeThere(sent, index)) {
                judge.violated(
                        Promise.CATALOG, "message %d of %s is not found".formatted(index, sent));
            }
        } else if (of(message) != sent || Bodies.index(StoredMessage.body(message, 0)) != index) {
            judge.violated(
                    Promise.UNALTERED,
                    "at the position of message %d of %s lies another".formatted(index, sent));
        }
    }

    /**
     * What a search by key has found.
     *
     * @param found in the order in which they were given
     * @param damaged whether it was told that some message cannot be read
     * @param expected {@link #withKey} when it was handed over
     */
    public void foundByKey(
            int topicId, int key, List<ByteBuffer> found, boolean damaged, List<Sent> expected) {
        if (damaged) {
            judge.violated(Promise.CATALOG, "a search says that a whole disk is damaged");
            return;
        }
        List<Long> got = new ArrayList<>();
        long above = Long.MAX_VALUE;
        for (ByteBuffer message : found) {
            Sent sent = of(message);
            if (sent == null || sent.key != key) {
                judge.violated(
                        Promise.UNALTERED, "a search for key %d found %s".formatted(key, sent));
                return;
            }
            long position = StoredMessage.position(message, 0);
            if (position >= above) {
                judge.violated(
                        Promise.CATALOG,
                        "a search for key %d gave %s after a message that is older, or twice"
                                .formatted(key, sent));
                return;
            }
            above = position;
            got.add(((long) sent.id << 32) + Bodies.index(StoredMessage.body(message, 0)));
        }
        for (Sent sent : expected) {
            for (int i = 0; i < sent.count; i++) {
                if (mustBeThere(sent, i) && !got.contains(((long) sent.id << 32) + i)) {
                    judge.violated(
                            Promise.CATALOG,
                            "a search for key %d in topic %d did not find %s"
                                    .formatted(key, topicId, sent));
                }
            }
        }
    }

    /** The acknowledged sends of a key, not delayed. */
    public List<Sent> withKey(int topicId, int key) {
        List<Sent> all = new ArrayList<>();
        for (Sent sent : sends) {
            if (sent.topicId == topicId
                    && sent.key == key
                    && sent.fate == Sent.Fate.DONE
                    && !sent.delayed()) {
                all.add(sent);
            }
        }
        return all;
    }

    /** A crash may have taken back what was acknowledged. */
    void forgetAnswers() {
        sends.stream().filter(sent -> sent.fate == Sent.Fate.DONE).forEach(this::unanswer);
        for (Sent sent : sends) {
            Arrays.setAll(sent.recalls, i -> taken(sent.recalls[i]));
        }
    }

    private static Sent.Recall taken(Sent.Recall recall) {
        return recall == Sent.Recall.DONE ? Sent.Recall.ASKED : recall;
    }

    private void unanswer(Sent sent) {
        sent.fate = Sent.Fate.UNKNOWN;
        for (int i = 0; i < sent.count; i++) {
            QueueModel queue = queues.existing(sent.home());
            if (queue == null || sent.where[i] < 0 || queue.hash(sent.where[i]) == 0) {
                sent.where[i] = Sent.NOWHERE;
            }
        }
    }
}
