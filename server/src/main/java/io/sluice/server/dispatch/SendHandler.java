package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.TimeToLive;
import io.sluice.engine.shard.Appended;
import io.sluice.protocol.BatchBody;
import io.sluice.protocol.ConsumerSendMsgBackHeader;
import io.sluice.protocol.MessageId;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SendMessageHeader;
import io.sluice.protocol.SendMessageResponse;
import io.sluice.server.meter.Meters;
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
 * <p>The rules are those of RocketMQ's {@code SendMessageProcessor}.
 */
final class SendHandler {
    /** Far more than clients put into one batch, far less than would fit: each takes 22 bytes. */
    private static final int BATCH_MESSAGES_MAX = 16_384;

    private static final int TRANSACTION_BITS = 4 | 8;

    /** In the answer to a message that its group does not keep after its last attempt. */
    private final Broker broker;

    private final Clients clients;
    private final Tracing tracing;
    private final InetSocketAddress storeHost;
    private final HalfSender halves;
    private final Meters meters;

    /**
     * @param storeHost resolved; where message ids say that messages are
     */
    SendHandler(Broker broker, Clients clients, InetSocketAddress storeHost, Meters meters) {
        this.broker = broker;
        this.clients = clients;
        this.tracing = new Tracing(broker);
        this.storeHost = storeHost;
        this.halves = new HalfSender(broker, storeHost);
        this.meters = meters;
    }

    void send(Request request) {
        SendMessageHeader fields = SendMessageHeader.decode(request.header());
        String name = fields.topic();
        String fault = Names.topicFault(name);
        if (fault != null) {
            request.fail(ResponseCode.INVALID_PARAMETER, fault);
        } else if (!Names.mayBeSentTo(name)) {
            request.answer(sendForbidden(name));
        } else if (name.startsWith(Names.RETRY_PREFIX)) {
            sendAgain(request, fields);
        } else {
            broker.topicForSend(name, request.then(topic -> append(request, fields, topic, false)));
        }
    }

    static Answer sendForbidden(String topic) {
        return Answer.error(
                ResponseCode.NO_PERMISSION,
                "sending to the topic %s is forbidden: it belongs to the system".formatted(topic));
    }

