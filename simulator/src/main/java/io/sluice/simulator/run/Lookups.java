package io.sluice.simulator.run;

import io.sluice.engine.broker.Found;
import io.sluice.engine.broker.KeyQuery;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Sent;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.world.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Those who read without consuming: browsers, and searches by key, position and time. */
final class Lookups {
    private static final int BROWSE_COUNT = 16;

    private final World world;
    private final Node node;
    private final Model model;
    private final Pulls pulls;

    Lookups(World world, Node node, Pulls pulls) {
        this.world = world;
        this.node = node;
        this.model = node.model();
        this.pulls = pulls;
    }

    void browse(Operation.Browse op) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (topic != null && op.queue() < topic.queues()) {
            pulls.pull(
                    Operation.Browse.class,
                    topic,
                    op.queue(),
                    from(topic, op.queue(), op.fromPerMille()),
                    BROWSE_COUNT,
                    op.sizeBytes(),
                    op.tags(),
                    0,
                    outcome -> {});
        }
    }

    void browseSql(Operation.BrowseSql op) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (topic != null && op.queue() < topic.queues()) {
            pulls.pull(
                    Operation.BrowseSql.class,
                    topic,
                    op.queue(),
                    from(topic, op.queue(), op.fromPerMille()),
                    BROWSE_COUNT,
                    op.sizeBytes(),
                    ~op.expression(),
                    op.suspendMs(),
                    outcome -> {});
        }
    }

    private long from(Topic topic, int queue, int perMille) {
        long first = node.broker().firstOffset(topic, queue);
        long end = node.broker().endOffset(topic, queue);
        return first + (end - first) * perMille / 1000;
    }

    void findByKey(Operation.FindByKey op) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (topic == null) {
            return;
        }
        List<Sent> expected = model.sends().withKey(topic.id(), op.key());
        findPage(topic, op, Long.MAX_VALUE, new ArrayList<>(), false, expected);
    }

    /** Page after page, as who looks for all of them does; the model sees them together. */
    private void findPage(
            Topic topic,
            Operation.FindByKey op,
            long before,
            List<ByteBuffer> pages,
            boolean damaged,
            List<Sent> expected) {
        KeyQuery query =
                new KeyQuery(
                        topic,
                        Producers.key(op.key()),
                        KeyQuery.Kind.KEY,
                        before,
                        op.perPage(),
                        Long.MAX_VALUE,
                        0,
                        Long.MAX_VALUE);
        node.broker()
                .finder()
                .byKey(
                        query,
                        new Asked<>(
                                node,
                                Operation.FindByKey.class,
                                outcome -> {
                                    if (outcome instanceof Outcome.Done<Found>(Found found)) {
                                        pages.addAll(found.messages());
                                        boolean any = damaged || !found.damaged().isEmpty();
                                        if (found.next() == Found.END) {
                                            model.sends()
                                                    .foundByKey(
                                                            topic.id(),
                                                            op.key(),
                                                            pages,
                                                            any,
                                                            expected);
                                        } else {
                                            findPage(topic, op, found.next(), pages, any, expected);
                                        }
                                    }
                                }));
    }

    void findByPosition(Operation.FindByPosition op) {
        Sent sent = model.sends().pick(op.pick());
        if (sent == null || node.broker().catalog().topic(sent.home().topicId()) == null) {
            return;
        }
        int index = Math.floorMod(op.pick(), sent.count());
        node.broker()
                .message(
                        sent.position(index),
                        new Asked<>(
                                node,
                                Operation.FindByPosition.class,
                                outcome -> {
                                    switch (outcome) {
                                        case Outcome.Done<ByteBuffer>(ByteBuffer message) ->
                                                model.sends().found(sent, index, message);
                                        case Outcome.Refused<ByteBuffer>(
                                                        Refusal why,
                                                        String detail) -> {
                                            if (why == Refusal.MESSAGE_UNKNOWN) {
                                                model.sends().found(sent, index, null);
                                            }
                                        }
                                    }
                                }));
    }

    void findByTime(Operation.FindByTime op) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (topic == null || op.queue() >= topic.queues()) {
            return;
        }
        QueueRef queue = new QueueRef(topic.id(), op.queue());
        long ms = world.wallMs() - op.agoMs();
        long endBefore = node.broker().endOffset(topic, op.queue());
        node.broker()
                .offsetAtOrAfter(
                        topic,
                        op.queue(),
                        ms,
                        new Asked<>(
                                node,
                                Operation.FindByTime.class,
                                outcome -> {
                                    if (outcome instanceof Outcome.Done<Long>(Long offset)) {
                                        long first = node.broker().firstOffset(topic, op.queue());
                                        model.queues()
                                                .foundByTime(queue, ms, offset, first, endBefore);
                                    }
                                }));
    }
}
