package io.sluice.server.dispatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.QueryMessageHeader;
import io.sluice.protocol.QueryMessageResponse;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.ViewMessageHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Finds single messages. */
final class QueryHandler {
    /** As RocketMQ's {@code defaultQueryMaxNum}, which it takes for unique keys anyway. */
    private static final int COUNT_MAX = 32;

    /** What an answer may hold in all; one message is given whatever its size. */
    private static final int SIZE_BYTES_MAX = 8 << 20;

    /** Clients do not look at it. */
    private static final long NO_POSITION = 0;

    private final Broker broker;

    QueryHandler(Broker broker) {
        this.broker = broker;
    }

    void byPosition(Request request) {
        ViewMessageHeader fields = ViewMessageHeader.decode(request.header());
        broker.message(
                fields.offset(),
                request.answering(
                        message -> Answer.ok(out -> out, Unpooled.wrappedBuffer(message))));
    }

    void byKey(Request request) {
        QueryMessageHeader fields = QueryMessageHeader.decode(request.header());
        Topic topic = broker.catalog().topic(fields.topic());
        if (topic == null) {
            request.answer(Answer.topicUnknown(fields.topic()));
            return;
        }
        int countMax = fields.uniqueKey() ? COUNT_MAX : Math.clamp(fields.maxNum(), 1, COUNT_MAX);
        broker.messagesOfKey(
                topic,
                fields.key(),
                fields.uniqueKey(),
                countMax,
                fields.beginTimestampMs(),
                fields.endTimestampMs(),
                request.answering(QueryHandler::found));
    }

    private static Answer found(List<ByteBuffer> messages) {
        if (messages.isEmpty()) {
            return Answer.error(
                    ResponseCode.QUERY_NOT_FOUND,
                    "no message has that key in that time: is the time range right?");
        }
        ByteBuffer newest = messages.getFirst();
        var response = new QueryMessageResponse(StoredMessage.storeMs(newest, 0), NO_POSITION);
        return Answer.ok(response::encode, joined(messages));
    }

    private static ByteBuf joined(List<ByteBuffer> messages) {
        List<ByteBuffer> fitting = new ArrayList<>();
        int sizeBytes = 0;
        for (ByteBuffer message : messages) {
            sizeBytes += message.remaining();
            if (sizeBytes <= SIZE_BYTES_MAX || fitting.isEmpty()) {
                fitting.add(message);
            }
        }
        return Unpooled.wrappedBuffer(fitting.toArray(ByteBuffer[]::new));
    }
}
