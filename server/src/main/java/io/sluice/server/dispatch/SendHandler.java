package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.shard.Appended;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Stores messages: what producers send, and what consumers give back. A body stays where the
 * network left it until the engine copies it into its log, once.
 *
 * <p>The rules are those of RocketMQ's {@code SendMessageProcessor}. Messages for later than now by
 * any means but a delay level are refused: taking them for ordinary ones would deliver them too
 * early.
 */
final class SendHandler {
    /** Far more than clients put into one batch, far less than would fit: each takes 22 bytes. */
    private static final int BATCH_MESSAGES_MAX = 16_384;

    private static final int TRANSACTION_BITS = 4 | 8;
    private static final int MALFORMED = Integer.MIN_VALUE;

    private final Broker broker;
    private final Clients clients;
    private final Tracing tracing;
    private final InetSocketAddress storeHost;
    private final HalfSender halves;

    /**
     * @param storeHost resolved; where message ids say that messages are
     */
    SendHandler(Broker broker, Clients clients, InetSocketAddress storeHost) {
        this.broker = broker;
        this.clients = clients;
        this.tracing = new Tracing(broker);
        this.storeHost = storeHost;
        this.halves = new HalfSender(broker, storeHost);
    }

    void send(Request request) {
        SendMessageHeader fields = SendMessageHeader.decode(request.header());
        String name = fields.topic();
        String fault = Names.topicFault(name);
        if (fault != null) {
            request.fail(ResponseCode.INVALID_PARAMETER, fault);
        } else if (!Names.mayBeSentTo(name)) {
            request.fail(
                    ResponseCode.NO_PERMISSION, "sending to the topic " + name + " is forbidden");
        } else if (name.startsWith(Names.RETRY_PREFIX)) {
            sendAgain(request, fields);
        } else {
            broker.topicForSend(name, request.then(topic -> append(request, fields, topic, false)));
        }
    }

    /** A consumer gives a message back by sending it to its group's retry topic. */
    private void sendAgain(Request request, SendMessageHeader fields) {
        String name = fields.topic().substring(Names.RETRY_PREFIX.length());
        Group group = broker.catalog().group(name);
        if (group == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                    "group " + name + " does not exist: start a consumer of it, or create it");
        } else if (fields.batch()) {
            request.fail(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a batch cannot be sent to a retry topic: send its messages one by one");
        } else {
            boolean dead = isDead(fields, group);
            String target = dead ? Names.deadLetterTopic(name) : fields.topic();
            broker.topicForSend(
                    target, request.then(topic -> append(request, fields, topic, dead)));
        }
    }

    /**
     * Whether a message given back is not to come again. A group that holds queue locks consumes in
     * order: its clients retry on their own and give back only what they gave up.
     */
    private boolean isDead(SendMessageHeader fields, Group group) {
        int max =
                fields.maxReconsumeTimes() == SendMessageHeader.ABSENT
                        ? group.settings().retryMax()
                        : fields.maxReconsumeTimes();
        return fields.reconsumeTimes() > max || clients.consumesInOrder(group.name());
    }

    private void append(Request request, SendMessageHeader fields, Topic topic, boolean dead) {
        int queueId = fields.queueId() < 0 || dead ? anyQueue(topic) : fields.queueId();
        if (fields.batch()) {
            appendBatch(request, fields, topic, queueId);
        } else {
            appendOne(request, fields, topic, queueId, dead);
        }
    }

    private static int anyQueue(Topic topic) {
        return ThreadLocalRandom.current().nextInt(topic.queues());
    }

    private void appendOne(
            Request request, SendMessageHeader fields, Topic topic, int queueId, boolean dead) {
        byte[] properties = tracing.marked(topic, fields.properties());
        int marks = SendProperties.marks(properties);
        Answer fault = fault(fields, properties, marks);
        if (fault != null) {
            request.answer(fault);
            return;
        }
        if (isHalf(fields, properties, marks)) {
            byte[] visible = HalfSender.visible(fields, properties);
            Message half = message(request, fields, topic, fields.flag(), request.body(), visible);
            halves.send(request, topic, queueId, half, properties, delayLevel(properties));
            return;
        }
        long dueMs = 0;
        if (marks != 0) {
            dueMs = dead ? 0 : broker.dueMs(delayLevel(properties));
            properties = Properties.without(properties, Properties.DELAY);
            properties = Properties.without(properties, SendProperties.POP_CHECKPOINT);
        }
        Message message =
                message(request, fields, topic, fields.flag(), request.body(), properties);
        store(request, topic, queueId, List.of(message), dueMs);
    }

