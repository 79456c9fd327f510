package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Joined;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.shard.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What operators look at: who consumes what, how far, and when things were stored. Changes nothing.
 * Any thread; never blocks; each reply is given exactly once, on any thread.
 */
public final class Overview {
    private final Shard shard;
    private final MessageReader messages;

    Overview(Shard shard, MessageReader messages) {
        this.shard = shard;
        this.messages = messages;
    }

    /** The topics that a group has joined, by id. */
    public void joined(Group group, Consumer<Outcome<List<Joined>>> reply) {
        submit(new Command.QueryJoined(group.id(), reply), reply);
    }

    /** The groups that have joined a topic, by id. */
    public void joined(Topic topic, Consumer<Outcome<List<Joined>>> reply) {
        submit(new Command.QueryMembers(topic.id(), reply), reply);
    }

    private void submit(Command command, Consumer<Outcome<List<Joined>>> reply) {
        if (!shard.submit(command)) {
            reply.accept(Outcome.refused(Refusal.BUSY, "too much is under way: try again"));
        }
    }

    /**
     * When messages of a topic were stored. The reply comes on a reader thread.
     *
     * @param offsets by queue id; those where no message is may be among them
     * @param reply wall-clock ms by queue id; 0 where there is no message
     */
    public void storeMs(Topic topic, List<Long> offsets, Consumer<Outcome<List<Long>>> reply) {
        messages.indexed(
                reply,
                () -> {
                    List<Long> times = new ArrayList<>();
                    for (int queueId = 0; queueId < offsets.size(); queueId++) {
                        times.add(storeMs(topic, queueId, offsets.get(queueId)));
                    }
                    return times;
                });
    }

    private long storeMs(Topic topic, int queueId, long offset) throws IOException {
        Queue queue = shard.queues().queue(topic.id(), queueId);
        return queue == null || offset < queue.first() || offset >= queue.end()
                ? 0
                : shard.queues().storeMs(queue, offset);
    }
}
