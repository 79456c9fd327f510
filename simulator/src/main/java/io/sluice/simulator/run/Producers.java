package io.sluice.simulator.run;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Sent;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.World;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Producers. Each request that arrives counts as a send of its own, also if it is a doubled one.
 */
final class Producers {
    private static final int STALE_PER_MILLE = 30;

    private final World world;
    private final Node node;
    private final Net net;
    private final Model model;
    private final Map<Integer, Topic> remembered = new HashMap<>();

    Producers(World world, Node node, Net net) {
        this.world = world;
        this.node = node;
        this.net = net;
        this.model = node.model();
    }

    void send(Operation.Send op, Dice dice) {
        boolean stale = dice.perMille(STALE_PER_MILLE);
        net.request(Operation.Send.class, dice, () -> node.serve(() -> arrive(op, stale)));
    }

    /** A producer that goes by an old route may name an incarnation that is gone. */
    private void arrive(Operation.Send op, boolean stale) {
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        Topic old = remembered.get(op.topic());
        if (stale && old != null) {
            topic = old;
        }
        if (topic == null) {
            return;
        }
        remembered.put(op.topic(), topic);
        long dueMs = op.delayMs() == 0 ? 0 : world.wallMs() + op.delayMs();
        Sent sent =
                model.sends()
                        .sending(
                                topic.name(),
                                topic.id(),
                                op.queue(),
                                op.count(),
                                op.sizeBytes(),
                                properties(op),
                                op.tag(),
                                op.key(),
                                dueMs);
        if (node.isTold()) {
            node.tell(sent.toString());
        }
        node.broker()
                .append(
                        topic,
                        op.queue(),
                        messages(topic, op, sent),
                        dueMs,
                        new Asked<>(
                                node, Operation.Send.class, outcome -> answered(sent, outcome)));
    }

    private List<Message> messages(Topic topic, Operation.Send op, Sent sent) {
        byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
        byte[] properties = properties(op);
        List<Message> messages = new ArrayList<>(op.count());
        for (int i = 0; i < op.count(); i++) {
            messages.add(
                    new Message(
                            topic.id(),
                            name,
                            0,
                            0,
                            world.wallMs(),
                            Node.HOST,
                            0,
                            0,
                            model.sends().body(sent, i),
                            properties));
        }
        return messages;
    }

    private static byte[] properties(Operation.Send op) {
        String tag = op.tag() == 0 ? "" : "TAGS\1" + Pulls.tag(op.tag()) + "\2";
        String text = op.key() == 0 ? tag : tag + "KEYS\1" + key(op.key()) + "\2";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String key(int key) {
        return "key" + key;
    }

    private void answered(Sent sent, Outcome<Appended> outcome) {
        switch (outcome) {
            case Outcome.Done<Appended>(Appended appended) ->
                    model.sends().acknowledged(sent, appended.offset(), appended.positions());
            case Outcome.Refused<Appended>(Refusal why, String detail) -> {
                if (why != Refusal.STORAGE_FAILED) {
                    model.sends().refused(sent);
                }
            }
        }
    }
}
