package io.sluice.simulator.run;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.simulator.plan.Operation;
import org.jspecify.annotations.Nullable;

/** The topics and groups that the small numbers of a plan stand for. */
final class Names {
    static final int TOPICS = 4;
    static final int GROUPS = 3;

    private Names() {}

    static String group(int group) {
        return "g" + group;
    }

    static String topic(int group, int topic) {
        return topic == Operation.RETRY
                ? io.sluice.engine.catalog.Names.retryTopic(group(group))
                : "t" + topic;
    }

    static @Nullable Group group(Broker broker, int group) {
        return broker.catalog().group(group(group));
    }

    static @Nullable Topic topic(Broker broker, int group, int topic) {
        return broker.catalog().topic(topic(group, topic));
    }
}
