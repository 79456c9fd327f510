package io.sluice.compat.crash;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.crash.Payload;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** Reads a queue back by plain pulls and compares it with what was acknowledged. */
final class StoredQueue {

    private static final int BATCH = 128;

    private final MessageQueue queue;
    private final Acknowledged acknowledged;

    /** Sequences seen of each writer: each may be stored once. */
    private final BitSet[] seen = new BitSet[Load.WRITERS];

    private final long[] lastSequence = new long[Load.WRITERS];
    private long next;

    StoredQueue(MessageQueue queue, Acknowledged acknowledged) {
        this.queue = queue;
        this.acknowledged = acknowledged;
        Arrays.setAll(seen, writer -> new BitSet());
        Arrays.fill(lastSequence, -1);
    }

    /** Reads on from where it has stopped, up to {@code end} at least. */
    void checkUpTo(long end, RawConnection server) {
        while (next < end) {
            Reply reply = pull(server);
            List<MessageExt> messages =
                    reply.isOk() ? MessageDecoder.decodes(reply.body(), true) : List.of();
            if (messages.isEmpty()) {
                throw new AssertionError(
                        "%s: messages up to %d are acknowledged, but at %d the server says %s"
                                .formatted(queue, end, next, reply));
            }
            messages.forEach(this::check);
        }
    }

    private void check(MessageExt message) {
        if (message.getQueueOffset() != next) {
            throw new AssertionError(
                    "%s: %d follows %d".formatted(queue, message.getQueueOffset(), next - 1));
        }
        long id = Payload.verified(message.getBody());
        acknowledged.check(next, id);
        int writer = Payload.writer(id);
        int sequence = Payload.sequence(id);
        if (seen[writer].get(sequence)) {
            throw new AssertionError("%s: stored twice: %s".formatted(queue, message));
        }
        if (writer < Load.SYNC_WRITERS && sequence < lastSequence[writer]) {
            throw new AssertionError("%s: overtaken by a later: %s".formatted(queue, message));
        }
        seen[writer].set(sequence);
        lastSequence[writer] = sequence;
        next++;
    }

    private Reply pull(RawConnection server) {
        return server.request(
                RequestCode.PULL_MESSAGE,
                Fields.pull("crash-check", queue.getTopic(), queue.getQueueId(), next, BATCH));
    }
}
