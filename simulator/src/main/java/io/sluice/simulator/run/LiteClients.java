package io.sluice.simulator.run;

import io.sluice.engine.broker.Receive;
import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.LiteAction;
import io.sluice.engine.shard.LiteTaken;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.simulator.model.Handed;
import io.sluice.simulator.model.Handed.Receipt;
import io.sluice.simulator.model.Lites;
import io.sluice.simulator.plan.Operation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those who send to lite topics, and those who want their messages. The topic and the group are
 * made when they are first needed.
 */
final class LiteClients {
    private static final byte[] LITE_TOPIC = "__LITE_TOPIC".getBytes(StandardCharsets.US_ASCII);
    private static final int HELD_MAX = 32;
    private static final int HOLD_AT_END_MS = 1_000;
    private static final int ONE_QUEUE = 1;

    private final Node node;
    private final Lites lites;
    private final Waiters waiters;
    private final List<Receipt> held = new ArrayList<>(); // newest last
    private boolean gave;
    private boolean askedAtEnd;

    LiteClients(Node node, Waiters waiters) {
        this.node = node;
        this.waiters = waiters;
        this.lites = node.model().lites();
    }

    /** The topic; null if it is not there yet, but will be. */
    private @Nullable Topic topic() {
        Topic topic = node.broker().catalog().topic(Lites.TOPIC);
        if (topic == null) {
            Map<String, String> attributes =
                    Map.of(
                            TopicSettings.MESSAGE_TYPE,
                            TopicSettings.LITE,
                            TopicSettings.LITE_EXPIRATION,
                            Long.toString(Lites.EXPIRATION_MS / 60_000));
            TopicSettings settings = TopicSettings.of(ONE_QUEUE).withAttributes(attributes);
            var _ = node.broker().catalog().createTopic(Lites.TOPIC, settings);
        } else {
            lites.topic(topic.id());
        }
        return topic;
    }

    private @Nullable Group group() {
        Group group = node.broker().catalog().group(Lites.GROUP);
        if (group == null) {
            GroupSettings settings = GroupSettings.DEFAULT.withRetryMax(Lites.RETRY_MAX);
            var _ = node.broker().catalog().createGroup(Lites.GROUP, settings);
        }
        return group;
    }

