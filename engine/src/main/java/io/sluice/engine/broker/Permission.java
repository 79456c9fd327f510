package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import org.jspecify.annotations.Nullable;

/** Who may have messages, as operators have set it: the one place that says so. */
public final class Permission {
    private Permission() {}

    /** Why nobody may have messages of a topic; null if somebody may. */
    static <T> Outcome.@Nullable Refused<T> fault(Topic topic) {
        return topic.readable()
                ? null
                : Outcome.refused(
                        Refusal.NO_PERMISSION, "topic " + topic.name() + " may not be read");
    }

    /** Why a group may not have messages of a topic; null if it may. */
    public static <T> Outcome.@Nullable Refused<T> fault(Group group, Topic topic) {
        if (!group.settings().consumeEnabled()) {
            return Outcome.refused(
                    Refusal.NO_PERMISSION,
                    "group %s may not consume: it was switched off, by consumeEnable"
                            .formatted(group.name()));
        }
        if (!group.settings().mayRead(topic.name())) {
            return Outcome.refused(
                    Refusal.NO_PERMISSION,
                    "group %s may not read topic %s: an operator has to allow it"
                            .formatted(group.name(), topic.name()));
        }
        return fault(topic);
    }
}
