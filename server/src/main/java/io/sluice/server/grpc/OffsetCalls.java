package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.GetOffsetRequest;
import apache.rocketmq.v2.GetOffsetResponse;
import apache.rocketmq.v2.QueryOffsetRequest;
import apache.rocketmq.v2.QueryOffsetResponse;
import apache.rocketmq.v2.UpdateOffsetRequest;
import apache.rocketmq.v2.UpdateOffsetResponse;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Offsets;

/** Where groups stand, and where queues begin and end. */
final class OffsetCalls {
    private final Broker broker;

    OffsetCalls(Broker broker) {
        this.broker = broker;
    }

    void committed(GetOffsetRequest request, Reply<GetOffsetResponse> reply) {
        Topic topic = Resources.queue(broker.catalog(), request.getMessageQueue());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        broker.startOffset(
                group,
                topic,
                request.getMessageQueue().getId(),
                true,
                reply.then(offset -> {
                    if (offset == Offsets.NONE) {
                        throw new CallFault(
                                Code.OFFSET_NOT_FOUND,
                                "group %s has not consumed this queue yet".formatted(group.name()));
                    }
                    reply.give(
                            GetOffsetResponse.newBuilder()
                                    .setStatus(Statuses.OK)
                                    .setOffset(offset)
                                    .build());
                }));
    }

    void commit(UpdateOffsetRequest request, Reply<UpdateOffsetResponse> reply) {
        Topic topic = Resources.queue(broker.catalog(), request.getMessageQueue());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        int queueId = request.getMessageQueue().getId();
        long offset = request.getOffset();
        if (offset < 0 || offset > broker.endOffset(topic, queueId)) {
            throw new CallFault(
                    Code.ILLEGAL_OFFSET,
                    "offset %d is not in 0..%d of the queue"
                            .formatted(offset, broker.endOffset(topic, queueId)));
        }
        broker.commitOffset(
                group,
                topic,
                queueId,
                offset,
                false,
                reply.answering(
                        kept -> UpdateOffsetResponse.newBuilder().setStatus(Statuses.OK).build()));
    }

    void find(QueryOffsetRequest request, Reply<QueryOffsetResponse> reply) {
        Topic topic = Resources.queue(broker.catalog(), request.getMessageQueue());
        int queueId = request.getMessageQueue().getId();
        switch (request.getQueryOffsetPolicy()) {
            case BEGINNING -> reply.give(found(broker.firstOffset(topic, queueId)));
            case END -> reply.give(found(broker.endOffset(topic, queueId)));
            case TIMESTAMP ->
                    broker.offsetAtOrAfter(
                            topic,
                            queueId,
                            Times.ms(request.getTimestamp()),
                            reply.answering(OffsetCalls::found));
            case UNRECOGNIZED ->
                    throw new CallFault(Code.BAD_REQUEST, "an unknown policy: the client is newer");
        }
    }

    private static QueryOffsetResponse found(long offset) {
        return QueryOffsetResponse.newBuilder().setStatus(Statuses.OK).setOffset(offset).build();
    }
}
