package io.sluice.faults;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.FrameWriter;
import io.sluice.protocol.Header;
import io.sluice.protocol.PullMessageHeader;
import io.sluice.protocol.PullMessageResponse;
import io.sluice.protocol.QueryConsumerOffsetHeader;
import io.sluice.protocol.RequestCode;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SerializeType;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * The consumer of one group: begins where the server says the group is, pulls all queues of its
 * topics and its retries at the same time, commits after every pull, and gives some messages back,
 * some of them for good.
 */
final class ConsumeConnection extends Connection {
    private static final int PULL_COUNT = 256;
    private static final int PULL_BYTES = 64 * 1024;
    private static final long WAIT_MS = 500;
    private static final int FRAMES_BYTES = 64 * 1024;

    /** One in so many messages is given back. */
    private static final int RETURN_ONE_IN = 100;

    /** One in so many of those is dead at once. */
    private static final int DEAD_ONE_IN = 20;

    /** What an answer will be about. */
    private sealed interface Asked {
        record Start(QueueName queue) implements Asked {}

        record Pull(QueueName queue) implements Asked {}

        record Commit(QueueName queue, long offset) implements Asked {}

        record Back(Ledger.Return what) implements Asked {}
    }

    private final Ledger ledger;
    private final int group;
    private final SerializeType type;
    private final SplittableRandom random;
    private final LongSupplier serverClockMs;
    private final FrameWriter writer = new FrameWriter();
    private final ByteBuf framed = Unpooled.buffer(FRAMES_BYTES);
    private final Map<Integer, Asked> asked = new HashMap<>();

    /** Queues that are to be asked for next, each with where to begin; negative: ask where. */
    private final List<QueueName> idle = new ArrayList<>();

    private final long[] next;
    private int opaque;
    private int unanswered;

    ConsumeConnection(
            int port, Ledger ledger, int group, SplittableRandom random, LongSupplier clockMs)
            throws IOException {
        super(port);
        this.ledger = ledger;
        this.group = group;
        this.random = random;
        serverClockMs = clockMs;
        type = group % 2 == 0 ? SerializeType.JSON : SerializeType.ROCKETMQ;
        next = new long[ledger.queues.size()];
        for (QueueName queue : ledger.queues) {
            if (queue.group() == group && queue.kind() != QueueName.Kind.DEAD) {
                idle.add(queue);
                next[queue.index()] = -1;
            }
        }
    }

    @Override
    int unanswered() {
        return unanswered;
    }

    private String name() {
        return ledger.plan.groups().get(group);
    }

    @Override
    void fill(long nowNs) {
        for (QueueName queue : idle) {
            if (next[queue.index()] < 0) {
                askStart(queue);
            } else {
                pull(queue);
            }
        }
        idle.clear();
        put();
    }

    @Override
    boolean write() throws IOException {
        put();
        return super.write() && !framed.isReadable();
    }

    private void put() {
        int count = Math.min(framed.readableBytes(), out.remaining());
        int end = out.position() + count;
        int limit = out.limit();
        framed.readBytes(out.limit(end));
        out.limit(limit);
        framed.discardReadBytes();
    }

    private FrameWriter begin(int code, Asked what) {
        asked.put(++opaque, what);
        return writer.request(type, code, opaque);
    }

    private void askStart(QueueName queue) {
        new QueryConsumerOffsetHeader(name(), queue.topic(), queue.queueId(), true, null)
                .encode(begin(RequestCode.QUERY_CONSUMER_OFFSET, new Asked.Start(queue)))
                .finish(framed, 0);
    }

    private void pull(QueueName queue) {
        new PullMessageHeader(
                        name(),
                        queue.topic(),
                        queue.queueId(),
                        next[queue.index()],
                        PULL_COUNT,
                        PullMessageHeader.FLAG_SUSPEND | PullMessageHeader.FLAG_SUBSCRIPTION,
                        0,
                        WAIT_MS,
                        "*",
                        0,
                        PullMessageHeader.TAG,
                        PULL_BYTES,
                        null)
                .encode(begin(RequestCode.PULL_MESSAGE, new Asked.Pull(queue)))
                .finish(framed, 0);
    }