    void send(Operation.SendLite op) {
        Topic topic = topic();
        if (topic == null) {
            return;
        }
        String name = Lites.NAMES.get(op.name());
        Lites.Sent sent = lites.sending(topic.id(), name, op.sizeBytes());
        String property = new String(LITE_TOPIC, StandardCharsets.US_ASCII) + "\1" + name + "\2";
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        0,
                        node.wallMs(),
                        Node.HOST,
                        0,
                        0,
                        ByteBuffer.wrap(sent.body().getBytes(StandardCharsets.US_ASCII)),
                        property.getBytes(StandardCharsets.US_ASCII));
        node.broker()
                .lites()
                .append(
                        topic,
                        name,
                        List.of(message),
                        0,
                        new Asked<>(
                                node,
                                Operation.SendLite.class,
                                outcome -> answered(sent, outcome)));
    }

    private void answered(Lites.Sent sent, Outcome<Appended> outcome) {
        switch (outcome) {
            case Outcome.Done<Appended>(Appended appended) ->
                    lites.acknowledged(sent, appended.queueId(), appended.offset());
            case Outcome.Refused<Appended>(Refusal why, String detail) -> {
                if (why != Refusal.STORAGE_FAILED) {
                    lites.refused(sent);
                }
            }
        }
    }

    void want(Operation.WantLites op) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < Lites.NAMES.size(); i++) {
            if ((op.names() & 1 << i) != 0) {
                names.add(Lites.NAMES.get(i));
            }
        }
        want(client(op.client()), op.action(), names);
    }

    private static String client(int number) {
        return "client" + number;
    }

    private void want(String client, LiteAction action, Set<String> names) {
        Topic topic = topic();
        Group group = group();
        if (topic == null || group == null) {
            return;
        }
        Lites.Wanting wanting = lites.wanting(client, action, names);
        node.broker()
                .lites()
                .subscribe(
                        group,
                        topic,
                        client,
                        action,
                        names,
                        null,
                        new Asked<>(
                                node,
                                Operation.WantLites.class,
                                (Outcome<List<LiteTaken>> outcome) -> {
                                    if (outcome instanceof Outcome.Done<List<LiteTaken>>) {
                                        lites.wanted(wanting);
                                    }
                                }));
    }

    void receive(Operation.ReceiveLite op) {
        receive(client(op.client()), op.count(), op.holdMs(), op.suspendMs(), false);
    }

    /**
     * @param settle whether what comes is acknowledged at once
     */
    private void receive(String client, int count, int holdMs, int suspendMs, boolean settle) {
        Topic topic = topic();
        Group group = group();
        if (topic == null || group == null) {
            return;
        }
        long askedNanos = node.model().judge().nanos();
        lites.handed().wanted(holdMs);
        Receive receive =
                new Receive(
                        group,
                        topic,
                        0,
                        count,
                        Pulls.SIZE_BYTES_MAX,
                        TagFilter.ALL,
                        holdMs,
                        Ordering.QUEUE,
                        false,
                        suspendMs,
                        ByteBuffer::allocate,
                        waiters.asker(suspendMs),
                        null,
                        new Asked<>(
                                node,
                                Operation.ReceiveLite.class,
                                (Outcome<Received> outcome) -> {
                                    if (outcome instanceof Outcome.Done<Received>(var received)
                                            && received.queueId() >= 0) {
                                        given(group, topic, client, askedNanos, holdMs, received);
                                        gave = true;
                                        if (settle) {
                                            acknowledge(group, topic, received);
                                        }
                                    }
                                }));
        node.broker().receiver().receive(receive.ofLites(client));
    }

    private void given(
            Group group,
            Topic topic,
            String client,
            long askedNanos,
            int holdMs,
            Received received) {
        QueueRef queue = new QueueRef(topic.id(), received.queueId());
        List<ByteBuffer> messages = Receivers.split(received);
        List<Long> before = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            ByteBuffer message = messages.get(i);
            long offset = received.offsets()[i];
            byte[] properties = StoredMessage.properties(message, 0);
            Receipt receipt = new Receipt(group.id(), queue, offset, received.number());
            lites.given(
                    client,
                    receipt,
                    askedNanos,
                    received.atMs(),
                    received.atMs() + holdMs,
                    StoredMessage.reconsumeTimes(message, 0) + 1,
                    Objects.requireNonNullElse(Properties.text(properties, LITE_TOPIC), ""),
                    StandardCharsets.US_ASCII.decode(StoredMessage.body(message, 0)).toString(),
                    StoredMessage.storeMs(message, 0),
                    before);
            before.add(offset);
            remember(receipt);
        }
    }

    private void remember(Receipt receipt) {
        if (held.size() == HELD_MAX) {
            held.removeFirst();
        }
        held.add(receipt);
    }

    void acknowledge(Operation.AcknowledgeLite op) {
        Receipt receipt =
                held.isEmpty() ? null : held.get(held.size() - 1 - op.pick() % held.size());
        Group group = group();
        Topic topic = topic();
        if (receipt != null && group != null && topic != null) {
            acknowledge(group, topic, receipt);
        }
    }

    private void acknowledge(Group group, Topic topic, Received received) {
        QueueRef queue = new QueueRef(topic.id(), received.queueId());
        for (long offset : received.offsets()) {
            acknowledge(group, topic, new Receipt(group.id(), queue, offset, received.number()));
        }
    }

    private void acknowledge(Group group, Topic topic, Receipt receipt) {
        Handed.Claim claim = lites.acknowledging(receipt);
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
                                Operation.AcknowledgeLite.class,
                                outcome -> {
                                    switch (outcome) {
                                        case Outcome.Done<Integer> done ->
                                                lites.handed().acknowledged(claim);
                                        case Outcome.Refused<Integer>(Refusal why, String detail) ->
                                                lites.handed().refused(claim, why);
                                    }
                                }));
    }

    // The end.

    /** One client wants everything, and takes it; whether there was, or is to be, something. */
    boolean receiveAll() {
        if (node.broker().catalog().topic(Lites.TOPIC) == null) {
            return false;
        }
        boolean more = gave || lites.isOwed() || !askedAtEnd;
        gave = false;
        askedAtEnd = true;
        if (more) {
            String client = client(0);
            want(client, LiteAction.REPLACE, new LinkedHashSet<>(Lites.NAMES));
            receive(client, 32, HOLD_AT_END_MS, 0, true);
        }
        return more;
    }
}
