package io.sluice.simulator.run;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.TimeToLive;
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
    private static final int TTL_MS_MAX = 4 * 3_600_000;
    private static final int STALE_PER_MILLE = 30;
    private static final int KEYED_PER_MILLE = 700;

    private final World world;
    private final Node node;
    private final Net net;
    private final Model model;
    private final Map<Integer, Topic> remembered = new HashMap<>();
    private int uniqueKeys;

    Producers(World world, Node node, Net net) {
        this.world = world;
        this.node = node;
        this.net = net;
        this.model = node.model();
    }

    void send(Operation.Send op, Dice dice) {
        boolean stale = dice.perMille(STALE_PER_MILLE);
        boolean keyed = op.count() == 1 && dice.perMille(KEYED_PER_MILLE);
        int ttlMs = node.limited() && !keyed ? ttlMs(dice) : 0;
        net.request(
                Operation.Send.class,
                dice,
                () -> node.serve(() -> arrive(op, stale, keyed, ttlMs)));
    }

    /** Some messages live shorter than a history, some longer, most for ever. */
    private static int ttlMs(Dice dice) {
        return !dice.perMille(300) ? 0 : dice.coin() ? 1 + (int) dice.magnitude(5_000) : TTL_MS_MAX;
    }

    /** A producer that goes by an old route may name an incarnation that is gone. */
    private void arrive(Operation.Send op, boolean stale, boolean keyed, int ttlMs) {
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
        String unique = keyed ? "UNIQ_KEY\1U" + uniqueKeys++ + "\2" : "";
        String marks = node.marked() ? marks(op) : "";
        String limit = ttlMs > 0 ? "TTL_MS\1" + ttlMs + "\2" : "";
        byte[] properties = properties(op, marks + unique + limit);
        Sent sent =
                model.sends()
                        .sending(
                                topic.name(),
                                topic.id(),
                                op.queue(),
                                op.count(),
                                op.sizeBytes(),
                                properties,
                                op.tag(),
                                op.key(),
                                op.delayMs(),
                                keyed,
                                ttlMs);
        if (node.isTold()) {
            node.tell(sent.toString());
        }
        node.broker()
                .append(
                        topic,
                        op.queue(),
                        messages(topic, sent),
                        dueMs,
                        sameness(op.delayMs()),
                        new Asked<>(
                                node, Operation.Send.class, outcome -> answered(sent, outcome)));
    }

    /** Those without a unique key are stored however often they are sent. */
    private static long sameness(int delayMs) {
        return 1L + delayMs;
    }

    /** A producer sends again what it sent a short while ago. */
    void sendAgain(Operation.SendAgain op) {
        Sent sent = model.sends().pickToSendAgain(op.pick());
        Topic topic = sent == null ? null : node.broker().catalog().topic(sent.home().topicId());
        if (sent == null || topic == null) {
            return;
        }
        int queue = sent.home().queueId();
        if (queue < topic.queues() && model.sends().isStored(sent)) {
            queue = (queue + op.shift()) % topic.queues();
        }
        int delayMs = sent.delayMs();
        long dueMs = delayMs == 0 ? 0 : world.wallMs() + delayMs;
        model.sends().sendingAgain(sent);
        if (node.isTold()) {
            node.tell("again, to queue " + queue + ": " + sent);
        }
        node.broker()
                .append(
                        topic,
                        queue,
                        messages(topic, sent),
                        dueMs,
                        sameness(delayMs),
                        new Asked<>(
                                node,
                                Operation.SendAgain.class,
                                outcome -> {
                                    model.sends().answeredAgain(sent);
                                    answered(sent, outcome);
                                }));
    }

    private List<Message> messages(Topic topic, Sent sent) {
        byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
        List<Message> messages = new ArrayList<>(sent.count());
        for (int i = 0; i < sent.count(); i++) {
            messages.add(
                    new Message(
                            topic.id(),
                            name,
                            0,
                            sent.ttlMs() > 0 ? TimeToLive.LIMITED : 0,
                            world.wallMs(),
                            Node.HOST,
                            0,
                            0,
                            model.sends().body(sent, i),
                            sent.properties()));
        }
        return messages;
    }

    private static byte[] properties(Operation.Send op, String uniqueKey) {
        String tag = op.tag() == 0 ? "" : "TAGS\1" + Pulls.tag(op.tag()) + "\2";
        String text = op.key() == 0 ? tag : tag + "KEYS\1" + key(op.key()) + "\2";
        return (text + uniqueKey).getBytes(StandardCharsets.UTF_8);
    }

    /** Its key is its message group, too, and its tag its priority. */
    private static String marks(Operation.Send op) {
        String group = op.key() == 0 ? "" : "__SHARDINGKEY\1" + key(op.key()) + "\2";
        String priority = op.tag() == 0 ? "" : "_SYS_MSG_PRIORITY_\1" + op.tag() + "\2";
        return group + priority;
    }

    static String key(int key) {
        return "key" + key;
    }

    /** A producer that has been told where a delayed message is takes it back. */
    void recall(Operation.Recall op) {
        Sent sent = model.sends().pickDelayed(op.pick());
        Topic topic = sent == null ? null : node.broker().catalog().topic(sent.home().topicId());
        if (sent == null || topic == null) {
            return;
        }
        int index = Math.floorMod(op.pick(), sent.count());
        model.sends().recalling(sent, index);
        if (node.isTold()) {
            node.tell("recall message " + index + " of " + sent);
        }
        node.broker()
                .delays()
                .recall(
                        topic,
                        sent.toldDueMs(),
                        sent.position(index),
                        new Asked<>(
                                node,
                                Operation.Recall.class,
                                outcome -> recalled(sent, index, outcome)));
    }

    private void recalled(Sent sent, int index, Outcome<Long> outcome) {
        switch (outcome) {
            case Outcome.Done<Long> done -> model.sends().recalled(sent, index);
            case Outcome.Refused<Long>(Refusal why, String detail) -> {
                if (why == Refusal.NOT_PENDING) {
                    model.sends().notRecalled(sent, index);
                }
            }
        }
    }

    private void answered(Sent sent, Outcome<Appended> outcome) {
        switch (outcome) {
            case Outcome.Done<Appended>(Appended appended) ->
                    model.sends()
                            .acknowledged(
                                    sent,
                                    appended.queueId(),
                                    appended.offset(),
                                    appended.positions(),
                                    appended.dueMs());
            case Outcome.Refused<Appended>(Refusal why, String detail) -> {
                if (why != Refusal.STORAGE_FAILED) {
                    model.sends().refused(sent);
                }
            }
        }
    }
}
