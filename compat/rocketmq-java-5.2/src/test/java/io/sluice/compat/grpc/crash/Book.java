package io.sluice.compat.grpc.crash;

import io.sluice.compat.harness.crash.Payload;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.java.message.MessageViewImpl;

/**
 * What is known of all messages of one kind, each of which is sent once: its answer may be lost,
 * and then it is stored or it is not. Remembers the first thing that broke a promise. Any thread.
 */
final class Book {

    private static final long NOWHERE = -1;

    private final Kind kind;
    private final BitSet acknowledged = new BitSet();
    private final BitSet received = new BitSet();
    private final BitSet settled = new BitSet();

    /** By sequence: at which offset it was acknowledged, or has come. */
    private final Map<Integer, Long> offsets = new HashMap<>();

    private final Map<Integer, Long> dueMs = new HashMap<>();
    private final Map<String, Integer> newest = new HashMap<>();
    private int sent;
    private int acknowledgedCount;
    private int owed;
    private AssertionError broken;

    Book(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** The id of the next message, which is about to be sent. */
    synchronized long next(long dueAtMs) {
        dueMs.put(sent, dueAtMs);
        return kind.id(sent++);
    }

    /** An answer says that the message is stored, somewhere, or will be. */
    void acknowledged(long id) {
        acknowledged(id, NOWHERE);
    }

    /**
     * @param offset where the answer says that the message is
     */
    synchronized void acknowledged(long id, long offset) {
        int sequence = Payload.sequence(id);
        acknowledged.set(sequence);
        acknowledgedCount++;
        if (offset != NOWHERE) {
            remember(() -> checkOffset(sequence, offset));
        }
        if (!received.get(sequence)) {
            owed++;
        }
    }

    synchronized void received(MessageView message) {
        remember(() -> check((MessageViewImpl) message));
    }

    /** The server has answered that the message is consumed. */
    synchronized void settled(MessageView message) {
        settled.set(Payload.sequence(Payload.verified(bytes(message))));
    }

    private void check(MessageViewImpl message) {
        long id = Payload.verified(bytes(message));
        int sequence = Payload.sequence(id);
        require(
                Payload.writer(id) == kind.writer && sequence < sent,
                () -> "nobody has sent " + message);
        kind.check(message, sequence);
        require(!settled.get(sequence), () -> "comes again though consumed: " + message);
        require(
                kind != Kind.TRANSACTION || Kind.isCommitted(sequence),
                () -> "comes though rolled back: " + message);
        require(
                kind != Kind.DELAY || System.currentTimeMillis() >= dueMs.get(sequence),
                () -> "comes before it is due: " + message);
        checkOffset(sequence, message.getOffset());
        if (!received.get(sequence)) {
            received.set(sequence);
            owed -= acknowledged.get(sequence) ? 1 : 0;
            order(message, sequence);
        }
    }

    /** In which queue, clients are not told. */
    private void checkOffset(int sequence, long offset) {
        Long before = offsets.putIfAbsent(sequence, offset);
        require(
                before == null || before == offset,
                () ->
                        "%d is at %d and at %d: stored twice, or moved"
                                .formatted(sequence, before, offset));
    }

    /** What comes for the first time is not overtaken by later ones of its message group. */
    private void order(MessageView message, int sequence) {
        if (kind == Kind.FIFO) {
            Integer before = newest.put(message.getMessageGroup().orElseThrow(), sequence);
            require(before == null || before < sequence, () -> sequence + " comes after " + before);
        }
    }

    private void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(kind + ": " + otherwise.get());
        }
    }

    private void remember(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            broken = broken == null ? e : broken;
        }
    }

    static byte[] bytes(MessageView message) {
        ByteBuffer body = message.getBody();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    /** Fails if a promise was broken. */
    synchronized void check() {
        if (broken != null) {
            throw new AssertionError(broken.getMessage(), broken);
        }
    }

    synchronized int acknowledgedCount() {
        return acknowledgedCount;
    }

    synchronized int receivedCount() {
        return received.cardinality();
    }

    /** How many acknowledged messages nobody has received yet. */
    synchronized int owed() {
        return owed;
    }

    /** Which those are, for people. */
    synchronized String owing() {
        BitSet missing = (BitSet) acknowledged.clone();
        missing.andNot(received);
        return kind + ": " + missing;
    }
}