    private void commit(QueueName queue, long offset) {
        ledger.committing(group, queue.index(), offset);
        unanswered++;
        new UpdateConsumerOffsetHeader(name(), queue.topic(), queue.queueId(), offset, null)
                .encode(begin(RequestCode.UPDATE_CONSUMER_OFFSET, new Asked.Commit(queue, offset)))
                .finish(framed, 0);
    }

    private void giveBack(QueueName queue, Ledger.Return what, long position) {
        int dice = random.nextInt(DEAD_ONE_IN);
        int level = dice == 0 ? -1 : dice % 2; // 1: the shortest; 0: the server's schedule
        boolean dead = level < 0 || what.times() >= ledger.plan.retryMax();
        int delayMs = dead ? 0 : Plan.DELAYS_MS[level == 1 ? 0 : Math.min(what.times() + 2, 4)];
        ledger.returning(what, dead, serverClockMs.getAsLong() + delayMs);
        unanswered++;
        new ConsumerSendMsgBackHeader(
                        name(),
                        position,
                        level,
                        null,
                        queue.topic(),
                        false,
                        ConsumerSendMsgBackHeader.ABSENT,
                        null)
                .encode(begin(RequestCode.CONSUMER_SEND_MSG_BACK, new Asked.Back(what)))
                .finish(framed, 0);
    }

    @Override
    void answered(Header header, ByteBuffer bytes, long nowNs) {
        Asked what = asked.remove(header.opaque());
        boolean ok = header.code() == ResponseCode.SUCCESS;
        switch (what) {
            case null ->
                    ledger.violations.add("an answer to request %d, not asked", header.opaque());
            case Asked.Start(QueueName queue) -> {
                started(queue, header);
                idle.add(queue);
            }
            case Asked.Pull(QueueName queue) -> {
                pulled(queue, header, bytes);
                idle.add(queue);
            }
            case Asked.Commit(QueueName queue, long offset) -> {
                unanswered--;
                if (ok) {
                    ledger.committed(group, queue.index(), offset);
                }
            }
            case Asked.Back(Ledger.Return given) -> {
                unanswered--;
                if (ok) {
                    ledger.returned(given);
                }
            }
        }
    }

    /** Asks again where it begins if the server cannot say now; a new group begins at 0. */
    private void started(QueueName queue, Header header) {
        boolean ok = header.code() == ResponseCode.SUCCESS;
        if (ok || header.code() == ResponseCode.QUERY_NOT_FOUND) {
            long offset = ok ? header.longField("offset") : -1;
            ledger.checkCommitted(group, queue.index(), offset);
            next[queue.index()] = Math.max(0, offset);
        }
    }

    private void pulled(QueueName queue, Header header, ByteBuffer bytes) {
        if (header.code() == ResponseCode.PULL_OFFSET_MOVED) {
            ledger.violations.add(
                    "%s: %s was told that offset %d is not there: %s",
                    queue, name(), next[queue.index()], PullMessageResponse.decode(header));
        }
        if (header.code() != ResponseCode.SUCCESS) {
            return;
        }
        int end = header.bodyIndex() + header.bodySizeBytes();
        for (int at = header.bodyIndex(); at < end; at += Stored.sizeBytes(bytes, at)) {
            consume(queue, bytes, at);
        }
        next[queue.index()] = header.longField("nextBeginOffset");
        commit(queue, next[queue.index()]);
    }

    private void consume(QueueName queue, ByteBuffer in, int at) {
        long offset = Stored.queueOffset(in, at);
        int checksum = Payload.crc(in, at, Stored.sizeBytes(in, at));
        if (!ledger.queue(queue.index()).deliver(offset, checksum)) {
            ledger.violations.add("%s at %d: was another when delivered before", queue, offset);
        }
        boolean wanted = queue.kind() == QueueName.Kind.RETRY || random.nextInt(RETURN_ONE_IN) == 0;
        if (ledger.mayReturn(group, queue.index(), offset) && wanted) {
            long id = Payload.idAt(in, Stored.bodyIndex(in, at));
            giveBack(
                    queue,
                    new Ledger.Return(id, group, Stored.reconsumeTimes(in, at)),
                    Stored.position(in, at));
        }
    }
}
