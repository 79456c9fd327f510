package io.sluice.faults.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.faults.Violations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the server one thing at a time, on a topic of its own beside the load's, to hear in words
 * what it says to it. Remembers what was acknowledged, and checks that.
 */
final class Probe {
    private static final String TOPIC = "probe";
    private static final String GROUP = "probes";

    private final Violations violations;
    private final List<Long> offsets = new ArrayList<>();
    private final Map<Long, Integer> bodies = new HashMap<>();
    private int sent;
    private long committed = -1;

    Probe(Violations violations) {
        this.violations = violations;
    }

    /** Creates its topic and its group. */
    void create(RawConnection server) {
        Reply reply =
                server.request(RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(TOPIC, 1));
        if (!reply.isOk()) {
            throw new IllegalStateException("no topic for probes: " + reply);
        }
        var _ =
                server.request(
                        RequestCode.QUERY_CONSUMER_OFFSET,
                        Fields.groupAndQueue(GROUP, TOPIC, 0)); // a new group is created by that
    }

    /** Sends a message; a refusal without a reason is a violation. */
    Reply send(RawConnection server) {
        byte[] body = body(sent++);
        Reply reply = server.request(RequestCode.SEND_MESSAGE, Fields.send(TOPIC, 0), body);
        if (reply.isOk()) {
            long offset = reply.number("queueOffset");
            if (!offsets.isEmpty() && offset <= offsets.getLast()) {
                violations.add("offset %d was given after %d", offset, offsets.getLast());
            }
            offsets.add(offset);
            bodies.put(offset, sent - 1);
        } else if (reply.remark().isBlank()) {
            violations.add("a send was refused without a reason: %s", reply);
        }
        return reply;
    }

    private static byte[] body(int number) {
        return ("probe " + number + " ").repeat(20).getBytes(UTF_8);
    }

    /** Commits how far its group is. */
    Reply commit(RawConnection server) {
        long offset = Math.max(committed, 0) + 1;
        Map<String, String> fields = new HashMap<>(Fields.groupAndQueue(GROUP, TOPIC, 0));
        fields.put("commitOffset", Long.toString(offset));
        Reply reply = server.request(RequestCode.UPDATE_CONSUMER_OFFSET, fields);
        if (reply.isOk()) {
            committed = offset;
        }
        return reply;
    }

    /** Reads the newest acknowledged message back, as a consumer does. */
    void checkNewest(RawConnection server) {
        if (!offsets.isEmpty()) {
            checkAt(server, offsets.getLast());
        }
    }

    /** Reads everything acknowledged back. */
    void check(RawConnection server) {
        offsets.forEach(offset -> checkAt(server, offset));
        if (committed >= 0) {
            Reply reply =
                    server.request(
                            RequestCode.QUERY_CONSUMER_OFFSET,
                            Fields.groupAndQueue(GROUP, TOPIC, 0));
            if (!reply.isOk() || reply.number("offset") < committed) {
                violations.add("offset %d was committed, now: %s", committed, reply);
            }
        }
    }

    private void checkAt(RawConnection server, long offset) {
        Reply reply =
                server.request(
                        RequestCode.PULL_MESSAGE, Fields.pull("prober", TOPIC, 0, offset, 1));
        String expected = new String(body(bodies.getOrDefault(offset, -1)), UTF_8);
        if (!reply.isOk() || !reply.bodyText().contains(expected)) {
            violations.add(
                    "the probe acknowledged at %d is not there: %d %s",
                    offset, reply.code(), reply.remark());
        }
    }
}
