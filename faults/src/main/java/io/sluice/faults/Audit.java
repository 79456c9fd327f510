package io.sluice.faults;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Reads queues back by plain pulls and compares every message with the ledger: what was
 * acknowledged is there at its offset, nothing is there that was not sent, nothing is there twice,
 * no byte differs, order is kept, offsets are dense, store times never fall, timers are not early,
 * committed offsets have not gone back.
 */
public final class Audit {
    private static final String READER = "auditor";
    private static final int PULL_COUNT = 1024;
    private static final int NOT_FOUND = 19;
    private static final int TOPIC_UNKNOWN = 17;
    private static final long COMING_MAX_S = 30;
    private static final long POLL_MS = 100;

    private final Ledger ledger;
    private final Random random;
    private int[] checksums = new int[1024];
    private int count;
    private long storeMs;

    /**
     * @param seed chooses which older messages are read again
     */
    public Audit(Ledger ledger, long seed) {
        this.ledger = ledger;
        this.random = new Random(seed);
    }

    /**
     * Reads what is new since the last audit. No load may run.
     *
     * @param close whether everything that was sent is answered or can no longer arrive: then
     *     nothing more of it may appear later
     */
    public void run(RawConnection server, boolean close) {
        for (QueueName name : ledger.queues) {
            readOn(server, ledger.queue(name.index()));
        }
        checkCommitted(server);
        ledger.catalog().check(server);
        ledger.tally().catalogChanges = ledger.catalog().changes();
        if (close) {
            ledger.closeSenders();
        }
    }

    private void readOn(RawConnection server, QueueLedger queue) {
        count = 0;
        storeMs = queue.lastStoreMs();
        long from = queue.audited();
        Reply reply = pull(server, queue.name, from);
        while (reply.isOk() && takeAll(queue, reply.body(), from + count)) {
            reply = pull(server, queue.name, from + count);
        }
        boolean atEnd =
                reply.code() == NOT_FOUND || (reply.code() == TOPIC_UNKNOWN && mayLack(queue));
        if (!atEnd || from + count < queue.requiredEnd()) {
            ledger.violations.add(
                    "%s has to reach to %d at least; at %d the server says %d %s",
                    queue.name, queue.requiredEnd(), from + count, reply.code(), reply.remark());
        }
        queue.close(checksums, count, storeMs);
    }

    /** Dead letters have no topic before the first of them. */
    private static boolean mayLack(QueueLedger queue) {
        return queue.name.kind() == QueueName.Kind.DEAD && queue.requiredEnd() == 0;
    }

    private boolean takeAll(QueueLedger queue, ByteBuffer messages, long from) {
        long offset = from;
        int at = 0;
        while (at < messages.limit()) {
            int size = Stored.sizeBytes(messages, at);
            if (Stored.queueOffset(messages, at) != offset) {
                ledger.violations.add(
                        "%s: offset %d follows %d",
                        queue.name, Stored.queueOffset(messages, at), offset - 1);
                return false;
            }
            int checksum = Payload.crc(messages, at, size);
            check(queue, messages, at, offset, checksum);
            remember(checksum);
            at += size;
            offset++;
        }
        return true;
    }

    private void remember(int checksum) {
        if (count == checksums.length) {
            checksums = Arrays.copyOf(checksums, count * 2);
        }
        checksums[count++] = checksum;
        ledger.tally().audited++;
    }

    private void check(QueueLedger queue, ByteBuffer in, int at, long offset, int checksum) {
        int body = Stored.bodyIndex(in, at);
        if (!Payload.isIntact(in, body, Stored.bodySizeBytes(in, at))) {
            ledger.violations.add("%s at %d: the body is not one we sent", queue.name, offset);
            return;
        }
        if (!queue.isAsDelivered(offset, checksum)) {
            ledger.violations.add("%s at %d: a consumer was given another", queue.name, offset);
        }
        long stored = Stored.storeMs(in, at);
        if (stored < storeMs) {
            ledger.violations.add(
                    "%s at %d: stored %d ms before its predecessor",
                    queue.name, offset, storeMs - stored);
        }
        storeMs = Math.max(storeMs, stored);
        long id = Payload.idAt(in, body);
        switch (queue.name.kind()) {
            case PLAIN -> checkPlain(queue, in, at, offset, id);
            case RETRY, DEAD -> {
                int times = Stored.reconsumeTimes(in, at) - 1;
                ledger.returnCame(
                        new Ledger.Return(id, queue.name.group(), times), queue.name, stored);
            }
        }
    }

