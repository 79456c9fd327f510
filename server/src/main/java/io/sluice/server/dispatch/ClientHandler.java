package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.queue.QueueRef;
import io.sluice.protocol.CheckClientRequestBody;
import io.sluice.protocol.GetConsumerListByGroupHeader;
import io.sluice.protocol.GetConsumerListByGroupResponseBody;
import io.sluice.protocol.Header;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.LockBatchRequestBody;
import io.sluice.protocol.LockBatchResponseBody;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.SubscriptionData;
import io.sluice.protocol.UnlockBatchRequestBody;
import io.sluice.protocol.UnregisterClientHeader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Clients come, say what they want, see who else is there, share queues out, and go. */
final class ClientHandler {
    /** In the answer to who is in a group: in what its members differ; absent if in nothing. */
    private static final String DISAGREEMENT = "subscriptionConflict";

    private final Broker broker;
    private final Catalog catalog;
    private final Clients clients;
    private final Tracing tracing;

    ClientHandler(Broker broker, Clients clients) {
        this.broker = broker;
        this.catalog = broker.catalog();
        this.clients = clients;
        this.tracing = new Tracing(broker);
    }

    void heartbeat(Request request) {
        Header header = request.header();
        HeartbeatData data =
                HeartbeatData.decode(request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        create(request, data, data.consumers().iterator());
    }

    /** Creates the groups that are not there, one after the other, then takes the heartbeat in. */
    private void create(
            Request request, HeartbeatData data, Iterator<HeartbeatData.Consumer> left) {
        while (left.hasNext()) {
            String name = left.next().groupName();
            if (catalog.group(name) == null) {
                broker.groupForUse(name, request.then(group -> create(request, data, left)));
                return;
            }
        }
        if (tracing.needsTopic(data)) {
            broker.topicForSend(
                    Names.TRACE_TOPIC, request.then(topic -> create(request, data, left)));
            return;
        }
        boolean tellAgain =
                clients.heartbeat(
                        request.peer(),
                        request.header().language(),
                        request.header().version(),
                        data);
        String fault = fault(request.peer(), data);
        if (!fault.isEmpty()) {
            request.fail(ResponseCode.SUBSCRIPTION_PARSE_FAILED, fault);
            return;
        }
        request.answer(
                Answer.ok(out ->
                        out.field("IS_SUPPORT_HEART_BEAT_V2", true)
                                .field("IS_SUB_CHANGE", tellAgain)));
    }

    /**
     * What cannot be read of the client's subscriptions; all else of its heartbeat has been taken
     * in, for its other groups and topics shall not suffer.
     */
    private String fault(Peer peer, HeartbeatData data) {
        for (HeartbeatData.Consumer consumer : data.consumers()) {
            Map<String, Subscription> wanted = clients.subscriptions(consumer.groupName(), peer);
            for (Subscription each : wanted == null ? List.<Subscription>of() : wanted.values()) {
                if (each.filter() == null) {
                    return "group %s, topic %s: %s"
                            .formatted(
                                    consumer.groupName(),
                                    Subscription.shortened(each.data().topic()),
                                    each.fault());
                }
            }
        }
        return "";
    }

    void unregister(Request request) {
        UnregisterClientHeader fields = UnregisterClientHeader.decode(request.header());
        clients.unregister(request.peer(), fields.producerGroup(), fields.consumerGroup());
        request.answer(Answer.DONE);
    }

    void members(Request request) {
        String group = GetConsumerListByGroupHeader.decode(request.header()).consumerGroup();
        List<String> ids = clients.clientIds(group);
        if (ids.isEmpty()) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "no consumer of group "
                            + group
                            + " is here: start one, or wait for its heartbeat");
        } else {
            byte[] body = new GetConsumerListByGroupResponseBody(ids).encode().toBytes();
            String disagreement = clients.disagreement(group);
            request.answer(
                    Answer.ok(
                            out ->
                                    disagreement.isEmpty()
                                            ? out
                                            : out.field(DISAGREEMENT, disagreement),
                            Unpooled.wrappedBuffer(body)));
        }
    }

    void checkConfig(Request request) {
        Header header = request.header();
        CheckClientRequestBody body =
                CheckClientRequestBody.decode(
                        request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        SubscriptionData wanted = body.subscription();
        Subscription read = wanted == null ? null : Subscription.of(wanted);
        if (read != null && read.filter() == null) {
            request.fail(ResponseCode.SUBSCRIPTION_PARSE_FAILED, read.fault());
        } else {
            request.answer(Answer.DONE);
        }
    }

    void lockQueues(Request request) {
        Header header = request.header();
        LockBatchRequestBody body =
                LockBatchRequestBody.decode(
                        request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        broker.groupForUse(body.consumerGroup(), request.then(group -> lock(request, body, group)));
    }

    private void lock(Request request, LockBatchRequestBody body, Group group) {
        Map<QueueRef, MessageQueue> known = known(body.queues());
        clients.locked(request.peer(), body.clientId(), group.name());
        broker.lockQueues(
                group,
                body.clientId(),
                List.copyOf(known.keySet()),
                request.answering(held -> {
                    List<MessageQueue> locked = new ArrayList<>();
                    known.forEach((queue, name) -> {
                        if (held.contains(queue)) {
                            locked.add(name);
                        }
                    });
                    return Answer.ok(new LockBatchResponseBody(locked).encode());
                }));
    }

    void unlockQueues(Request request) {
        Header header = request.header();
        UnlockBatchRequestBody body =
                UnlockBatchRequestBody.decode(
                        request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        Group group = catalog.group(body.consumerGroup());
        if (group == null) {
            request.answer(Answer.DONE);
            return;
        }
        List<QueueRef> queues = List.copyOf(known(body.queues()).keySet());
        broker.unlockQueues(
                group, body.clientId(), queues, request.answering(count -> Answer.DONE));
    }

    /** The queues that exist. */
    private Map<QueueRef, MessageQueue> known(List<MessageQueue> queues) {
        Map<QueueRef, MessageQueue> known = new LinkedHashMap<>();
        for (MessageQueue queue : queues) {
            Topic topic = catalog.topic(queue.topic());
            if (topic != null && queue.queueId() >= 0 && queue.queueId() < topic.queues()) {
                known.put(new QueueRef(topic.id(), queue.queueId()), queue);
            }
        }
        return known;
    }
}
