package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Encoding;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.RecallMessageRequest;
import apache.rocketmq.v2.RecallMessageResponse;
import apache.rocketmq.v2.SendMessageRequest;
import apache.rocketmq.v2.SendMessageResponse;
import apache.rocketmq.v2.SendResultEntry;
import apache.rocketmq.v2.SystemProperties;
import com.google.protobuf.ByteString;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.TransactionDesk;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.time.Clock;
import io.sluice.server.dispatch.DueTime;
import io.sluice.server.dispatch.RecallHandle;
import io.sluice.server.dispatch.SendProperties;
import io.sluice.server.meter.Meters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Stores what producers send, and takes back what is not due yet. All messages of a request go to
 * one queue, all or none.
 */
final class SendCalls {
    /** Far more than clients put into one request. */
    private static final int BATCH_MESSAGES_MAX = 4096;

    private static final int TRANSACTION_PREPARED = 1 << 2;
    private static final long RECOVERY_MS_MAX = 100L * 365 * 24 * 3_600_000;

    private final Broker broker;
    private final Meters meters;
    private final Clock clock;

    SendCalls(Broker broker, Meters meters, Clock clock) {
        this.broker = broker;
        this.meters = meters;
        this.clock = clock;
    }

    void send(Caller caller, SendMessageRequest request, Reply<SendMessageResponse> reply) {
        List<Message> messages = request.getMessagesList();
        if (messages.isEmpty() || messages.size() > BATCH_MESSAGES_MAX) {
            throw new CallFault(
                    Code.MESSAGE_CORRUPTED,
                    "1 to %d messages are sent at once, not %d"
                            .formatted(BATCH_MESSAGES_MAX, messages.size()));
        }
        Message first = messages.getFirst();
        Topic topic = Resources.topic(broker.catalog(), first.getTopic());
        if (!Names.mayBeSentTo(topic.name())) {
            throw new CallFault(
                    Code.FORBIDDEN, "sending to the topic " + topic.name() + " is forbidden");
        }
        requireAlike(messages);
        int queueId = queue(topic, first.getSystemProperties());
        List<io.sluice.engine.message.Message> stored = new ArrayList<>(messages.size());
        long sameness = DueTime.AT_ONCE;
        Compression compression = new Compression();
        for (Message message : messages) {
            MessageType type = MessageTypes.of(message.getSystemProperties());
            requireType(topic, message.getSystemProperties(), type, messages.size());
            byte[] properties = properties(message, type);
            int marks = SendProperties.marks(properties);
            sameness = Math.min(sameness, DueTime.sameness(properties, marks));
            stored.add(message(caller, topic, message, type, properties, marks, compression));
        }
        if (MessageTypes.of(first.getSystemProperties()) == MessageType.TRANSACTION) {
            prepare(topic, queueId, first, stored.getFirst(), reply);
            return;
        }
        if (topic.lite()) {
            broker.lites()
                    .append(
                            topic,
                            first.getSystemProperties().getLiteTopic(),
                            stored,
                            sameness,
                            reply.answering(appended -> stored(topic, messages, stored, appended)));
            return;
        }
        broker.append(
                topic,
                queueId,
                stored,
                dueMs(first.getSystemProperties()),
                sameness,
                reply.answering(appended -> stored(topic, messages, stored, appended)));
    }

    private static long dueMs(SystemProperties system) {
        return system.hasDeliveryTimestamp()
                ? Math.max(0, Times.ms(system.getDeliveryTimestamp()))
                : 0;
    }

    private static void requireAlike(List<Message> messages) {
        Message first = messages.getFirst();
        String group = first.getSystemProperties().getMessageGroup();
        String lite = first.getSystemProperties().getLiteTopic();
        for (Message message : messages) {
            if (!message.getTopic().equals(first.getTopic())) {
                throw new CallFault(
                        Code.MESSAGE_CORRUPTED, "the messages of a batch go to one topic");
            }
            if (!message.getSystemProperties().getMessageGroup().equals(group)) {
                throw new CallFault(
                        Code.MESSAGE_CORRUPTED,
                        "the messages of a batch are of one message group: it goes to one queue");
            }
            if (!message.getSystemProperties().getLiteTopic().equals(lite)) {
                throw new CallFault(
                        Code.MESSAGE_CORRUPTED, "the messages of a batch go to one lite topic");
            }
        }
    }