    private void checkPlain(QueueLedger queue, ByteBuffer in, int at, long offset, long id) {
        int body = Stored.bodyIndex(in, at);
        Template template = ledger.templates.get(Payload.template(in, body));
        if (Payload.queue(in, body) != queue.name.index()
                || !Stored.topic(in, at).equals(queue.name.topic())
                || Stored.queueId(in, at) != queue.name.queueId()
                || Stored.reconsumeTimes(in, at) != 0
                || !template.hasProperties(
                        in,
                        Stored.propertiesIndex(in, at),
                        Stored.propertiesSizeBytes(in, at),
                        id)) {
            ledger.violations.add(
                    "%s at %d: %s was sent otherwise", queue.name, offset, Payload.shown(id));
        }
        long acknowledged = queue.acknowledgedAt(offset);
        if (Payload.delayMs(in, body) > 0) {
            ledger.delayedCame(id, queue.name, Stored.storeMs(in, at));
        } else {
            checkOrder(queue, offset, id);
            ledger.tally().unansweredStored += acknowledged < 0 ? 1 : 0;
        }
        if (acknowledged >= 0 && acknowledged != id) {
            ledger.violations.add(
                    "%s at %d: %s was acknowledged, %s is stored",
                    queue.name, offset, Payload.shown(acknowledged), Payload.shown(id));
        }
    }

    /** Rising sequences per sender and queue say two things: order is kept, nothing comes twice. */
    private void checkOrder(QueueLedger queue, long offset, long id) {
        Ledger.Sender sender = ledger.sender(Payload.sender(id));
        long sequence = Payload.sequence(id);
        if (sender == null || sequence >= sender.framed || sender.refused.contains(id)) {
            ledger.violations.add(
                    "%s at %d: a phantom, %s was %s",
                    queue.name,
                    offset,
                    Payload.shown(id),
                    sender == null
                            ? "not there when all was read before"
                            : sender.refused.contains(id) ? "refused" : "never sent");
            return;
        }
        long last = sender.lastAudited[queue.name.index()];
        if (sequence <= last) {
            ledger.violations.add(
                    "%s at %d: %s comes after message %d",
                    queue.name, offset, Payload.shown(id), last);
        }
        sender.lastAudited[queue.name.index()] = sequence;
    }

    private void checkCommitted(RawConnection server) {
        for (int group = 0; group < ledger.plan.groups().size(); group++) {
            for (QueueName queue : ledger.queues) {
                if (queue.group() == group && queue.kind() != QueueName.Kind.DEAD) {
                    Reply reply =
                            server.request(
                                    RequestCode.QUERY_CONSUMER_OFFSET,
                                    Fields.groupAndQueue(
                                            ledger.plan.groups().get(group),
                                            queue.topic(),
                                            queue.queueId()));
                    long offset = reply.isOk() ? reply.number("offset") : -1;
                    ledger.checkCommitted(group, queue.index(), offset);
                }
            }
        }
    }

    /** Reads some blocks of messages again that were audited before. */
    public void rereadSome(RawConnection server, int blocks) {
        for (int i = 0; i < blocks; i++) {
            QueueLedger queue = ledger.queue(random.nextInt(ledger.queues.size()));
            if (queue.blocks() > 0) {
                reread(server, queue, random.nextInt(queue.blocks()));
            }
        }
    }

    /** Reads all messages again that were audited before, but the last few of each queue. */
    public void rereadAll(RawConnection server) {
        for (QueueName name : ledger.queues) {
            QueueLedger queue = ledger.queue(name.index());
            for (int block = 0; block < queue.blocks(); block++) {
                reread(server, queue, block);
            }
        }
    }

    private void reread(RawConnection server, QueueLedger queue, int block) {
        long offset = (long) block * QueueLedger.BLOCK;
        long end = offset + QueueLedger.BLOCK;
        long hash = 0;
        while (offset < end) {
            Reply reply = pull(server, queue.name, offset);
            if (!reply.isOk()) {
                ledger.violations.add(
                        "%s at %d: was there before, now the server says %d %s",
                        queue.name, offset, reply.code(), reply.remark());
                return;
            }
            ByteBuffer in = reply.body();
            for (int at = 0; at < in.limit() && offset < end; offset++) {
                int size = Stored.sizeBytes(in, at);
                hash = QueueLedger.chain(hash, Payload.crc(in, at, size));
                at += size;
            }
        }
        ledger.tally().reread += QueueLedger.BLOCK;
        if (hash != queue.block(block)) {
            ledger.violations.add(
                    "%s: messages from %d on are not what they were before",
                    queue.name, end - QueueLedger.BLOCK);
        }
    }

    /**
     * Waits until every delayed and every given-back message that was acknowledged has come, and
     * counts what has not within 30 s as lost. No load may run.
     */
    public void settle(RawConnection server) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMING_MAX_S);
        run(server, true);
        while (ledger.awaited() > 0 && System.nanoTime() < endNs) {
            Thread.sleep(POLL_MS);
            run(server, true);
        }
        ledger.checkNothingAwaited();
    }

    private static Reply pull(RawConnection server, QueueName queue, long offset) {
        return server.request(
                RequestCode.PULL_MESSAGE,
                Fields.pull(READER, queue.topic(), queue.queueId(), offset, PULL_COUNT));
    }
}
