package io.sluice.simulator.run;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Commits;
import io.sluice.simulator.model.GivenBack;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Promise;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.world.Dice;
import io.sluice.simulator.world.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The consumers of all groups, one for each queue: each pulls, consumes or gives back, and moves on
 * only when all it had is one or the other, as the official push consumer does.
 */
final class Consumers {
    private record Key(int group, int topic, int queue) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int by = Integer.compare(group, other.group);
            by = by != 0 ? by : Integer.compare(topic, other.topic);
            return by != 0 ? by : Integer.compare(queue, other.queue);
        }
    }

    private record Had(int groupId, ByteBuffer message) {}

    private static final long TIMEOUT_NANOS = 3_000_000_000L;
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final int HAD_MAX = 64;

    private final World world;
    private final Node node;
    private final Net net;
    private final Model model;
    private final Pulls pulls;
    private final Map<Key, Reader> readers = new TreeMap<>();
    private final Map<Integer, List<Had>> had = new TreeMap<>();

    Consumers(World world, Node node, Net net, Pulls pulls) {
        this.world = world;
        this.node = node;
        this.net = net;
        this.model = node.model();
        this.pulls = pulls;
    }

    private Reader reader(int group, int topic, int queue) {
        return readers.computeIfAbsent(new Key(group, topic, queue), key -> new Reader());
    }

    void vanish(Operation.Vanish op) {
        reader(op.group(), op.topic(), op.queue()).vanish();
    }

    // Reading.

    /** One round of a consumer; nothing if it is still busy with the last one. */
    void consume(Operation.Consume op, Dice dice) {
        Reader reader = reader(op.group(), op.topic(), op.queue());
        if (reader.busy) {
            return;
        }
        reader.busy = true;
        int round = ++reader.round;
        net.request(Operation.Consume.class, dice, () -> node.serve(() -> begin(op, reader, dice)));
        world.after(
                TIMEOUT_NANOS + op.suspendMs() * NANOS_PER_MS,
                () -> {
                    if (reader.busy && reader.round == round) {
                        reader.giveUp();
                    }
                });
    }

    private void begin(Operation.Consume op, Reader reader, Dice dice) {
        Broker broker = node.broker();
        Group group = Names.group(broker, op.group());
        Topic topic = Names.topic(broker, op.group(), op.topic());
        if (group == null || topic == null || op.queue() >= topic.queues()) {
            reader.busy = false;
            return;
        }
        reader.belongsTo(group.id(), topic.id());
        if (reader.next == Reader.UNKNOWN) {
            ask(op, reader, group, topic, dice);
        } else {
            pull(op, reader, group, topic, dice);
        }
    }

    private void ask(Operation.Consume op, Reader reader, Group group, Topic topic, Dice dice) {
        QueueRef queue = new QueueRef(topic.id(), op.queue());
        Commits.Call call = model.groups().asking(group.id(), queue);
        int life = reader.life;
        node.broker()
                .startOffset(
                        group,
                        topic,
                        op.queue(),
                        true,
                        new Asked<>(
                                node,
                                Operation.AskOffset.class,
                                outcome -> {
                                    if (outcome instanceof Outcome.Done<Long>(Long at)) {
                                        model.groups()
                                                .answered(
                                                        group.id(),
                                                        queue,
                                                        call,
                                                        at,
                                                        topic.queuesAtCreation());
                                        if (reader.life == life) {
                                            // A new group consumes from the first message on.
                                            reader.next =
                                                    at >= 0
                                                            ? at
                                                            : node.broker()
                                                                    .firstOffset(topic, op.queue());
                                            pull(op, reader, group, topic, dice);
                                        }
                                    } else if (reader.life == life) {
                                        reader.busy = false;
                                    }
                                }));
    }

    private void pull(Operation.Consume op, Reader reader, Group group, Topic topic, Dice dice) {
        int life = reader.life;
        pulls.pull(
                Operation.Consume.class,
                topic,
                op.queue(),
                reader.next,
                op.count(),
                op.sizeBytes(),
                0,
                op.suspendMs(),
                outcome ->
                        net.reply(
                                Operation.Consume.class,
                                dice,
                                () -> {
                                    if (reader.life == life) {
                                        got(op, reader, group, dice, outcome);
                                    }
                                }));
    }

    private void got(
            Operation.Consume op, Reader reader, Group group, Dice dice, Outcome<Pulled> outcome) {
        if (!(outcome instanceof Outcome.Done<Pulled>(Pulled pulled))) {
            reader.busy = false;
            return;
        }
        List<ByteBuffer> failed = new ArrayList<>();
        for (ByteBuffer message : Pulls.split(pulled)) {
            remember(op.group(), group.id(), message);
            if (dice.perMille(op.failPerMille())) {
                failed.add(message);
            } else {
                model.groups().consumed(group.id(), message);
            }
        }
        if (failed.isEmpty()) {
            reader.consumedUpTo(pulled.nextOffset());
            reader.busy = false;
        } else {
            giveBackAll(op, reader, group, failed, pulled.nextOffset(), dice);
        }
    }

    private void remember(int group, int groupId, ByteBuffer message) {
        List<Had> list = had.computeIfAbsent(group, g -> new ArrayList<>());
        if (list.size() == HAD_MAX) {
            list.removeFirst();
        }
        list.add(new Had(groupId, message));
    }

    // Giving back.

    private void giveBackAll(
            Operation.Consume op,
            Reader reader,
            Group group,
            List<ByteBuffer> failed,
            long next,
            Dice dice) {
        int life = reader.life;
        int[] left = {failed.size()};
        for (ByteBuffer message : failed) {
            boolean[] taken = {false}; // a doubled request is answered twice
            giveBack(
                    op.group(),
                    group.id(),
                    message,
                    0,
                    dice,
                    () -> {
                        if (taken[0]) {
                            return;
                        }
                        taken[0] = true;
                        if (reader.life == life && --left[0] == 0) {
                            reader.consumedUpTo(next);
                            reader.busy = false;
                        }
                    });
        }
    }

    /** A consumer gives back what it had before, whether it is still its business or not. */
    void giveBack(Operation.GiveBack op, Dice dice) {
        List<Had> all = had.getOrDefault(op.group(), List.of());
        if (!all.isEmpty()) {
            Had one = all.get(Math.floorMod(op.pick(), all.size()));
            giveBack(op.group(), one.groupId, one.message, op.level(), dice, () -> {});
        }
    }

    private void giveBack(
            int groupNumber,
            int groupId,
            ByteBuffer message,
            int level,
            Dice dice,
            Runnable whenTaken) {
        net.request(
                Operation.GiveBack.class,
                dice,
                () ->
                        node.serve(() -> {
                            Group group = Names.group(node.broker(), groupNumber);
                            if (group != null && group.id() == groupId) {
                                giveBack(group, message, level, dice, whenTaken);
                            }
                        }));
    }

    private void giveBack(
            Group group, ByteBuffer message, int level, Dice dice, Runnable whenTaken) {
        int times = StoredMessage.reconsumeTimes(message, 0);
        boolean dead = level < 0 || times >= group.settings().retryMax();
        String target =
                dead
                        ? io.sluice.engine.catalog.Names.deadLetterTopic(group.name())
                        : io.sluice.engine.catalog.Names.retryTopic(group.name());
        long dueMs = dead ? 0 : world.wallMs() + delayMs(level, times);
        Topic topic = node.broker().catalog().topic(target);
        GivenBack.Count count =
                model.groups().givingBack(target, topic == null ? 0 : topic.id(), message, dueMs);
        if (node.isTold()) {
            int send = StoredMessage.body(message, 0).getInt(0);
            node.tell("send %d is given back to %s, due %d".formatted(send, target, dueMs));
        }
        node.broker()
                .sendBack(
                        group,
                        StoredMessage.position(message, 0),
                        level,
                        -1,
                        "",
                        new Asked<>(
                                node,
                                Operation.GiveBack.class,
                                takenBack(group, message, count, dice, whenTaken)));
    }

    /** RocketMQ's schedule: the nth retry waits level n + 2; beyond the last level, the last. */
    private static long delayMs(int level, int times) {
        int effective = level > 0 ? level : times + 3;
        return Node.DELAYS_MS.get(Math.min(effective, Node.DELAYS_MS.size()) - 1);
    }

    private Consumer<Outcome<Appended>> takenBack(
            Group group, ByteBuffer message, GivenBack.Count count, Dice dice, Runnable whenTaken) {
        return outcome -> {
            switch (outcome) {
                case Outcome.Done<Appended> done -> {
                    model.groups().takenBack(count);
                    model.groups().consumed(group.id(), message);
                    net.reply(Operation.GiveBack.class, dice, whenTaken);
                }
                case Outcome.Refused<Appended>(Refusal why, String detail) -> {
                    if (why != Refusal.STORAGE_FAILED) {
                        model.groups().refused(count);
                    }
                }
            }
        };
    }

    // Committing.

    void commit(Operation.Commit op, Dice dice) {
        arrive(
                Operation.Commit.class,
                op.group(),
                op.topic(),
                op.queue(),
                op.back(),
                dice,
                (group, topic, offset) -> commit(group, topic, op.queue(), offset, op.raiseOnly()));
    }

    void reset(Operation.Reset op, Dice dice) {
        arrive(
                Operation.Reset.class,
                op.group(),
                op.topic(),
                op.queue(),
                op.back(),
                dice,
                (group, topic, offset) -> reset(group, topic, op.queue(), offset));
    }

    /** What is done with a place where a consumer once was, when the request arrives. */
    private interface WithPlace {
        void accept(Group group, Topic topic, long offset);
    }

    private void arrive(
            Class<? extends Operation> operation,
            int groupNumber,
            int topicNumber,
            int queue,
            int back,
            Dice dice,
            WithPlace then) {
        Reader reader = reader(groupNumber, topicNumber, queue);
        int size = reader.progress.size();
        if (size == 0) {
            return;
        }
        long offset = reader.progress.get(Math.max(0, size - 1 - back));
        int groupId = reader.groupId;
        int topicId = reader.topicId;
        net.request(
                operation,
                dice,
                () ->
                        node.serve(() -> {
                            Group group = Names.group(node.broker(), groupNumber);
                            Topic topic = Names.topic(node.broker(), groupNumber, topicNumber);
                            if (group != null
                                    && topic != null
                                    && group.id() == groupId
                                    && topic.id() == topicId) {
                                then.accept(group, topic, offset);
                            }
                        }));
    }

    private void commit(Group group, Topic topic, int queueId, long offset, boolean raiseOnly) {
        QueueRef queue = new QueueRef(topic.id(), queueId);
        Commits.Call call = model.groups().committing(group.id(), queue, offset, raiseOnly);
        node.broker()
                .commitOffset(
                        group,
                        topic,
                        queueId,
                        offset,
                        raiseOnly,
                        new Asked<>(
                                node,
                                Operation.Commit.class,
                                outcome -> committed(group, queue, call, outcome)));
    }

    /** To the model it is a commit that may go back. */
    private void reset(Group group, Topic topic, int queueId, long offset) {
        QueueRef queue = new QueueRef(topic.id(), queueId);
        Commits.Call call = model.groups().committing(group.id(), queue, offset, false);
        node.broker()
                .resetOffset(
                        group,
                        topic,
                        queueId,
                        offset,
                        new Asked<>(
                                node,
                                Operation.Reset.class,
                                outcome -> committed(group, queue, call, outcome)));
    }

    private void committed(Group group, QueueRef queue, Commits.Call call, Outcome<Long> outcome) {
        switch (outcome) {
            case Outcome.Done<Long>(Long kept) ->
                    model.groups().committed(group.id(), queue, call, kept);
            case Outcome.Refused<Long>(Refusal why, String detail) -> refused(call, why, detail);
        }
    }

    private void refused(Commits.Call call, Refusal why, String detail) {
        if (why == Refusal.INVALID && model.judge().honest()) {
            model.judge().violated(Promise.OFFSETS, "progress was not taken: " + detail);
        }
        if (why != Refusal.STORAGE_FAILED) {
            model.groups().refused(call);
        }
    }

    void commitNonsense(Operation.CommitNonsense op) {
        Broker broker = node.broker();
        Group group = Names.group(broker, op.group());
        Topic topic = Names.topic(broker, op.group(), op.topic());
        if (group == null || topic == null || op.queue() >= topic.queues()) {
            return;
        }
        long offset = op.negative() ? -2 : Long.MAX_VALUE / 2;
        broker.commitOffset(
                group,
                topic,
                op.queue(),
                offset,
                false,
                new Asked<>(
                        node,
                        Operation.CommitNonsense.class,
                        outcome -> {
                            if (outcome instanceof Outcome.Done<Long>) {
                                model.judge()
                                        .violated(
                                                Promise.OFFSETS,
                                                "offset " + offset + " was committed");
                            }
                        }));
    }

    /** Somebody asks where all groups stand in all queues. */
    void askAll() {
        for (int group = 0; group < Names.GROUPS; group++) {
            for (int number = Operation.RETRY; number < Names.TOPICS; number++) {
                Topic topic = Names.topic(node.broker(), group, number);
                for (int queue = 0; topic != null && queue < topic.queues(); queue++) {
                    askOffset(new Operation.AskOffset(group, number, queue));
                }
            }
        }
    }

    void askOffset(Operation.AskOffset op) {
        Broker broker = node.broker();
        Group group = Names.group(broker, op.group());
        Topic topic = Names.topic(broker, op.group(), op.topic());
        if (group == null || topic == null || op.queue() >= topic.queues()) {
            return;
        }
        QueueRef queue = new QueueRef(topic.id(), op.queue());
        Commits.Call call = model.groups().asking(group.id(), queue);
        broker.startOffset(
                group,
                topic,
                op.queue(),
                false,
                new Asked<>(
                        node,
                        Operation.AskOffset.class,
                        outcome -> {
                            if (outcome instanceof Outcome.Done<Long>(Long at)) {
                                model.groups()
                                        .answered(
                                                group.id(),
                                                queue,
                                                call,
                                                at,
                                                topic.queuesAtCreation());
                            }
                        }));
    }

    /** Whether a group's consumer has read a queue up to {@code end}. */
    boolean isAt(int groupNumber, Group group, int topicNumber, Topic topic, int queue, long end) {
        Reader reader = reader(groupNumber, topicNumber, queue);
        return !reader.busy
                && reader.groupId == group.id()
                && reader.topicId == topic.id()
                && reader.next >= end;
    }
}
