package io.sluice.simulator.run;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.simulator.model.Locks;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.plan.Operation;
import java.util.List;
import java.util.stream.IntStream;

/** Clients that consume in order, and lock queues for it. */
final class Lockers {
    /** So many clients has each group. */
    static final int CLIENTS = 3;

    private final Node node;
    private final Model model;

    Lockers(Node node) {
        this.node = node;
        this.model = node.model();
    }

    void lock(Operation.Lock op) {
        Group group = Names.group(node.broker(), op.group());
        Topic topic = Names.topic(node.broker(), op.group(), op.topic());
        if (group == null || topic == null) {
            return;
        }
        List<QueueRef> queues = queues(topic);
        Locks.Claim claim = model.groups().locking(group.id(), op.client(), queues);
        node.broker()
                .lockQueues(
                        group,
                        client(op.client()),
                        queues,
                        new Asked<>(
                                node,
                                Operation.Lock.class,
                                outcome -> {
                                    if (outcome
                                            instanceof
                                            Outcome.Done<List<QueueRef>>(List<QueueRef> held)) {
                                        model.groups().locked(claim, held);
                                    }
                                }));
    }

    void unlock(Operation.Unlock op) {
        Group group = Names.group(node.broker(), op.group());
        Topic topic = Names.topic(node.broker(), op.group(), op.topic());
        if (group != null && topic != null) {
            queues(topic).forEach(queue -> model.groups().unlocked(group.id(), queue, op.client()));
            node.broker().unlockQueues(group, client(op.client()), queues(topic));
        }
    }

    void leave(Operation.Leave op) {
        Group group = Names.group(node.broker(), op.group());
        if (group != null) {
            model.groups().left(group.id(), op.client());
            node.broker().unlockClient(group, client(op.client()));
        }
    }

    /** All clients leave all groups. */
    void leaveAll() {
        for (int group = 0; group < Names.GROUPS; group++) {
            for (int client = 0; client < CLIENTS; client++) {
                leave(new Operation.Leave(group, client));
            }
        }
    }

    static String client(int client) {
        return "client" + client;
    }

    private static List<QueueRef> queues(Topic topic) {
        return IntStream.range(0, topic.queues())
                .mapToObj(queue -> new QueueRef(topic.id(), queue))
                .toList();
    }
}
