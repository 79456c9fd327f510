package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.RetryPolicy;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.time.Clock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** What becomes of messages that consumers give back: see {@link Broker#sendBack}. */
final class Returns {
    /** What a group drops after its last attempt. */
    private static final Appended NOT_STORED = new Appended(0, 0, new long[0], 0);

    private final Broker broker;
    private final Clock clock;
    private final RetryPolicy retries;
    private final MessageReader messages;

    Returns(Broker broker, Clock clock, RetryPolicy retries, MessageReader messages) {
        this.broker = broker;
        this.clock = clock;
        this.retries = retries;
        this.messages = messages;
    }

    void sendBack(
            Group group,
            long position,
            int delayLevel,
            int retryMax,
            String originId,
            Consumer<Outcome<Appended>> reply) {
        messages.read(
                position,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<ByteBuffer>(ByteBuffer stored) ->
                                giveBack(group, stored, delayLevel, retryMax, originId, reply);
                        case Outcome.Refused<ByteBuffer> refused -> reply.accept(refused.of());
                    }
                });
    }

    private void giveBack(
            Group group,
            ByteBuffer stored,
            int delayLevel,
            int retryMax,
            String originId,
            Consumer<Outcome<Appended>> reply) {
        int max = group.settings().retryMax(retryMax);
        int times = StoredMessage.reconsumeTimes(stored, 0);
        RetryPolicy.Decision decision =
                retries.decide(times, max, delayLevel, group.settings().retrySchedule());
        Group current = broker.catalog().group(group.name());
        if (current == null || current.id() != group.id()) {
            reply.accept(
                    Outcome.refused(
                            Refusal.GROUP_UNKNOWN, "group " + group.name() + " was deleted"));
            return;
        }
        boolean dead = decision instanceof RetryPolicy.DeadLetter;
        if (dead && group.settings().discards()) {
            reply.accept(Outcome.done(NOT_STORED));
            return;
        }
        long dueMs = decision instanceof RetryPolicy.Again(long ms) ? clock.wallMs() + ms : 0;
        String target = dead ? Names.deadLetterTopic(group.name()) : Names.retryTopic(group.name());
        broker.topicForSend(
                target,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<Topic>(Topic topic) -> {
                            Message again = again(stored, topic, times + 1, originId, dead);
                            broker.append(topic, 0, List.of(again), dueMs, reply);
                        }
                        case Outcome.Refused<Topic> refused -> reply.accept(refused.of());
                    }
                });
    }

    /** The dead letter of a message that was handed out {@code attempts} times. */
    static Message letter(ByteBuffer stored, Topic topic, int attempts) {
        byte[] host = StoredMessage.storeHost(stored, 0);
        ByteBuffer id = ByteBuffer.allocate(host.length + Long.BYTES);
        id.put(host).putLong(StoredMessage.position(stored, 0));
        int times = StoredMessage.reconsumeTimes(stored, 0) + attempts;
        return again(
                stored, topic, times, HexFormat.of().withUpperCase().formatHex(id.array()), true);
    }

    static Message again(ByteBuffer stored, Topic topic, int times, String originId, boolean dead) {
        byte[] properties = StoredMessage.properties(stored, 0);
        String from = Properties.text(properties, Properties.RETRY_TOPIC);
        if (from == null) {
            from = new String(StoredMessage.topic(stored, 0), StandardCharsets.UTF_8);
            properties = Properties.with(properties, Properties.RETRY_TOPIC, from);
        }
        String origin = Properties.text(properties, Properties.ORIGIN_MESSAGE_ID);
        if (origin == null && !originId.isEmpty()) {
            origin = originId;
            properties = Properties.with(properties, Properties.ORIGIN_MESSAGE_ID, origin);
        }
        properties = Properties.without(properties, Properties.DELAY);
        if (dead) {
            properties = Properties.with(properties, Properties.DLQ_ORIGIN_TOPIC, from);
            if (origin != null) {
                properties = Properties.with(properties, Properties.DLQ_ORIGIN_MESSAGE_ID, origin);
            }
        }
        byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
        return Message.again(stored, 0, topic.id(), name, times, properties);
    }
}
