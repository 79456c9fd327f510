package io.sluice.faults;

import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics that the load creates and deletes: what was answered has to be so for good. */
final class CatalogLedger {
    private static final int GET_TOPIC_CONFIG = 351;
    private static final int TOPIC_UNKNOWN = 17;

    /** Topics that may be there at a time. */
    private static final int KEPT_MAX = 8;

    private enum Fate {
        THERE,
        GONE,
        UNANSWERED
    }

    private final Violations violations;
    private final Map<String, Fate> topics = new LinkedHashMap<>();
    private long created;
    private long changes;

    CatalogLedger(Violations violations) {
        this.violations = violations;
    }

    /** Changes that were acknowledged. */
    long changes() {
        return changes;
    }

    /** A new topic to create; from now on it may be there. */
    String creating() {
        String name = "made-" + created++;
        topics.put(name, Fate.UNANSWERED);
        return name;
    }

    /** A topic to delete, the oldest one; null unless there are many. */
    @Nullable String deleting() {
        String oldest = null;
        int there = 0;
        for (Map.Entry<String, Fate> topic : topics.entrySet()) {
            if (topic.getValue() == Fate.THERE) {
                there++;
                oldest = oldest == null ? topic.getKey() : oldest;
            }
        }
        if (there < KEPT_MAX || oldest == null) {
            return null;
        }
        topics.put(oldest, Fate.UNANSWERED);
        return oldest;
    }

    void created(String name) {
        changes++;
        topics.put(name, Fate.THERE);
    }

    void deleted(String name) {
        changes++;
        topics.put(name, Fate.GONE);
    }

    /** Asks for every topic; what was never answered is from now on what it is found to be. */
    void check(RawConnection server) {
        Iterator<Map.Entry<String, Fate>> all = topics.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<String, Fate> topic = all.next();
            Reply reply = server.request(GET_TOPIC_CONFIG, Map.of("topic", topic.getKey()));
            boolean gone = reply.code() == TOPIC_UNKNOWN;
            if ((topic.getValue() == Fate.THERE && !reply.isOk())
                    || (topic.getValue() == Fate.GONE && !gone)) {
                violations.add(
                        "topic %s was acknowledged as %s, now the server says %d %s",
                        topic.getKey(), topic.getValue(), reply.code(), reply.remark());
            }
            if (gone) {
                all.remove();
            } else {
                topic.setValue(Fate.THERE);
            }
        }
    }
}
