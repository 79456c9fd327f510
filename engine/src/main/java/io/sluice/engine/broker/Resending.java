package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Gives messages to one group once more. */
public final class Resending {
    private Resending() {}

    /**
     * Stores a copy of a message in the group's retry topic, which remembers where it came from and
     * counts no attempts yet: so no other group gets it.
     *
     * @param originId the offset message id of the message
     */
    public static void toGroup(
            Broker broker,
            Group group,
            ByteBuffer stored,
            String originId,
            Consumer<Outcome<Appended>> reply) {
        broker.topicForSend(
                Names.retryTopic(group.name()),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<Topic>(Topic topic) -> {
                            Message again = Returns.again(stored, topic, 0, originId, false);
                            broker.append(topic, 0, List.of(again), 0, reply);
                        }
                        case Outcome.Refused<Topic> refused -> reply.accept(refused.of());
                    }
                });
    }
}
