package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Found;
import io.sluice.engine.broker.KeyQuery;
import io.sluice.engine.broker.Located;
import io.sluice.engine.broker.TagQuery;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.protocol.QueryMessageHeader;
import io.sluice.protocol.QueryMessageResponse;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.ViewMessageHeader;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds messages by place, key and tag.
 *
 * <p>The rules are those of RocketMQ's {@code QueryMessageProcessor}, with three differences. A
 * page holds as many messages as were asked for, up to 1,024, rather than 64. Messages come newest
 * first, so that {@code lastKey} and a smaller end time both lead to the next page. And a unique
 * key is found whenever its message was stored: clients make the range of time by their own clocks,
 * from the key itself, and a clock that is wrong would hide the message.
 */
final class QueryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(QueryHandler.class);

    private static final int COUNT_MAX = 1024;

    /** As RocketMQ's {@code defaultQueryMaxNum}, which it takes for unique keys anyway. */
    private static final int UNIQUE_COUNT_MAX = 32;

    /** What an answer may hold in all; one message is given whatever its size. */
    private static final int SIZE_BYTES_MAX = 8 << 20;

    private final Broker broker;

    QueryHandler(Broker broker) {
        this.broker = broker;
    }

    void byPosition(Request request) {
        ViewMessageHeader fields = ViewMessageHeader.decode(request.header());
        broker.finder().byPosition(fields.offset(), request.answering(QueryHandler::viewed));
    }

    private static Answer viewed(Located found) {
        return found.isStored()
                ? Answer.ok(out -> out, Unpooled.wrappedBuffer(found.message()))
                : Answer.error(
                        ResponseCode.QUERY_NOT_FOUND,
                        "the message is in no queue before it is due, at %s; see ./sluice msg get"
                                .formatted(Instant.ofEpochMilli(found.dueMs())));
    }

    void byKey(Request request) {
        QueryMessageHeader fields = QueryMessageHeader.decode(request.header());
        Topic topic = broker.catalog().topic(fields.topic());
        if (topic == null) {
            request.answer(Answer.topicUnknown(fields.topic()));
            return;
        }
        if (QueryMessageHeader.TAGS.equals(fields.indexType())) {
            broker.finder()
                    .byTag(
                            tagQuery(fields, topic),
                            request.answering(found -> found(fields, found)));
        } else {
            broker.finder()
                    .byKey(
                            keyQuery(fields, topic),
                            request.answering(found -> found(fields, found)));
        }
    }

    private static KeyQuery keyQuery(QueryMessageHeader fields, Topic topic) {
        long last = fields.lastPosition();
        long before = last < 0 ? Long.MAX_VALUE : last;
        return fields.uniqueKey()
                ? new KeyQuery(
                        topic,
                        fields.key(),
                        KeyQuery.Kind.UNIQUE_KEY,
                        before,
                        UNIQUE_COUNT_MAX,
                        SIZE_BYTES_MAX,
                        0,
                        Long.MAX_VALUE)
                : new KeyQuery(
                        topic,
                        fields.key(),
                        KeyQuery.Kind.KEY,
                        before,
                        countMax(fields),
                        SIZE_BYTES_MAX,
                        fields.beginTimestampMs(),
                        fields.endTimestampMs());
    }

    private static TagQuery tagQuery(QueryMessageHeader fields, Topic topic) {
        return new TagQuery(
                topic,
                fields.key(),
                Math.max(0, fields.lastPosition()),
                countMax(fields),
                SIZE_BYTES_MAX,
                fields.beginTimestampMs(),
                fields.endTimestampMs());
    }

    private static int countMax(QueryMessageHeader fields) {
        return Math.clamp(fields.maxNum(), 1, COUNT_MAX);
    }

    /** What cannot be read may be what was looked for: that is said, not left out. */
    private static Answer found(QueryMessageHeader fields, Found found) {
        String damage = found.damaged().isEmpty() ? null : damage(fields, found.damaged());
        if (damage != null) {
            LOG.error("{}", damage);
        }
        List<ByteBuffer> messages = found.messages();
        if (messages.isEmpty()) {
            return damage == null
                    ? Answer.error(
                            ResponseCode.QUERY_NOT_FOUND,
                            "no message has that key in that time: is the time range right?")
                    : Answer.error(ResponseCode.SYSTEM_ERROR, damage);
        }
        ByteBuffer newest = messages.getFirst();
        var response =
                new QueryMessageResponse(
                        StoredMessage.storeMs(newest, 0), StoredMessage.position(newest, 0));
        return new Answer(
                ResponseCode.SUCCESS,
                damage,
                response::encode,
                Unpooled.wrappedBuffer(messages.toArray(ByteBuffer[]::new)));
    }

    private static String damage(QueryMessageHeader fields, List<Long> positions) {
        return "%d messages of topic %s that may be what was looked for are damaged on disk, the first at position %d: stop the server, keep a copy of the data directory, and look after the disk"
                .formatted(positions.size(), fields.topic(), positions.getFirst());
    }
}
