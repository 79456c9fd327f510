package io.sluice.faults.disk;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.faults.Violations;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Fills a disk by large messages, and reads them back. */
final class Filler {
    private static final String TOPIC = "filler";
    private static final int SIZE_BYTES = 512 << 10;

    /** Where a body stands in a stored message, at least. */
    private static final int HEADER_BYTES_MIN = 80;

    private final Violations violations;
    private final List<Long> offsets = new ArrayList<>();
    private int checked;

    Filler(Violations violations) {
        this.violations = violations;
    }

    /** Creates its topic. */
    void create(RawConnection server) {
        Reply reply =
                server.request(RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(TOPIC, 1));
        if (!reply.isOk()) {
            throw new IllegalStateException("no topic to fill: " + reply);
        }
    }

    /** Sends one message; each is the noise that its offset is the seed of. */
    Reply send(RawConnection server) {
        long next = offsets.isEmpty() ? 0 : offsets.getLast() + 1;
        Reply reply = server.request(RequestCode.SEND_MESSAGE, Fields.send(TOPIC, 0), body(next));
        if (reply.isOk()) {
            long offset = reply.number("queueOffset");
            if (offset != next) {
                violations.add("filler %d was given offset %d", next, offset);
            }
            offsets.add(offset);
        }
        return reply;
    }

    private static byte[] body(long offset) {
        byte[] body = new byte[SIZE_BYTES];
        new Random(offset).nextBytes(body);
        return body;
    }

    /** Reads back those that were acknowledged since the last check. */
    void check(RawConnection server) {
        for (; checked < offsets.size(); checked++) {
            checkAt(server, offsets.get(checked));
        }
    }

    /** Reads back the newest. */
    void checkNewest(RawConnection server) {
        checkAt(server, offsets.getLast());
    }

    private void checkAt(RawConnection server, long offset) {
        Reply reply =
                server.request(
                        RequestCode.PULL_MESSAGE, Fields.pull("filling", TOPIC, 0, offset, 1));
        if (!reply.isOk() || !holds(reply.body(), body(offset))) {
            violations.add(
                    "the filler acknowledged at %d is not there: %d %s",
                    offset, reply.code(), reply.remark());
        }
    }

    private static boolean holds(ByteBuffer message, byte[] body) {
        ByteBuffer expected = ByteBuffer.wrap(body);
        int last = Math.min(message.limit() - body.length, 2 * HEADER_BYTES_MIN);
        for (int at = HEADER_BYTES_MIN; at <= last; at++) {
            if (message.slice(at, body.length).equals(expected)) {
                return true;
            }
        }
        return false;
    }

    /** The first offset that is still kept. */
    long first(RawConnection server) {
        return server.request(RequestCode.GET_MIN_OFFSET, Map.of("topic", TOPIC, "queueId", "0"))
                .number("offset");
    }
}