    /** A consumer gives a message back by sending it to its group's retry topic. */
    private void sendAgain(Request request, SendMessageHeader fields) {
        String name = fields.topic().substring(Names.RETRY_PREFIX.length());
        Group group = broker.catalog().group(name);
        if (group == null) {
            request.answer(Answer.groupUnknown(name));
        } else if (fields.batch()) {
            request.fail(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a batch cannot be sent to a retry topic: send its messages one by one");
        } else {
            boolean dead = isDead(fields, group);
            if (dead && group.settings().discards()) {
                request.answer(dropped());
                return;
            }
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
        boolean isAsked = fields.maxReconsumeTimes() != SendMessageHeader.ABSENT;
        int max = group.settings().retryMax(isAsked ? fields.maxReconsumeTimes() : -1);
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
            Message half =
                    message(request, fields, topic, fields.flag(), request.body(), visible, marks);
            halves.send(request, topic, queueId, half, properties, DueTime.level(properties));
            return;
        }
        long dueMs = 0;
        long sameness = sameness(fields, properties, marks);
        if (marks != 0) {
            dueMs = dead ? 0 : DueTime.ms(broker, properties, marks, isAgain(fields));
            properties = Properties.without(properties, Properties.DELAY);
            properties = Properties.without(properties, SendProperties.POP_CHECKPOINT);
            if ((marks & SendProperties.ASKING) != 0) {
                properties =
                        Properties.with(properties, SendProperties.CLUSTER, RouteHandler.CLUSTER);
            }
        }
        Message message =
                message(request, fields, topic, fields.flag(), request.body(), properties, marks);
        store(request, topic, queueId, List.of(message), dueMs, sameness);
    }

    /** One that is given back keeps the marks of the transaction or timer it once came by. */
    private static boolean isAgain(SendMessageHeader fields) {
        return fields.topic().startsWith(Names.RETRY_PREFIX);
    }

    private void appendBatch(Request request, SendMessageHeader fields, Topic topic, int queueId) {
        ByteBuf in = request.bytes();
        int index = request.header().bodyIndex();
        int sizeBytes = request.header().bodySizeBytes();
        List<Message> messages = new ArrayList<>();
        long sameness = DueTime.AT_ONCE;
        for (BatchBody.Message part : BatchBody.decode(in, index, sizeBytes, BATCH_MESSAGES_MAX)) {
            byte[] properties = new byte[part.propertiesSizeBytes()];
            in.getBytes(part.propertiesIndex(), properties);
            int marks = SendProperties.marks(properties);
            Answer fault =
                    (marks & (SendProperties.DELAYED | SendProperties.TIMED)) != 0
                            ? Answer.error(
                                    ResponseCode.MESSAGE_ILLEGAL,
                                    "a batch cannot be delayed: send its messages one by one")
                            : fault(fields, properties, marks);
            if (fault != null) {
                request.answer(fault);
                return;
            }
            sameness = Math.min(sameness, sameness(fields, properties, marks));
            ByteBuffer body = in.nioBuffer(part.bodyIndex(), part.bodySizeBytes());
            messages.add(
                    message(
                            request,
                            fields,
                            topic,
                            part.flag(),
                            body,
                            tracing.marked(topic, properties),
                            marks));
        }
        store(request, topic, queueId, messages, 0, sameness);
    }

    /**
     * What a client's own resend has in common with the first send, besides the unique key and the
     * body; 0 for a message that has been with a consumer, since whoever sends that again means it.
     */
    private static long sameness(SendMessageHeader fields, byte[] properties, int marks) {
        return fields.reconsumeTimes() > 0
                        || isAgain(fields)
                        || (marks & SendProperties.RESENT) != 0
                ? 0
                : DueTime.sameness(properties, marks);
    }

    private void store(
            Request request,
            Topic topic,
            int queueId,
            List<Message> messages,
            long dueMs,
            long sameness) {
        broker.append(
                topic,
                queueId,
                messages,
                dueMs,
                sameness,
                request.answering(appended -> {
                    meters.stored(topic.name(), messages.size(), sizeBytes(messages));
                    return stored(appended, messages);
                }));
    }

    private static long sizeBytes(List<Message> messages) {
        long sizeBytes = 0;
        for (Message message : messages) {
            sizeBytes += message.bodySizeBytes() + message.properties().length;
        }
        return sizeBytes;
    }

    private static Message message(
            Request request,
            SendMessageHeader fields,
            Topic topic,
            int flag,
            ByteBuffer body,
            byte[] properties,
            int marks) {
        int limited = (marks & SendProperties.LIMITED) == 0 ? 0 : TimeToLive.LIMITED;
        return new Message(
                topic.id(),
                topic.name().getBytes(StandardCharsets.UTF_8),
                flag,
                (fields.sysFlag() & ~TimeToLive.LIMITED) | limited,
                fields.bornTimestampMs(),
                request.peer().host(),
                fields.reconsumeTimes(),
                0,
                body,
                properties);
    }

    /** Why a message cannot be taken as it is; null if it can. */
    private @Nullable Answer fault(SendMessageHeader fields, byte[] properties, int marks) {
        if (marks == 0 && (fields.sysFlag() & TRANSACTION_BITS) == 0) {
            return null;
        }
        boolean again = isAgain(fields);
        boolean flagged = (fields.sysFlag() & TRANSACTION_BITS) != 0;
        boolean half = isHalf(fields, properties, marks);
        if (!again && (flagged || half) && (fields.batch() || !half)) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a transactional message is sent on its own, with the property TRAN_MSG: use a TransactionMQProducer");
        }
        if (half && !again && (marks & SendProperties.TIMED) != 0) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a transactional message cannot be for a point in time: set a delay level");
        }
        long dueMs = DueTime.ms(broker, properties, marks, again);
        if (dueMs == DueTime.MALFORMED) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "the property DELAY is a level, and TIMER_DELAY_SEC, TIMER_DELAY_MS,"
                            + " TIMER_DELIVER_MS and __STARTDELIVERTIME are times: whole numbers");
        }
        return (marks & SendProperties.LIMITED) == 0 || again
                ? null
                : limitFault(TimeToLive.ms(properties), fields.bornTimestampMs(), dueMs);
    }

    private static @Nullable Answer limitFault(long limitMs, long bornMs, long dueMs) {
        if (limitMs < 0) {
            return Answer.error(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "the property TTL_MS is a whole number of milliseconds: leave it out, or correct it");
        }
        return dueMs > 0 && dueMs - bornMs > limitMs
                ? Answer.error(
                        ResponseCode.MESSAGE_ILLEGAL,
                        "TTL_MS is over before the message is due: make it longer than the delay")
                : null;
    }

    /** One that is given back is not. */
    private static boolean isHalf(SendMessageHeader fields, byte[] properties, int marks) {
        return HalfSender.isHalf(properties, marks)
                && !fields.topic().startsWith(Names.RETRY_PREFIX);
    }

    /** What was dropped after its last attempt is answered as if it lay at the beginning. */
    private Answer dropped() {
        return Answer.ok(out -> SendMessageResponse.encode(out, new MessageId(storeHost, 0), 0, 0));
    }

    private Answer stored(Appended appended, List<Message> messages) {
        long[] positions = appended.positions();
        int queueId = appended.queueId();
        if (positions.length == 1) {
            MessageId id = new MessageId(storeHost, positions[0]);
            String handle = recallHandle(appended, messages.getFirst(), id);
            return Answer.ok(out ->
                    SendMessageResponse.encode(out, id, queueId, appended.offset())
                            .field("recallHandle", handle));
        }
        StringBuilder ids = new StringBuilder();
        for (long position : positions) {
            ids.append(ids.isEmpty() ? "" : ",").append(new MessageId(storeHost, position));
        }
        var response =
                new SendMessageResponse(ids.toString(), queueId, appended.offset(), null, null);
        return Answer.ok(response::encode);
    }

    /** By what a delayed message can be taken back; null if it is not delayed, or given back. */
    private static @Nullable String recallHandle(Appended appended, Message message, MessageId id) {
        String topic = message.topicName();
        if (appended.dueMs() == 0 || topic.startsWith(Names.RETRY_PREFIX)) {
            return null;
        }
        String key = Properties.text(message.properties(), Properties.UNIQUE_KEY);
        String name = key == null || key.isEmpty() || key.contains(" ") ? id.toString() : key;
        return new RecallHandle(topic, appended.dueMs(), name, appended.positions()[0]).encode();
    }

    void sendBack(Request request) {
        ConsumerSendMsgBackHeader fields = ConsumerSendMsgBackHeader.decode(request.header());
        Group group = broker.catalog().group(fields.group());
        if (group == null) {
            request.answer(Answer.groupUnknown(fields.group()));
            return;
        }
        String originId = new MessageId(storeHost, fields.offset()).toString();
        broker.sendBack(
                group,
                fields.offset(),
                fields.delayLevel(),
                fields.maxReconsumeTimes(),
                originId,
                request.answering(appended -> {
                    countSentBack(fields.originTopic(), group);
                    return Answer.DONE;
                }));
    }

    private void countSentBack(@Nullable String topic, Group group) {
        if (topic != null && broker.catalog().topic(topic) != null) {
            meters.sentBack(topic, group.name());
        }
    }
}
