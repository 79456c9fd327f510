package io.sluice.server.grpc;

import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.PullMessageRequest;
import apache.rocketmq.v2.PullMessageResponse;
import apache.rocketmq.v2.Status;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.server.dispatch.Filters;
import io.sluice.server.meter.Meters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads queues from an offset on: for clients that keep their place themselves. RocketMQ's proxy
 * leaves this out.
 */
final class PullCalls {
    private static final int COUNT_MAX = 1024;
    private static final int SIZE_BYTES_MAX = 256 * 1024;

    private final Broker broker;
    private final Meters meters;
    private final Filters filters = new Filters();

    PullCalls(Broker broker, Meters meters) {
        this.broker = broker;
        this.meters = meters;
    }

    static PullMessageResponse response(Status status) {
        return PullMessageResponse.newBuilder().setStatus(status).build();
    }

    /** An answer is a status, messages, and the offset to go on from. */
    void pull(Caller caller, PullMessageRequest request, Reply<PullMessageResponse> reply) {
        Topic topic = Resources.queue(broker.catalog(), request.getMessageQueue());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        if (request.getBatchSize() < 1) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "batch_size is %d: ask for at least 1 message"
                            .formatted(request.getBatchSize()));
        }
        if (request.getOffset() < 0) {
            throw new CallFault(
                    Code.ILLEGAL_OFFSET, "the offset is %d".formatted(request.getOffset()));
        }
        MessageFilter filter = ReceiveCalls.filter(filters, request.getFilterExpression());
        if (!caller.home().hasRoom()) {
            throw new CallFault(
                    Code.TOO_MANY_REQUESTS,
                    "earlier answers have not been taken yet: read them first");
        }
        broker.pull(
                new Pull(
                        topic,
                        request.getMessageQueue().getId(),
                        request.getOffset(),
                        Math.min(request.getBatchSize(), COUNT_MAX),
                        SIZE_BYTES_MAX,
                        filter,
                        ReceiveCalls.suspendMs(true, request.getLongPollingTimeout()),
                        sizeBytes -> {
                            reply.hold(sizeBytes);
                            return ByteBuffer.allocate(sizeBytes);
                        },
                        reply,
                        reply.then(pulled -> give(request, topic, group, pulled, reply)),
                        new Pull.Reader(group.id(), caller.clientId())));
    }

    private void give(
            PullMessageRequest request,
            Topic topic,
            Group group,
            Pulled pulled,
            Reply<PullMessageResponse> reply) {
        meters.pulled(pulled.count() > 0);
        ByteBuffer messages = pulled.messages();
        if (pulled.count() > 0) {
            int sizeBytes = messages.remaining();
            int queueId = request.getMessageQueue().getId();
            meters.delivered(topic.name(), group.name(), pulled.count(), sizeBytes);
            meters.pulledTo(topic.name(), group.name(), queueId, pulled.nextOffset());
        }
        List<PullMessageResponse> answers = new ArrayList<>(pulled.count() + 2);
        answers.add(response(status(pulled)));
        String namespace = request.getMessageQueue().getTopic().getResourceNamespace();
        Compression compression = new Compression();
        int at = 0;
        for (int i = 0; i < pulled.count(); i++) {
            answers.add(
                    PullMessageResponse.newBuilder()
                            .setMessage(StoredReader.read(messages, at, namespace, compression))
                            .build());
            at += StoredMessage.sizeBytes(messages, at);
        }
        answers.add(PullMessageResponse.newBuilder().setNextOffset(pulled.nextOffset()).build());
        reply.giveAll(answers, () -> {});
    }

    private static Status status(Pulled pulled) {
        return switch (pulled.found()) {
            case MESSAGES -> Statuses.OK;
            case END -> Statuses.of(Code.MESSAGE_NOT_FOUND, "there is no message in this time");
            case NO_MATCH ->
                    Statuses.of(Code.MESSAGE_NOT_FOUND, "none is wanted up to the next offset");
            case OUT_OF_RANGE ->
                    Statuses.of(
                            Code.ILLEGAL_OFFSET,
                            "the queue has offsets %d to %d: go on at the next offset"
                                    .formatted(pulled.first(), pulled.end()));
        };
    }
}