    private static void requireType(
            Topic topic, SystemProperties system, MessageType type, int together) {
        if (!MessageTypes.accepted(topic).contains(type)) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
                    "topic %s takes messages of the type %s, not %s: send it to another topic"
                            .formatted(topic.name(), topic.messageType(), type));
        }
        if (system.hasLiteTopic() != (type == MessageType.LITE)) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
                    "messages of the type LITE name a lite topic, and no others do: this one is of the type "
                            + type);
        }
        if (together > 1 && (type == MessageType.DELAY || type == MessageType.TRANSACTION)) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "messages of the type %s are not sent together: send them one by one"
                            .formatted(type));
        }
        if (system.hasPriority() && (type != MessageType.PRIORITY || system.getPriority() < 0)) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
                    "a priority is 0 to 9 and of messages of the type PRIORITY, not %d and %s"
                            .formatted(system.getPriority(), type));
        }
        boolean grouped = system.hasMessageGroup();
        boolean timed = system.hasDeliveryTimestamp();
        if (grouped != (type == MessageType.FIFO) || timed != (type == MessageType.DELAY)) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
                    "a message of the type %s has %s"
                            .formatted(
                                    type,
                                    switch (type) {
                                        case FIFO -> "a message group and no delivery timestamp";
                                        case DELAY -> "a delivery timestamp and no message group";
                                        default -> "no message group and no delivery timestamp";
                                    }));
        }
    }

    private static byte[] properties(Message message, MessageType type) {
        byte[] properties = PropertyWriter.of(message, type);
        if (properties.length > Broker.PROPERTIES_SIZE_BYTES_MAX) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTIES_TOO_LARGE,
                    "the properties have %d bytes, more than %d"
                            .formatted(properties.length, Broker.PROPERTIES_SIZE_BYTES_MAX));
        }
        return properties;
    }

    private io.sluice.engine.message.Message message(
            Caller caller,
            Topic topic,
            Message message,
            MessageType type,
            byte[] properties,
            int marks,
            Compression compression) {
        SystemProperties system = message.getSystemProperties();
        if (message.getBody().isEmpty()) {
            throw new CallFault(Code.MESSAGE_BODY_EMPTY, "the message has no body");
        }
        if (message.getBody().size() > Broker.BODY_SIZE_BYTES_MAX) {
            throw new CallFault(
                    Code.MESSAGE_BODY_TOO_LARGE,
                    "the body has %d bytes, more than %d"
                            .formatted(message.getBody().size(), Broker.BODY_SIZE_BYTES_MAX));
        }
        Digests.check(system.getBodyDigest(), message.getBody());
        long bornMs =
                system.hasBornTimestamp() ? Times.ms(system.getBornTimestamp()) : clock.wallMs();
        boolean compressed = system.getBodyEncoding() == Encoding.GZIP;
        ByteString body = compressed ? compression.toZlib(message.getBody()) : message.getBody();
        int flags = compressed ? StoredMessage.COMPRESSED : 0;
        if ((marks & SendProperties.LIMITED) != 0) {
            requireTime(TimeToLive.ms(properties), bornMs, dueMs(system));
            flags |= TimeToLive.LIMITED;
        }
        if (type == MessageType.TRANSACTION) {
            flags |= TRANSACTION_PREPARED;
        }
        return new io.sluice.engine.message.Message(
                topic.id(),
                topic.name().getBytes(StandardCharsets.UTF_8),
                0,
                flags,
                bornMs,
                caller.host(),
                0,
                0,
                body.asReadOnlyByteBuffer(),
                properties);
    }

    private static void requireTime(long limitMs, long bornMs, long dueMs) {
        if (limitMs < 0) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "the property TTL_MS is a whole number of milliseconds: leave it out, or"
                            + " correct it");
        }
        if (dueMs > 0 && dueMs - bornMs > limitMs) {
            throw new CallFault(
                    Code.ILLEGAL_DELIVERY_TIME,
                    "TTL_MS is over before the message is due: make it longer than the delay");
        }
    }

    /**
     * Messages of one group go to one queue, whichever client sends them; others to that which the
     * client has chosen.
     */
    private static int queue(Topic topic, SystemProperties system) {
        if (system.hasMessageGroup()) {
            return JumpHash.bucket(system.getMessageGroup().hashCode(), topic.queues());
        }
        int chosen = system.getQueueId();
        return chosen >= 0 && chosen < topic.queues()
                ? chosen
                : ThreadLocalRandom.current().nextInt(topic.queues());
    }

    private SendMessageResponse stored(
            Topic topic,
            List<Message> messages,
            List<io.sluice.engine.message.Message> stored,
            Appended appended) {
        long sizeBytes = 0;
        for (var message : stored) {
            sizeBytes += message.bodySizeBytes() + message.properties().length;
        }
        meters.stored(topic.name(), stored.size(), sizeBytes);
        SendMessageResponse.Builder response =
                SendMessageResponse.newBuilder().setStatus(Statuses.OK);
        for (int i = 0; i < messages.size(); i++) {
            String id = messages.get(i).getSystemProperties().getMessageId();
            SendResultEntry.Builder entry =
                    SendResultEntry.newBuilder()
                            .setStatus(Statuses.OK)
                            .setMessageId(id)
                            .setOffset(appended.offset() + i);
            if (appended.dueMs() != 0) {
                long position = appended.positions()[i];
                entry.setOffset(0)
                        .setRecallHandle(
                                new RecallHandle(topic.name(), appended.dueMs(), id, position)
                                        .encode());
            }
            response.addEntries(entry);
        }
        return response.build();
    }

    // Transactions.

    private void prepare(
            Topic topic,
            int queueId,
            Message sent,
            io.sluice.engine.message.Message half,
            Reply<SendMessageResponse> reply) {
        SystemProperties system = sent.getSystemProperties();
        long firstCheckMs = TransactionDesk.BY_RULE;
        if (system.hasOrphanedTransactionRecoveryDuration()) {
            firstCheckMs = Times.ms(system.getOrphanedTransactionRecoveryDuration());
            if (firstCheckMs < 0 || firstCheckMs > RECOVERY_MS_MAX) {
                throw new CallFault(
                        Code.BAD_REQUEST,
                        "orphaned_transaction_recovery_duration is 0 to 100 years, not %d ms"
                                .formatted(firstCheckMs));
            }
        }
        broker.transactions()
                .prepare(
                        topic,
                        queueId,
                        half,
                        firstCheckMs,
                        0,
                        reply.answering(id ->
                                SendMessageResponse.newBuilder()
                                        .setStatus(Statuses.OK)
                                        .addEntries(
                                                SendResultEntry.newBuilder()
                                                        .setStatus(Statuses.OK)
                                                        .setMessageId(system.getMessageId())
                                                        .setTransactionId(
                                                                TransactionCalls.text(id)))
                                        .build()));
    }

    // Recalling.

    void recall(RecallMessageRequest request, Reply<RecallMessageResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        RecallHandle handle = RecallHandle.decode(request.getRecallHandle());
        if (handle == null) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "the recall handle is none of this server's: take it from the answer to the"
                            + " send");
        }
        if (!handle.topic().equals(topic.name())) {
            throw new CallFault(
                    Code.BAD_REQUEST, "the recall handle is of topic " + handle.topic());
        }
        broker.delays()
                .recall(
                        topic,
                        handle.dueMs(),
                        handle.position(),
                        reply.answering(position ->
                                RecallMessageResponse.newBuilder()
                                        .setStatus(Statuses.OK)
                                        .setMessageId(handle.messageId())
                                        .build()));
    }
}
