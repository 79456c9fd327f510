package io.sluice.server.grpc;

import apache.rocketmq.v2.ClientType;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.FilterType;
import apache.rocketmq.v2.HeartbeatRequest;
import apache.rocketmq.v2.HeartbeatResponse;
import apache.rocketmq.v2.NotifyClientTerminationRequest;
import apache.rocketmq.v2.NotifyClientTerminationResponse;
import apache.rocketmq.v2.Resource;
import apache.rocketmq.v2.Settings;
import apache.rocketmq.v2.SubscriptionEntry;
import apache.rocketmq.v2.TelemetryCommand;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.shard.Outcome;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.Language;
import io.sluice.protocol.SubscriptionData;
import io.sluice.server.dispatch.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the clients are: they say so on a telemetry stream, repeat it by heartbeats, and take their
 * leave.
 */
final class ClientCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCalls.class);

    private final Broker broker;
    private final Clients registry;
    private final ClientSettings settings;
    private final Map<String, GrpcClient> clients = new ConcurrentHashMap<>();

    ClientCalls(Broker broker, Clients registry, ClientSettings settings) {
        this.broker = broker;
        this.registry = registry;
        this.settings = settings;
    }

    /** The client of that id; null if it has not said what it is. */
    @Nullable GrpcClient client(String id) {
        return clients.get(id);
    }

    // Telemetry.

    StreamObserver<TelemetryCommand> telemetry(
            Caller caller, StreamObserver<TelemetryCommand> out) {
        return new Telemetry(caller, out);
    }

    private final class Telemetry implements StreamObserver<TelemetryCommand> {
        private final Caller caller;
        private final StreamObserver<TelemetryCommand> out;
        private @Nullable GrpcClient client;

        Telemetry(Caller caller, StreamObserver<TelemetryCommand> out) {
            this.caller = caller;
            this.out = out;
            if (out instanceof ServerCallStreamObserver<TelemetryCommand> call) {
                call.setOnCancelHandler(this::ended);
            }
        }

        @Override
        public void onNext(TelemetryCommand command) {
            if (command.hasSettings()) {
                try {
                    settings(command.getSettings());
                } catch (CallFault e) {
                    refuse(e);
                }
            }
        }

        private void settings(Settings said) {
            String id = caller.requiredClientId();
            if (said.hasPublishing()) {
                said.getPublishing().getTopicsList().forEach(Resources::topic);
                known(id, said);
                answer(said, null);
            } else if (said.hasSubscription()) {
                String name = Resources.group(said.getSubscription().getGroup());
                broker.groupForUse(
                        name, outcome -> caller.home().execute(() -> join(outcome, id, said)));
            } else {
                throw new CallFault(
                        Code.UNRECOGNIZED_CLIENT_TYPE,
                        "the settings say neither what is published nor what is subscribed to");
            }
        }

        private void join(Outcome<Group> outcome, String id, Settings said) {
            switch (outcome) {
                case Outcome.Done<Group>(Group group) -> {
                    known(id, said);
                    answer(said, group);
                }
                case Outcome.Refused<Group> refused ->
                        tell(TelemetryCommand.newBuilder().setStatus(Statuses.of(refused)).build());
            }
        }

        private void known(String id, Settings said) {
            GrpcClient known =
                    clients.compute(
                            id,
                            (key, before) ->
                                    before != null && before.open()
                                            ? before
                                            : new GrpcClient(caller, said));
            known.settings(said);
            known.stream(out);
            client = known;
            register(known);
        }

        private void answer(Settings said, @Nullable Group group) {
            tell(
                    TelemetryCommand.newBuilder()
                            .setStatus(Statuses.OK)
                            .setSettings(settings.answer(said, group))
                            .build());
        }

        private void refuse(CallFault fault) {
            tell(TelemetryCommand.newBuilder().setStatus(Statuses.of(fault)).build());
        }

        private void tell(TelemetryCommand command) {
            synchronized (client == null ? this : client) {
                out.onNext(command);
            }
        }

        @Override
        public void onError(Throwable cause) {
            ended();
        }

        @Override
        public void onCompleted() {
            ended();
            out.onCompleted();
        }

        /** It may come back by another one: it is gone when its heartbeats end. */
        private void ended() {
            if (client != null) {
                client.streamEnded(out);
            }
        }
    }

    // Heartbeats.

    void heartbeat(Caller caller, HeartbeatRequest request, Reply<HeartbeatResponse> reply) {
        GrpcClient client = required(caller);
        register(client);
        reply.give(HeartbeatResponse.newBuilder().setStatus(Statuses.OK).build());
    }

    private GrpcClient required(Caller caller) {
        GrpcClient client = clients.get(caller.requiredClientId());
        if (client == null) {
            throw new CallFault(
                    Code.UNRECOGNIZED_CLIENT_TYPE,
                    "client %s has not sent its settings".formatted(caller.clientId()));
        }
        return client;
    }

    /** As a remoting client's heartbeat does. Producers are known by the topics they send to. */
    private void register(GrpcClient client) {
        Settings said = client.settings();
        List<String> producers = new ArrayList<>();
        List<HeartbeatData.Consumer> consumers = new ArrayList<>();
        if (said.hasPublishing()) {
            for (Resource topic : said.getPublishing().getTopicsList()) {
                producers.add(Resources.topic(topic));
            }
        } else {
            consumers.add(consumer(said));
        }
        registry.heartbeat(
                client,
                language(client.caller().language()),
                0,
                new HeartbeatData(client.id(), producers, consumers, 0, false));
    }

    private static HeartbeatData.Consumer consumer(Settings said) {
        List<SubscriptionData> subscriptions = new ArrayList<>();
        for (SubscriptionEntry entry : said.getSubscription().getSubscriptionsList()) {
            boolean sql = entry.getExpression().getType() == FilterType.SQL;
            subscriptions.add(
                    new SubscriptionData(
                            Resources.topic(entry.getTopic()),
                            entry.getExpression().getExpression(),
                            List.of(),
                            sql ? "SQL92" : "TAG",
                            0,
                            false));
        }
        boolean push = said.getClientType() == ClientType.PUSH_CONSUMER;
        return new HeartbeatData.Consumer(
                Resources.group(said.getSubscription().getGroup()),
                push
                        ? HeartbeatData.ConsumeType.CONSUME_PASSIVELY
                        : HeartbeatData.ConsumeType.CONSUME_ACTIVELY,
                HeartbeatData.MessageModel.CLUSTERING,
                HeartbeatData.ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
                subscriptions,
                false);
    }

    private static Language language(String name) {
        try {
            return name.isEmpty() ? Language.OTHER : Language.valueOf(name);
        } catch (IllegalArgumentException e) {
            LOG.debug("a client of the language {}", name, e);
            return Language.OTHER;
        }
    }

    void terminate(
            Caller caller,
            NotifyClientTerminationRequest request,
            Reply<NotifyClientTerminationResponse> reply) {
        GrpcClient client = required(caller);
        clients.remove(client.id(), client);
        registry.closed(client);
        client.close("it took its leave");
        reply.give(NotifyClientTerminationResponse.newBuilder().setStatus(Statuses.OK).build());
    }
}
