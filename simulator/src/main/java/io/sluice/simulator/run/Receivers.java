package io.sluice.simulator.run;

import io.sluice.engine.broker.Receive;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.broker.Replay;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Handed;
import io.sluice.simulator.model.Handed.Receipt;
import io.sluice.simulator.model.Model;
import io.sluice.simulator.model.Pace;
import io.sluice.simulator.plan.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of the group that receives. They have no memory of their own: what any of them was
 * handed is acknowledged some time, or twice, or by a receipt of long ago, or never.
 */
final class Receivers {
    private static final int HELD_MAX = 64;
    private static final int HOLD_AT_END_MS = 1_000;

    private record Place(int topicId, int queueId) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int by = Integer.compare(topicId, other.topicId);
            return by != 0 ? by : Integer.compare(queueId, other.queueId);
        }
    }

    /**
     * What is known when somebody asks.
     *
     * @param attempt its number; 0 if it has no name
     * @param firstNanos when it was asked for first
     * @param ms wall-clock ms
     * @param pace what the group had had by then
     */
    private record Asking(int attempt, long firstNanos, long nanos, long ms, Pace.Mark pace) {}

    private final Node node;
    private final Model model;
    private final Waiters waiters;
    private final List<Receipt> held = new ArrayList<>(); // newest last
    private final Map<Place, Long> begun = new TreeMap<>(); // where the group began
    private Operation.@Nullable Receive lastInOrder;
    private int wanted; // by the last one
    private int attempts;
    private long attemptNanos; // when the last one in order first asked
    private final Map<Place, Long> committed = new TreeMap<>(); // as was answered last

    Receivers(Node node, Waiters waiters) {
        this.node = node;
        this.waiters = waiters;
        this.model = node.model();
    }

    private @Nullable Group group() {
        return node.broker().catalog().group(Handed.GROUP);
    }

    void receive(Operation.Receive op) {
        Group group = group();
        if (group == null) {
            var _ = node.broker().catalog().createGroup(Handed.GROUP, node.receiving());
            return;
        }
        Operation.Receive last = lastInOrder;
        boolean again = op.again() && last != null;
        Operation.Receive wanted = again && last != null ? last : op;
        Topic topic = Names.topic(node.broker(), 0, wanted.topic());
        if (topic == null || wanted.queue() >= topic.queues()) {
            return;
        }
        if (op.ordered() && !again) {
            lastInOrder = op;
            attempts++;
            attemptNanos = model.judge().nanos();
        }
        receive(group, topic, wanted, false);
    }

    /**
     * @param settle whether what comes is acknowledged at once
     */
    private void receive(Group group, Topic topic, Operation.Receive op, boolean settle) {
        int attempt = op.ordered() && !settle ? attempts : 0;
        long nanos = model.judge().nanos();
        Asking asking =
                new Asking(
                        attempt,
                        attempt > 0 ? attemptNanos : nanos,
                        nanos,
                        node.wallMs(),
                        model.pace().asked());
        model.handedOrder().wanted(op.ordering());
        model.handed().wanted(op.holdMs());
        model.handed().asked();
        model.wanted().asked(op.tags());
        wanted = op.tags();
        Asked<Received> asked =
                new Asked<>(
                        node,
                        Operation.Receive.class,
                        outcome -> {
                            model.handed().answered(outcome);
                            switch (outcome) {
                                case Outcome.Done<Received>(Received received) -> {
                                    begun(topic, op.queue());
                                    given(group, topic, op, asking, received, settle);
                                }
                                case Outcome.Refused<Received>(Refusal why, String detail) -> {
                                    if (settle && why == Refusal.STORAGE_FAILED) {
                                        node.catalogFailed(); // no dead letter can be stored
                                    }
                                }
                            }
                        });
        node.broker()
                .receiver()
                .receive(
                        new Receive(
                                group,
                                topic,
                                op.queue(),
                                op.count(),
                                op.sizeBytes(),
                                Pulls.filter(op.tags()),
                                op.holdMs(),
                                op.ordering(),
                                false,
                                op.suspendMs(),
                                ByteBuffer::allocate,
                                waiters.asker(op.suspendMs()),
                                attempt == 0 ? null : "attempt" + attempt,
                                asked));
    }

    /** What lies before is not owed to the group. */
    private void begun(Topic topic, int queueId) {
        int end = queueId < 0 ? topic.queues() : queueId + 1;
        for (int queue = Math.max(0, queueId); queue < end; queue++) {
            long first = node.broker().firstOffset(topic, queue);
            begun.putIfAbsent(new Place(topic.id(), queue), first);
        }
    }

    private void given(
            Group group,
            Topic topic,
            Operation.Receive op,
            Asking asking,
            Received received,
            boolean settle) {
        if (received.queueId() < 0) {
            return;
        }
        QueueRef queue = new QueueRef(topic.id(), received.queueId());
        List<ByteBuffer> messages = split(received);
        List<Receipt> receipts = new ArrayList<>();
        boolean repeated = false;
        for (int i = 0; i < messages.size(); i++) {
            ByteBuffer message = messages.get(i);
            long offset = received.offsets()[i];
            int times = StoredMessage.reconsumeTimes(message, 0);
            StoredMessage.reconsumed(message, 0, 0); // as it was stored
            int number = model.queues().received(queue, topic.name(), offset, message);
            Receipt receipt = new Receipt(group.id(), queue, offset, received.number());
            boolean isRepeated =
                    number >= 0
                            && model.handed()
                                    .given(
                                            receipt,
                                            asking.nanos,
                                            received.atMs(),
                                            received.atMs() + op.holdMs(),
                                            times + 1,
                                            asking.attempt,
                                            model.queues().content(number, message));
            if (!isRepeated) {
                model.queues().requireAlive(queue, offset, asking.ms, asking.nanos);
                model.wanted().require(queue, offset, model.queues());
            }
            if (op.ordering() == Ordering.QUEUE && !isRepeated) {
                model.handed().givenInOrder(receipt, asking.firstNanos, received.atMs());
            }
            repeated |= isRepeated;
            remember(receipt);
            receipts.add(receipt);
        }
        // Of a topic that is being deleted the model does not know who was given what.
        boolean mayBeRepeated = repeated || model.judge().isForgotten(topic.id());
        model.pace().given(asking.pace, messages.size(), mayBeRepeated);
        long from = begun.getOrDefault(new Place(topic.id(), received.queueId()), 0L);
        model.handedOrder()
                .given(
                        group.id(),
                        queue,
                        op.ordering(),
                        received.number(),
                        repeated,
                        received.offsets(),
                        asking.firstNanos,
                        received.atMs(),
                        from);
        if (settle) {
            receipts.forEach(receipt -> acknowledge(group, topic, receipt));
        }
    }

    /** The messages of an answer, each by itself, so that they may be changed. */
    static List<ByteBuffer> split(Received received) {
        ByteBuffer all = received.messages();
        List<ByteBuffer> messages = new ArrayList<>();
        for (int at = 0; at < all.limit(); ) {
            int size = StoredMessage.sizeBytes(all, at);
            messages.add(ByteBuffer.allocate(size).put(0, all, at, size));
            at += size;
        }
        return messages;
    }

    private void remember(Receipt receipt) {
        if (held.size() == HELD_MAX) {
            held.removeFirst();
        }
        held.add(receipt);
    }

    void reset(Operation.ResetReceivers op) {
        Group group = group();
        Topic topic = Names.topic(node.broker(), 0, op.topic());
        if (group == null || topic == null || op.queue() >= topic.queues()) {
            return;
        }
        long first = node.broker().firstOffset(topic, op.queue());
        long end = node.broker().endOffset(topic, op.queue());
        long to = first + (end - first) * op.perMille() / 1000;
        QueueRef queue = new QueueRef(topic.id(), op.queue());
        model.handed().resetting(group.id(), queue, to);
        node.broker()
                .replay()
                .reset(
                        group,
                        topic,
                        List.of(new Replay.Step(op.queue(), first, end, 0, to)),
                        new Asked<>(
                                node,
                                Operation.ResetReceivers.class,
                                outcome ->
                                        model.handed()
                                                .reset(
                                                        group.id(),
                                                        queue,
                                                        to,
                                                        outcome instanceof Outcome.Done<?>)));
    }

    private @Nullable Receipt pick(int pick) {
        return held.isEmpty() ? null : held.get(held.size() - 1 - pick % held.size());
    }

    void acknowledge(Operation.Acknowledge op) {
        Receipt receipt = pick(op.pick());
        Group group = group();
        Topic topic =
                receipt == null ? null : node.broker().catalog().topic(receipt.queue().topicId());
        if (receipt != null && group != null && topic != null) {
            acknowledge(group, topic, receipt);
        }
    }

    private void acknowledge(Group group, Topic topic, Receipt receipt) {
        Handed.Claim claim = model.handed().acknowledging(receipt);
        node.broker()
                .receiver()
                .acknowledge(
                        group,
                        topic,
                        receipt.queue().queueId(),
                        receipt.number(),
                        new long[] {receipt.offset()},
                        new Asked<>(
                                node,
                                Operation.Acknowledge.class,
                                outcome -> {
                                    switch (outcome) {
                                        case Outcome.Done<Integer> done ->
                                                model.handed().acknowledged(claim);
                                        case Outcome.Refused<Integer>(Refusal why, String detail) ->
                                                model.handed().refused(claim, why);
                                    }
                                }));
    }

    void extend(Operation.Extend op) {
        Receipt receipt = pick(op.pick());
        Group group = group();
        Topic topic =
                receipt == null ? null : node.broker().catalog().topic(receipt.queue().topicId());
        if (receipt == null || group == null || topic == null) {
            return;
        }
        model.handed().wanted(op.holdMs());
        Handed.Claim claim = model.handed().changing(receipt);
        node.broker()
                .receiver()
                .extend(
                        group,
                        topic,
                        receipt.queue().queueId(),
                        receipt.number(),
                        receipt.offset(),
                        op.holdMs(),
                        new Asked<>(
                                node,
                                Operation.Extend.class,
                                outcome -> {
                                    switch (outcome) {
                                        case Outcome.Done<Long>(Long atMs) ->
                                                model.handed().changed(claim, atMs, op.holdMs());
                                        case Outcome.Refused<Long>(Refusal why, String detail) ->
                                                model.handed().refused(claim, why);
                                    }
                                }));
    }

    // The end.

    /** Waits for so long in every topic, in any of its queues. */
    void waitEverywhere(int suspendMs) {
        Group group = group();
        for (int number = 0; group != null && number < Names.TOPICS; number++) {
            Topic topic = Names.topic(node.broker(), 0, number);
            if (topic != null) {
                receive(group, topic, atEnd(topic, number, -1, suspendMs), true);
            }
        }
    }

    private Operation.Receive atEnd(Topic topic, int number, int queue, int suspendMs) {
        return new Operation.Receive(
                number,
                queue,
                32,
                Pulls.SIZE_BYTES_MAX,
                HOLD_AT_END_MS,
                suspendMs,
                orderAtEnd(topic),
                wanted,
                false);
    }

    /** Receives and acknowledges whatever there is; whether the group is not yet at every end. */
    boolean receiveAll() {
        Group group = group();
        boolean behind = false;
        for (int number = 0; group != null && number < Names.TOPICS; number++) {
            Topic topic = Names.topic(node.broker(), 0, number);
            for (int queue = 0; topic != null && queue < topic.queues(); queue++) {
                Place place = new Place(topic.id(), queue);
                if (begun.containsKey(place) && isBehind(topic, place)) {
                    behind = true;
                    receive(group, topic, atEnd(topic, number, queue, 0), true);
                    ask(group, topic, place);
                }
            }
        }
        return behind;
    }

    /** Who wants order may wait at a barrier for a queue that the group has never begun. */
    private Ordering orderAtEnd(Topic topic) {
        return node.marked() && topic.growth().size() == 1 ? Ordering.MESSAGE_GROUP : Ordering.NONE;
    }

    private boolean isBehind(Topic topic, Place place) {
        long first = node.broker().firstOffset(topic, place.queueId);
        long end = node.broker().endOffset(topic, place.queueId);
        return Math.max(first, committed.getOrDefault(place, -1L)) < end;
    }

    private void ask(Group group, Topic topic, Place place) {
        node.broker()
                .startOffset(
                        group,
                        topic,
                        place.queueId,
                        false,
                        new Asked<>(
                                node,
                                Operation.AskOffset.class,
                                outcome -> {
                                    if (outcome instanceof Outcome.Done<Long>(Long offset)) {
                                        committed.put(place, offset);
                                    }
                                }));
    }

    /** Everything that was there when the group began, or came until it was done, was its. */
    void end() {
        Group group = group();
        if (group != null) {
            begun.forEach((place, from) -> {
                if (node.broker().catalog().topic(place.topicId) != null) {
                    QueueRef queue = new QueueRef(place.topicId, place.queueId);
                    model.endReceived(group.id(), queue, from, committed.getOrDefault(place, 0L));
                }
            });
        }
    }
}