    private void appendBatch(Request request, SendMessageHeader fields, Topic topic, int queueId) {
        ByteBuf in = request.bytes();
        int index = request.header().bodyIndex();
        int sizeBytes = request.header().bodySizeBytes();
        List<Message> messages = new ArrayList<>();
        for (BatchBody.Message part : BatchBody.decode(in, index, sizeBytes, BATCH_MESSAGES_MAX)) {
            byte[] properties = new byte[part.propertiesSizeBytes()];
            in.getBytes(part.propertiesIndex(), properties);
            int marks = SendProperties.marks(properties);
            Answer fault =
                    (marks & SendProperties.DELAYED) != 0
                            ? Answer.error(
                                    ResponseCode.MESSAGE_ILLEGAL,
                                    "a batch cannot be delayed: send its messages one by one")
                            : fault(fields, properties, marks);
            if (fault != null) {
                request.answer(fault);
                return;
            }
            ByteBuffer body = in.nioBuffer(part.bodyIndex(), part.bodySizeBytes());
            messages.add(
                    message(
                            request,
                            fields,
                            topic,
                            part.flag(),
                            body,
                            tracing.marked(topic, properties)));
        }
        store(request, topic, queueId, messages, 0);
    }

    private void store(
            Request request, Topic topic, int queueId, List<Message> messages, long dueMs) {
        broker.append(
                topic,
                queueId,
                messages,
                dueMs,
                request.answering(appended -> stored(appended, queueId)));
    }

    private static Message message(
            Request request,
            SendMessageHeader fields,
            Topic topic,
            int flag,
            ByteBuffer body,
            byte[] properties) {
        return new Message(
                topic.id(),
                topic.name().getBytes(StandardCharsets.UTF_8),
                flag,
                fields.sysFlag(),
                fields.bornTimestampMs(),
                request.peer().host(),
                fields.reconsumeTimes(),
                0,
                body,
                properties);
    }

    /** Why a message cannot be taken as it is; null if it can. */
    private static @Nullable Answer fault(SendMessageHeader fields, byte[] properties, int marks) {
        // One that is given back keeps the marks of the transaction or timer it once came by.
        boolean again = fields.topic().startsWith(Names.RETRY_PREFIX);
        boolean flagged = (fields.sysFlag() & TRANSACTION_BITS) != 0;
        boolean half = isHalf(fields, properties, marks);
        if (!again && (flagged || half) && (fields.batch() || !half)) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a transactional message is sent on its own, with the property TRAN_MSG: use a TransactionMQProducer");
        }
        if (!again && (marks & SendProperties.TIMED) != 0) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "messages for a point in time are not supported yet: set a delay level");
        }
        if ((marks & SendProperties.DELAYED) != 0 && delayLevel(properties) == MALFORMED) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL, "the property DELAY is a level, a whole number");
        }
        return null;
    }

    /** One that is given back is not. */
    private static boolean isHalf(SendMessageHeader fields, byte[] properties, int marks) {
        return HalfSender.isHalf(properties, marks)
                && !fields.topic().startsWith(Names.RETRY_PREFIX);
    }

    private static int delayLevel(byte[] properties) {
        String level = Properties.text(properties, Properties.DELAY);
        try {
            return level == null ? 0 : Integer.parseInt(level);
        } catch (NumberFormatException e) {
            return MALFORMED;
        }
    }

    private Answer stored(Appended appended, int queueId) {
        long[] positions = appended.positions();
        if (positions.length == 1) {
            MessageId id = new MessageId(storeHost, positions[0]);
            return Answer.ok(
                    out -> SendMessageResponse.encode(out, id, queueId, appended.offset()));
        }
        StringBuilder ids = new StringBuilder();
        for (long position : positions) {
            ids.append(ids.isEmpty() ? "" : ",").append(new MessageId(storeHost, position));
        }
        var response =
                new SendMessageResponse(ids.toString(), queueId, appended.offset(), null, null);
        return Answer.ok(response::encode);
    }

    void sendBack(Request request) {
        ConsumerSendMsgBackHeader fields = ConsumerSendMsgBackHeader.decode(request.header());
        Group group = broker.catalog().group(fields.group());
        if (group == null) {
            request.fail(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                    "group " + fields.group() + " does not exist: start a consumer of it first");
            return;
        }
        String originId = new MessageId(storeHost, fields.offset()).toString();
        broker.sendBack(
                group,
                fields.offset(),
                fields.delayLevel(),
                fields.maxReconsumeTimes(),
                originId,
                request.answering(appended -> Answer.DONE));
    }
}
