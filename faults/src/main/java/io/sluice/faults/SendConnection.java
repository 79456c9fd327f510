package io.sluice.faults;

import io.sluice.protocol.Header;
import io.sluice.protocol.ResponseCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** One connection that sends messages of every kind, many at a time, and remembers each. */
final class SendConnection extends Connection {
    private static final int BATCH_MAX = 24;
    private static final int FRAME_BYTES_MAX = 2048 + Payload.SIZE_BYTES_MAX;
    private static final int OPAQUE_BASE = 1_200_000_000;
    private static final int GENERATIONS = 1_000_000;
    private static final long PAUSE_AFTER_REFUSAL_NS = 5_000_000;

    private final Ledger ledger;
    private final Ledger.Sender sender;
    private final SplittableRandom random;
    private final LongSupplier serverClockMs;

    // Per request under way: its opaque, or 0; its first message and how many; where it goes.
    private final int[] opaques;
    private final long[] firstIds;
    private final int[] counts;
    private final int[] targets;
    private final boolean[] isDelayed;
    private final int[] free;
    private int freeCount;
    private int generation;
    private long pausedUntilNs;
    private long answeredMessages;
    private int lastRefusal;

    SendConnection(
            int port, Ledger ledger, int inFlight, SplittableRandom random, LongSupplier clockMs)
            throws IOException {
        super(port);
        this.ledger = ledger;
        this.random = random;
        serverClockMs = clockMs;
        sender = ledger.newSender();
        opaques = new int[inFlight];
        firstIds = new long[inFlight];
        counts = new int[inFlight];
        targets = new int[inFlight];
        isDelayed = new boolean[inFlight];
        free = new int[inFlight];
        for (int slot = 0; slot < inFlight; slot++) {
            free[freeCount++] = slot;
        }
    }

    @Override
    int unanswered() {
        return opaques.length - freeCount;
    }

    /** Messages that were acknowledged. */
    long acknowledged() {
        return answeredMessages;
    }

    /** The code of the last answer that was not OK; 0 if there was none. */
    int lastRefusal() {
        return lastRefusal;
    }

    @Override
    void fill(long nowNs) {
        if (nowNs < pausedUntilNs) {
            return;
        }
        long clockMs = serverClockMs.getAsLong();
        while (freeCount > 0 && out.remaining() >= FRAME_BYTES_MAX) {
            frame(free[--freeCount], clockMs);
        }
    }

    /** One in six requests is a batch, one in sixty a delayed message. */
    private int shape() {
        int dice = random.nextInt(60);
        if (dice == 0) {
            return 6 + random.nextInt(3);
        }
        return dice <= 10 ? 4 + random.nextInt(2) : random.nextInt(4);
    }

    private void frame(int slot, long clockMs) {
        int plainQueue = random.nextInt(ledger.plan.plainQueues());
        QueueName queue = ledger.queues.get(plainQueue);
        int topic = plainQueue / ledger.plan.queuesPerTopic();
        Template template = ledger.templates.get(topic * Template.shapes() + shape());
        int opaque = OPAQUE_BASE + generation * opaques.length + slot;
        generation = (generation + 1) % (GENERATIONS / opaques.length);
        opaques[slot] = opaque;
        firstIds[slot] = Payload.id(sender.number, sender.framed);
        targets[slot] = queue.index();
        isDelayed[slot] = template.shape.delayMs() > 0;
        counts[slot] =
                template.shape.isBatch()
                        ? batch(template, queue, opaque, clockMs)
                        : single(template, queue, opaque, clockMs);
    }

    private int single(Template template, QueueName queue, int opaque, long clockMs) {
        int size = bodySizeBytes();
        int at = out.position();
        long id = Payload.id(sender.number, sender.framed++);
        int delayMs = template.shape.delayMs();
        template.writeHeader(out, at, opaque, queue.queueId(), clockMs, id, size);
        int body = at + template.headerSizeBytes();
        Payload.write(out, body, size, id, template.index, queue.index(), delayMs, clockMs);
        out.position(body + size);
        if (delayMs > 0) {
            ledger.delayedSent(id, clockMs + delayMs);
        }
        return 1;
    }

    private int batch(Template template, QueueName queue, int opaque, long clockMs) {
        int count = 2 + random.nextInt(BATCH_MAX - 1);
        int at = out.position();
        int end = at + template.headerSizeBytes();
        int size = Payload.SIZE_BYTES_MIN + random.nextInt(64);
        for (int i = 0; i < count; i++) {
            long id = Payload.id(sender.number, sender.framed++);
            int body = template.writeBatched(out, end, id, size);
            Payload.write(out, body, size, id, template.index, queue.index(), 0, clockMs);
            end += template.batchedSizeBytes(size);
        }
        int bodyBytes = end - at - template.headerSizeBytes();
        template.writeHeader(out, at, opaque, queue.queueId(), clockMs, 0, bodyBytes);
        out.position(end);
        return count;
    }

    /** Mostly small, now and then large. */
    private int bodySizeBytes() {
        int most = random.nextInt(200) == 0 ? Payload.SIZE_BYTES_MAX : 256;
        return Payload.SIZE_BYTES_MIN + random.nextInt(most - Payload.SIZE_BYTES_MIN + 1);
    }

    @Override
    void answered(Header header, ByteBuffer bytes, long nowNs) {
        int slot = Math.floorMod(header.opaque() - OPAQUE_BASE, opaques.length);
        if (opaques[slot] != header.opaque()) {
            ledger.violations.add("an answer to request %d, not under way", header.opaque());
            return;
        }
        opaques[slot] = 0;
        free[freeCount++] = slot;
        if (header.code() == ResponseCode.SUCCESS) {
            acknowledge(slot, isDelayed[slot] ? 0 : header.longField("queueOffset"));
        } else {
            refuse(slot, header);
            pausedUntilNs = nowNs + PAUSE_AFTER_REFUSAL_NS;
        }
    }

    private void acknowledge(int slot, long offset) {
        answeredMessages += counts[slot];
        if (isDelayed[slot]) {
            ledger.delayedAcknowledged(firstIds[slot]);
            return;
        }
        for (int i = 0; i < counts[slot]; i++) {
            ledger.acknowledged(firstIds[slot] + i, targets[slot], offset + i);
        }
    }

    private void refuse(int slot, Header header) {
        lastRefusal = header.code();
        boolean certain =
                header.code() == ResponseCode.SYSTEM_BUSY
                        || header.code() == ResponseCode.SERVICE_NOT_AVAILABLE;
        for (int i = 0; i < counts[slot]; i++) {
            ledger.refused(sender, firstIds[slot] + i, certain);
        }
    }
}
