package io.sluice.server.grpc;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.shard.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where new groups begin: at the end, as it is when a consumer says for the first time what it
 * subscribes to. Were it the end as it is at the first receive, what comes between would be missed.
 */
final class Beginnings {
    /** In further queues a group begins with its first receive. */
    private static final int QUEUES_MAX = 1024;

    private final Broker broker;

    Beginnings(Broker broker) {
        this.broker = broker;
    }

    /** Sees to it that a group has a place in each queue of the topics that exist; then tells. */
    void begin(Group group, List<String> topics, Runnable told) {
        AtomicInteger left = new AtomicInteger(1);
        Runnable done =
                () -> {
                    if (left.decrementAndGet() == 0) {
                        told.run();
                    }
                };
        int queues = 0;
        for (String name : topics) {
            Topic topic = broker.catalog().topic(name);
            int count = topic == null || topic.lite() ? 0 : topic.queues(); // lites begin at 0
            for (int id = 0; id < count && queues < QUEUES_MAX; id++) {
                queues++;
                left.incrementAndGet();
                begin(group, Objects.requireNonNull(topic), id, done);
            }
        }
        done.run();
    }

    /**
     * The end is looked at first: whoever else lets the group begin later, begins there or further
     * on, so that nothing is passed over that somebody has been promised.
     */
    private void begin(Group group, Topic topic, int queueId, Runnable done) {
        long end = broker.endOffset(topic, queueId);
        broker.startOffset(
                group,
                topic,
                queueId,
                true,
                outcome -> {
                    if (outcome instanceof Outcome.Done<Long>(Long offset)
                            && offset == Offsets.NONE) {
                        broker.commitOffset(
                                group, topic, queueId, end, true, committed -> done.run());
                    } else {
                        done.run(); // it has a place; or the first receive tells what is wrong
                    }
                });
    }
}
