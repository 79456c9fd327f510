package io.sluice.simulator.run;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Replay;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Barriers;
import io.sluice.simulator.model.Commits;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Resets;
import io.sluice.simulator.plan.Operation;
import java.util.List;

/** Operators who send groups elsewhere, and producers who learn how many queues there are. */
final class Steering {
    /** Producers ask at least so often. */
    private static final long LEARN_MS = 60_000;

    private final Node node;
    private final Model model;

    Steering(Node node) {
        this.node = node;
        this.model = node.model();
    }

    void reset(Operation.Reset op) {
        Broker broker = node.broker();
        Group group = Names.group(broker, op.group());
        Topic topic = Names.topic(broker, op.group(), op.topic());
        if (group == null || topic == null || op.queue() >= topic.queues()) {
            return;
        }
        long first = broker.firstOffset(topic, op.queue());
        long end = broker.endOffset(topic, op.queue());
        long to = first + (end - first) * op.perMille() / 1000;
        QueueRef queue = new QueueRef(topic.id(), op.queue());
        Resets.Asked asked = model.groups().resetting(group.id(), queue, to);
        Commits.Call call = model.groups().resettingTo(group.id(), queue, to);
        broker.replay()
                .reset(
                        group,
                        topic,
                        List.of(new Replay.Step(op.queue(), first, end, 0, to)),
                        new Asked<>(
                                node,
                                Operation.Reset.class,
                                outcome -> {
                                    switch (outcome) {
                                        case Outcome.Done<Integer> done ->
                                                model.groups()
                                                        .reset(group.id(), queue, asked, call);
                                        case Outcome.Refused<Integer>(Refusal why, String detail) ->
                                                refused(call, why);
                                    }
                                }));
    }

    private void refused(Commits.Call call, Refusal why) {
        if (why != Refusal.STORAGE_FAILED) {
            model.groups().refused(call);
        }
    }

    /** Only a topic that has grown lately has a barrier drawn before it is told. */
    void learn(Operation.Learn op) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (topic == null) {
            return;
        }
        boolean draws =
                topic.growth().size() > 1
                        && node.wallMs() - topic.growth().getLast().atMs() <= LEARN_MS;
        Barriers.Learning learning =
                model.groups().learning(topic.id(), topic.queues(), model.queues());
        node.broker()
                .tellingQueues(
                        topic,
                        new Asked<>(
                                node,
                                Operation.Learn.class,
                                outcome -> {
                                    if (draws && outcome instanceof Outcome.Done<Integer>) {
                                        model.groups().learnt(learning);
                                    }
                                }));
    }
}
