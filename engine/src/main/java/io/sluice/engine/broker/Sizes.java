package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may be stored in a topic. */
final class Sizes {
    private Sizes() {}

    /** Why these messages cannot be stored in the topic, wherever; null if they can. */
    static Outcome.@Nullable Refused<Appended> fault(Topic topic, List<Message> batch) {
        if (!topic.writable()) {
            return Outcome.refused(
                    Refusal.NO_PERMISSION, "topic " + topic.name() + " may not be written to");
        }
        long bodies = 0;
        for (Message message : batch) {
            bodies += message.bodySizeBytes();
            if (message.properties().length > Broker.PROPERTIES_SIZE_BYTES_MAX) {
                return Outcome.refused(
                        Refusal.TOO_LARGE,
                        "the properties have %d bytes, more than %d"
                                .formatted(
                                        message.properties().length,
                                        Broker.PROPERTIES_SIZE_BYTES_MAX));
            }
        }
        return bodies <= Broker.BODY_SIZE_BYTES_MAX
                ? null
                : Outcome.refused(
                        Refusal.TOO_LARGE,
                        "the body has %d bytes, more than %d"
                                .formatted(bodies, Broker.BODY_SIZE_BYTES_MAX));
    }
}
