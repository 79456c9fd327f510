package io.sluice.simulator.run;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Groups;
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
        Groups.Locking locking = model.groups().locking(group.id(), op.client(), queues);
        node.broker()
                .lockQueues(
                        group,
                        client(op.client()),
                        queues,
                        new Asked<>(
                                node,
                                Operation.Lock.class,
                                outcome -> {
                                    switch (outcome) {
                                        case Outcome.Done<List<QueueRef>>(List<QueueRef> held) ->
                                                model.groups().locked(locking, held);
                                        case Outcome.Refused<List<QueueRef>> refused ->
                                                refused(locking, refused.refusal());
                                    }
                                }));
    }

    void unlock(Operation.Unlock op) {
        Group group = Names.group(node.broker(), op.group());
        Topic topic = Names.topic(node.broker(), op.group(), op.topic());
        if (group != null && topic != null) {
            List<QueueRef> queues = queues(topic);
            Groups.Locking locking = model.groups().unlocking(group.id(), op.client(), queues);
            node.broker()
                    .unlockQueues(
                            group,
                            client(op.client()),
                            queues,
                            answer(Operation.Unlock.class, locking));
        }
    }

    void leave(Operation.Leave op) {
        Group group = Names.group(node.broker(), op.group());
        if (group != null) {
            Groups.Locking locking = model.groups().leaving(group.id(), op.client());
            node.broker()
                    .unlockClient(
                            group, client(op.client()), answer(Operation.Leave.class, locking));
        }
    }

    private Asked<Integer> answer(Class<?> operation, Groups.Locking locking) {
        return new Asked<>(
                node,
                operation,
                outcome -> {
                    if (outcome instanceof Outcome.Refused<Integer> refused) {
                        refused(locking, refused.refusal());
                    }
                });
    }

    /** If storage has failed, nobody knows; but then the broker has ended. */
    private void refused(Groups.Locking locking, Refusal why) {
        if (why != Refusal.STORAGE_FAILED) {
            model.groups().refused(locking);
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
