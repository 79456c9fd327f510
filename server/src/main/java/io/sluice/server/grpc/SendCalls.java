package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Encoding;
import apache.rocketmq.v2.Message;
import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.SendMessageRequest;
import apache.rocketmq.v2.SendMessageResponse;
import apache.rocketmq.v2.SendResultEntry;
import apache.rocketmq.v2.SystemProperties;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.shard.Appended;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Stores what producers send. All messages of a request go to one queue, all or none. */
final class SendCalls {
    private final Broker broker;

    SendCalls(Broker broker) {
        this.broker = broker;
    }

    void send(Caller caller, SendMessageRequest request, Reply<SendMessageResponse> reply) {
        List<Message> messages = request.getMessagesList();
        if (messages.isEmpty()) {
            throw new CallFault(Code.MESSAGE_CORRUPTED, "there is no message to send");
        }
        Message first = messages.getFirst();
        Topic topic = Resources.topic(broker.catalog(), first.getTopic());
        if (!Names.mayBeSentTo(topic.name())) {
            throw new CallFault(
                    Code.FORBIDDEN, "sending to the topic " + topic.name() + " is forbidden");
        }
        List<io.sluice.engine.message.Message> stored = new ArrayList<>(messages.size());
        for (Message message : messages) {
            if (!message.getTopic().equals(first.getTopic())) {
                throw new CallFault(
                        Code.MESSAGE_CORRUPTED, "the messages of a batch go to one topic");
            }
            stored.add(message(caller, topic, message, messages.size()));
        }
        SystemProperties system = first.getSystemProperties();
        long dueMs =
                system.hasDeliveryTimestamp()
                        ? Math.max(0, Times.ms(system.getDeliveryTimestamp()))
                        : 0;
        int queueId = queue(topic, system, messages.size());
        broker.append(
                topic,
                queueId,
                stored,
                dueMs,
                reply.answering(appended -> response(messages, appended)));
    }

    private static io.sluice.engine.message.Message message(
            Caller caller, Topic topic, Message message, int together) {
        SystemProperties system = message.getSystemProperties();
        MessageType type = MessageTypes.of(system);
        if (!MessageTypes.accepted(topic).contains(type)) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
                    "topic %s takes messages of the type %s, not %s"
                            .formatted(topic.name(), topic.messageType(), type));
        }
        if (type == MessageType.TRANSACTION
                || type == MessageType.LITE
                || type == MessageType.PRIORITY) {
            throw new CallFault(
                    Code.NOT_IMPLEMENTED, "messages of the type " + type + " are not there yet");
        }
        if (together > 1 && type == MessageType.DELAY) {
            throw new CallFault(
                    Code.BAD_REQUEST, "a batch cannot be delayed: send its messages one by one");
        }
        if (message.getBody().size() > Broker.BODY_SIZE_BYTES_MAX) {
            throw new CallFault(
                    Code.MESSAGE_BODY_TOO_LARGE,
                    "the body has %d bytes, more than %d"
                            .formatted(message.getBody().size(), Broker.BODY_SIZE_BYTES_MAX));
        }
        byte[] properties = PropertyWriter.of(message, type);
        if (properties.length > Broker.PROPERTIES_SIZE_BYTES_MAX) {
            throw new CallFault(
                    Code.MESSAGE_PROPERTIES_TOO_LARGE,
                    "the properties have %d bytes, more than %d"
                            .formatted(properties.length, Broker.PROPERTIES_SIZE_BYTES_MAX));
        }
        return new io.sluice.engine.message.Message(
                topic.id(),
                topic.name().getBytes(StandardCharsets.UTF_8),
                0,
                system.getBodyEncoding() == Encoding.GZIP ? StoredMessage.COMPRESSED : 0,
                system.hasBornTimestamp() ? Times.ms(system.getBornTimestamp()) : 0,
                caller.host(),
                0,
                0,
                message.getBody().asReadOnlyByteBuffer(),
                properties);
    }

    /**
     * Messages of one group go to one queue, whichever client sends them; others to that which the
     * client has chosen.
     */
    private static int queue(Topic topic, SystemProperties system, int together) {
        if (together == 1 && system.hasMessageGroup()) {
            return JumpHash.bucket(system.getMessageGroup().hashCode(), topic.queues());
        }
        int chosen = system.getQueueId();
        return chosen >= 0 && chosen < topic.queues()
                ? chosen
                : ThreadLocalRandom.current().nextInt(topic.queues());
    }

    private static SendMessageResponse response(List<Message> messages, Appended appended) {
        SendMessageResponse.Builder response =
                SendMessageResponse.newBuilder().setStatus(Statuses.OK);
        for (int i = 0; i < messages.size(); i++) {
            response.addEntries(
                    SendResultEntry.newBuilder()
                            .setStatus(Statuses.OK)
                            .setMessageId(messages.get(i).getSystemProperties().getMessageId())
                            .setOffset(appended.offset() + i));
        }
        return response.build();
    }
}
