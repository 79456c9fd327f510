package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.EarliestMsgStoretimeResponse;
import io.sluice.protocol.GetEarliestMsgStoretimeHeader;
import io.sluice.protocol.GetMaxOffsetHeader;
import io.sluice.protocol.GetMinOffsetHeader;
import io.sluice.protocol.OffsetResponse;
import io.sluice.protocol.QueryConsumerOffsetHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SearchOffsetHeader;
import io.sluice.protocol.UpdateConsumerOffsetHeader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where queues begin and end, and how far groups are. */
final class OffsetHandler {
    private final Broker broker;
    private final Catalog catalog;
    private final Clients clients;

    OffsetHandler(Broker broker, Clients clients) {
        this.clients = clients;
        this.broker = broker;
        this.catalog = broker.catalog();
    }

    /**
     * Where a group goes on. If it is new, that is for its client to decide: from the end, the
     * beginning or a point in time. (RocketMQ answers 0 as long as a queue's first messages are in
     * memory, and so gives new groups a history that they did not ask for.) The question makes no
     * group: a consumer has sent its heartbeat before.
     */
    void start(Request request) {
        QueryConsumerOffsetHeader fields = QueryConsumerOffsetHeader.decode(request.header());
        boolean zeroIfNew = request.header().has("setZeroIfNotFound") && fields.setZeroIfNotFound();
        int queueId = fields.queueId();
        withQueue(
                request,
                fields.topic(),
                queueId,
                topic -> {
                    Group group = catalog.group(fields.consumerGroup());
                    if (group == null) {
                        request.answer(start(topic, queueId, Offsets.NONE, zeroIfNew));
                    } else {
                        broker.startOffset(
                                group,
                                topic,
                                queueId,
                                true,
                                request.answering(
                                        offset -> start(topic, queueId, offset, zeroIfNew)));
                    }
                });
    }

    private Answer start(Topic topic, int queueId, long offset, boolean zeroIfNew) {
        if (offset != Offsets.NONE) {
            return offset(offset);
        }
        return zeroIfNew && broker.firstOffset(topic, queueId) == 0
                ? offset(0)
                : Answer.error(
                        ResponseCode.QUERY_NOT_FOUND,
                        "Not found, maybe this group consumer boot first");
    }

    private static Answer offset(long offset) {
        return Answer.ok(new OffsetResponse(offset)::encode);
    }

    /**
     * Commits. A pull consumer may commit before its first heartbeat, and its pulls do not create
     * the group, so a commit does.
     *
     * <p>Consumers commit one-way. Who waits for the answer and is no member of the group is an
     * operator's tool, and its commit counts whoever consumes.
     */
    void commit(Request request) {
        UpdateConsumerOffsetHeader fields = UpdateConsumerOffsetHeader.decode(request.header());
        withQueue(
                request,
                fields.topic(),
                fields.queueId(),
                topic -> {
                    String fault = offsetFault(fields, topic);
                    if (fault != null && catalog.group(fields.consumerGroup()) == null) {
                        request.fail(ResponseCode.INVALID_PARAMETER, fault); // and no group
                        return;
                    }
                    broker.groupForUse(
                            fields.consumerGroup(),
                            request.then(group -> commit(request, fields, group, topic)));
                });
    }

    /** Why nobody can commit this, as far as one can tell here; null if somebody may. */
    private @Nullable String offsetFault(UpdateConsumerOffsetHeader fields, Topic topic) {
        long end = broker.endOffset(topic, fields.queueId());
        long offset = fields.commitOffset();
        return offset >= 0 && offset <= end
                ? null
                : "offset %d is outside of the queue: commit one from 0 to %d"
                        .formatted(offset, end);
    }

    private void commit(
            Request request, UpdateConsumerOffsetHeader fields, Group group, Topic topic) {
        boolean asOperator =
                !request.header().oneway() && !clients.isMember(request.peer(), group.name());
        broker.commitOffset(
                group,
                topic,
                fields.queueId(),
                fields.commitOffset(),
                false,
                asOperator ? null : clients.clientId(request.peer()),
                request.answering(offset -> committed(fields, offset)));
    }

    /** What was not taken is as good as done for a client, and its answer tells a person. */
    private static Answer committed(UpdateConsumerOffsetHeader fields, long offset) {
        return offset == fields.commitOffset()
                ? Answer.DONE
                : new Answer(
                        ResponseCode.SUCCESS,
                        "nothing was changed: another client holds the lock of queue %d, or the group was reset in it and has not gone on from there yet"
                                .formatted(fields.queueId()),
                        writer -> writer,
                        Unpooled.EMPTY_BUFFER);
    }

    void atTime(Request request) {
        SearchOffsetHeader fields = SearchOffsetHeader.decode(request.header());
        int queueId = fields.queueId();
        withQueue(
                request,
                fields.topic(),
                queueId,
                topic -> {
                    if (fields.upper()) {
                        lastAt(request, topic, queueId, fields.timestampMs());
                    } else {
                        broker.offsetAtOrAfter(
                                topic,
                                queueId,
                                fields.timestampMs(),
                                request.answering(OffsetHandler::offset));
                    }
                });
    }

    /** The last message of that moment or before it: the one before the first that is later. */
    private void lastAt(Request request, Topic topic, int queueId, long ms) {
        broker.offsetAtOrAfter(
                topic,
                queueId,
                ms + 1,
                request.answering(offset ->
                        offset(Math.max(offset - 1, broker.firstOffset(topic, queueId)))));
    }

    void end(Request request) {
        GetMaxOffsetHeader fields = GetMaxOffsetHeader.decode(request.header());
        int queueId = fields.queueId();
        withQueue(
                request,
                fields.topic(),
                queueId,
                topic -> request.answer(offset(broker.endOffset(topic, queueId))));
    }

    void first(Request request) {
        GetMinOffsetHeader fields = GetMinOffsetHeader.decode(request.header());
        int queueId = fields.queueId();
        withQueue(
                request,
                fields.topic(),
                queueId,
                topic -> request.answer(offset(broker.firstOffset(topic, queueId))));
    }

    void firstStoreMs(Request request) {
        var fields = GetEarliestMsgStoretimeHeader.decode(request.header());
        withQueue(
                request,
                fields.topic(),
                fields.queueId(),
                topic ->
                        broker.firstStoreMs(
                                topic,
                                fields.queueId(),
                                request.answering(ms ->
                                        Answer.ok(new EarliestMsgStoretimeResponse(ms)::encode))));
    }

    private void withQueue(Request request, String name, int queueId, Consumer<Topic> next) {
        Topic topic = catalog.topic(name);
        if (topic == null) {
            request.answer(Answer.topicUnknown(name));
        } else if (queueId < 0 || queueId >= topic.queues()) {
            request.answer(
                    Answer.refused(
                            Outcome.refused(
                                    Refusal.QUEUE_UNKNOWN,
                                    "topic %s has queues 0 to %d, not %d"
                                            .formatted(name, topic.queues() - 1, queueId))));
        } else {
            next.accept(topic);
        }
    }
}
