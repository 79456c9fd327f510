package io.sluice.simulator.model;

import io.sluice.engine.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was sent, and what was answered. A message is known by the send and index that stand in its
 * body.
 */
public final class Sends {
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
            long dueMs) {
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
                        dueMs,
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
    public void acknowledged(Sent sent, long offset, long[] positions) {
        sent.fate = Sent.Fate.DONE;
        sent.acknowledgedIn = judge.life();
        sent.acknowledgedNanos = judge.nanos();
        sent.early = judge.async();
        sent.earliestStoreMs = Math.min(sent.earliestStoreMs, judge.wallMs());
        System.arraycopy(positions, 0, sent.positions, 0, positions.length);
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

    /** The send was refused, and the refusal says that nothing was stored. */
    public void refused(Sent sent) {
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
        if (known != Sent.NOWHERE && known != offset) {
            judge.violated(
                    Promise.ANSWERS_STAND,
                    "message %d of %s lies at offsets %d and %d"
                            .formatted(index, sent, known, offset));
        }
        sent.where[index] = offset;
    }

    /** The send that a stored message belongs to; null if it is a phantom or altered. */
    @Nullable Sent of(ByteBuffer message) {
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
        return sent.fate == Sent.Fate.DONE && !sent.delayed() ? sent : null;
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
