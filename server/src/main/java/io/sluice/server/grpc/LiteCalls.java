package io.sluice.server.grpc;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.OffsetOption;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.SyncLiteSubscriptionRequest;
import apache.rocketmq.v2.SyncLiteSubscriptionResponse;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Permission;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.LiteAction;
import io.sluice.engine.shard.LiteStart;
import io.sluice.engine.shard.LiteTaken;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which lite topics clients want. They say it when it changes, and all of it every 30 s; what they
 * want ends when they are gone. See ADR 13.
 */
final class LiteCalls {
    /** What a client has said something about. */
    private record Binding(Group group, Topic topic) {}

    private final Broker broker;
    private final ClientCalls clients;
    private final Map<String, Set<Binding>> bindings = new ConcurrentHashMap<>(); // by client id

    LiteCalls(Broker broker, ClientCalls clients) {
        this.broker = broker;
        this.clients = clients;
    }

    /** Whether a client consumes lite topics. */
    static boolean isLite(Settings said) {
        return said.getClientType() == ClientType.LITE_PUSH_CONSUMER
                || said.getClientType() == ClientType.LITE_SIMPLE_CONSUMER;
    }

    void sync(
            Caller caller,
            SyncLiteSubscriptionRequest request,
            Reply<SyncLiteSubscriptionResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        Group group = Resources.group(broker.catalog(), request.getGroup());
        GrpcClient client = clients.client(caller.clientId());
        if (client == null || !isLite(client.settings())) {
            throw new CallFault(
                    Code.UNRECOGNIZED_CLIENT_TYPE,
                    "client %s has not said that it is a lite consumer"
                            .formatted(caller.clientId()));
        }
        LiteAction action = action(request);
        Set<String> names = new LinkedHashSet<>();
        request.getLiteTopicSetList().forEach(name -> names.add(Texts.liteTopic(name)));
        if (action != LiteAction.REMOVE && !names.isEmpty()) {
            mayConsume(group, topic);
        }
        LiteStart start = action == LiteAction.ADD ? start(request) : null;
        remember(caller.clientId(), new Binding(group, topic));
        broker.lites()
                .subscribe(
                        group,
                        topic,
                        caller.clientId(),
                        action,
                        names,
                        start,
                        reply.answering(taken -> {
                            tell(taken);
                            return SyncLiteSubscriptionResponse.newBuilder()
                                    .setStatus(Statuses.OK)
                                    .build();
                        }));
    }

    private void remember(String clientId, Binding binding) {
        bindings.compute(
                clientId,
                (id, known) -> {
                    Set<Binding> all = known == null ? ConcurrentHashMap.newKeySet() : known;
                    all.add(binding);
                    return all;
                });
    }

    private static LiteAction action(SyncLiteSubscriptionRequest request) {
        return switch (request.getAction()) {
            case PARTIAL_ADD -> LiteAction.ADD;
            case PARTIAL_REMOVE -> LiteAction.REMOVE;
            case COMPLETE_ADD -> LiteAction.REPLACE;
            case COMPLETE_REMOVE -> {
                if (request.getLiteTopicSetCount() > 0) {
                    throw new CallFault(
                            Code.BAD_REQUEST, "COMPLETE_REMOVE names no lite topics: all go");
                }
                yield LiteAction.REPLACE;
            }
            case UNRECOGNIZED ->
                    throw new CallFault(
                            Code.BAD_REQUEST,
                            "the action %d is not known".formatted(request.getActionValue()));
        };
    }

    private static void mayConsume(Group group, Topic topic) {
        Outcome.Refused<?> fault = Permission.fault(group, topic);
        if (fault != null) {
            throw new CallFault(Code.FORBIDDEN, fault.detail());
        }
        if (!topic.lite()) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "topic %s has messages of the type %s: create one of the type LITE"
                            .formatted(topic.name(), topic.messageType()));
        }
        if (!group.settings().mayBindTo(topic.name())) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "group %s consumes the lite topics of another topic, by lite.bind.topic"
                            .formatted(group.name()));
        }
    }

    private static @Nullable LiteStart start(SyncLiteSubscriptionRequest request) {
        OffsetOption option = request.getOffsetOption();
        return switch (option.getOffsetTypeCase()) {
            case OFFSETTYPE_NOT_SET -> null;
            case POLICY ->
                    switch (option.getPolicy()) {
                        case LAST, UNRECOGNIZED -> null;
                        case MIN -> new LiteStart(LiteStart.From.FIRST, 0);
                        case MAX -> new LiteStart(LiteStart.From.END, 0);
                    };
            case OFFSET -> new LiteStart(LiteStart.From.OFFSET, notBelow0(option.getOffset()));
            case TAIL_N -> new LiteStart(LiteStart.From.BACK, notBelow0(option.getTailN()));
            case TIMESTAMP ->
                    throw new CallFault(
                            Code.NOT_IMPLEMENTED,
                            "a lite topic is not begun at a time: begin at its first message");
        };
    }

    private static long notBelow0(long value) {
        if (value < 0) {
            throw new CallFault(Code.ILLEGAL_OFFSET, "%d is below 0".formatted(value));
        }
        return value;
    }

    private void tell(List<LiteTaken> taken) {
        for (LiteTaken each : taken) {
            GrpcClient client = clients.client(each.clientId());
            if (client != null) {
                client.notifyUnsubscribeLite(each.name());
            }
        }
    }

    /** Clients that are gone want nothing any more. To be called every few seconds. */
    void forgetGone() {
        bindings.forEach((id, all) -> {
            if (clients.client(id) == null) {
                all.forEach(binding -> forget(id, binding, all));
            }
        });
    }

    private void forget(String clientId, Binding binding, Set<Binding> all) {
        all.remove(binding);
        bindings.computeIfPresent(clientId, (id, left) -> left.isEmpty() ? null : left);
        broker.lites()
                .subscribe(
                        binding.group,
                        binding.topic,
                        clientId,
                        LiteAction.REPLACE,
                        Set.of(),
                        null,
                        outcome -> {
                            if (outcome instanceof Outcome.Refused<List<LiteTaken>> refused
                                    && refused.refusal() == Refusal.BUSY) {
                                remember(clientId, binding); // until the next time
                            }
                        });
    }
}
