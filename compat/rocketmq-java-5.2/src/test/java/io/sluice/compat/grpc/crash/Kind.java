package io.sluice.compat.grpc.crash;

import io.sluice.compat.grpc.Grpc;
import io.sluice.compat.harness.crash.Payload;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;

/** The kinds of messages, each with a topic of its own. All of a message follows from its id. */
enum Kind {
    NORMAL(0),
    FIFO(1),
    DELAY(2),
    TRANSACTION(3);

    static final int QUEUES = 4;

    /**
     * Half of all ordered messages are of few message groups, in which many wait while one is held
     * by an answer that was lost in a crash; the rest is of many, so that some always go on.
     */
    private static final int BUSY_GROUPS = 3;

    private static final int OTHER_GROUPS = 40;

    private static final int TAGS = 3;
    private static final String PROPERTY = "number";

    /** Whose messages these are, as their bodies say. */
    final int writer;

    Kind(int writer) {
        this.writer = writer;
    }

    String topic() {
        return "crash-" + name().toLowerCase(Locale.ROOT);
    }

    String group() {
        return topic() + "-readers";
    }

    long id(int sequence) {
        return Payload.id(writer, sequence);
    }

    /**
     * @param dueMs for delayed messages: when they are
     */
    Message message(long id, long dueMs) {
        int sequence = Payload.sequence(id);
        MessageBuilder message =
                Grpc.CLIENTS
                        .newMessageBuilder()
                        .setTopic(topic())
                        .setBody(Payload.body(id))
                        .setTag(tag(sequence))
                        .setKeys(key(sequence))
                        .addProperty(PROPERTY, Integer.toString(sequence));
        if (this == FIFO) {
            message.setMessageGroup(messageGroup(sequence));
        }
        if (this == DELAY) {
            message.setDeliveryTimestamp(dueMs);
        }
        return message.build();
    }

    /** Fails if a message of this kind is not as it was sent. */
    void check(MessageView message, int sequence) {
        boolean same =
                message.getTopic().equals(topic())
                        && message.getTag().equals(Optional.of(tag(sequence)))
                        && Set.copyOf(message.getKeys()).equals(Set.of(key(sequence)))
                        && message.getProperties()
                                .equals(Map.of(PROPERTY, Integer.toString(sequence)))
                        && message.getMessageGroup()
                                .equals(
                                        this == FIFO
                                                ? Optional.of(messageGroup(sequence))
                                                : Optional.empty());
        if (!same) {
            throw new AssertionError("%s %d came as %s".formatted(this, sequence, message));
        }
    }

    private static String tag(int sequence) {
        return "tag" + sequence % TAGS;
    }

    private static String key(int sequence) {
        return "key" + sequence;
    }

    static String messageGroup(int sequence) {
        int half = sequence / 2;
        return sequence % 2 == 0 ? "busy" + half % BUSY_GROUPS : "other" + half % OTHER_GROUPS;
    }

    /** What becomes of a transaction, whoever is asked, and whenever. */
    static boolean isCommitted(int sequence) {
        return sequence % 2 == 0;
    }
}
