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
import io.grpc.stub.StreamObserver;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.HeartbeatData;
import io.sluice.protocol.Language;
import io.sluice.protocol.SubscriptionData;
import io.sluice.server.dispatch.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the clients are: they say so on a telemetry stream, repeat it by heartbeats, and take their
 * leave.
 */
final class ClientCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCalls.class);

    /** Room for some hundred topics. */
    private static final int SETTINGS_SIZE_BYTES_MAX = 32 << 10;

    private static final int CLIENTS_MAX = 20_000;

    /** As remoting clients; those of this protocol send a heartbeat every 10 s. */
    private static final long SILENT_NANOS_MAX = TimeUnit.SECONDS.toNanos(120);

    private final Broker broker;
    private final Clients registry;
    private final ClientSettings settings;
    private final Renewals renewals;
    private final Beginnings beginnings;
    private final Clock clock;
    private final Map<String, GrpcClient> clients = new ConcurrentHashMap<>();

    ClientCalls(
            Broker broker,
            Clients registry,
            ClientSettings settings,
            Renewals renewals,
            Clock clock) {
        this.broker = broker;
        this.registry = registry;
        this.settings = settings;
        this.renewals = renewals;
        this.beginnings = new Beginnings(broker);
        this.clock = clock;
    }

    /** The client of that id; null if it has not said what it is. */
    @Nullable GrpcClient client(String id) {
        return clients.get(id);
    }

    // Telemetry.

    StreamObserver<TelemetryCommand> telemetry(
            Caller caller, StreamObserver<TelemetryCommand> out) {
        return new Telemetry(caller, this, out);
    }

    /** A client says what it is and wants, and is told what to do. */
    void settings(Telemetry stream, Settings said) {
        String id = stream.caller().requiredClientId();
        if (said.getSerializedSize() > SETTINGS_SIZE_BYTES_MAX) {
            throw new CallFault(
                    Code.BAD_REQUEST,
                    "the settings have %d bytes, more than %d: name fewer topics"
                            .formatted(said.getSerializedSize(), SETTINGS_SIZE_BYTES_MAX));
        }
        if (said.hasPublishing()) {
            said.getPublishing().getTopicsList().forEach(Resources::topic);
            known(id, said, stream);
            stream.tell(answer(said, null));
        } else if (said.hasSubscription()) {
            String name = Resources.group(said.getSubscription().getGroup());
            said.getSubscription()
                    .getSubscriptionsList()
                    .forEach(entry -> Resources.topic(entry.getTopic()));
            broker.groupForUse(
                    name,
                    outcome ->
                            stream.caller().home().execute(() -> join(outcome, id, said, stream)));
        } else {
            throw new CallFault(
                    Code.UNRECOGNIZED_CLIENT_TYPE,
                    "the settings say neither what is published nor what is subscribed to");
        }
    }

    private void join(Outcome<Group> outcome, String id, Settings said, Telemetry stream) {
        switch (outcome) {
            case Outcome.Done<Group>(Group group) -> {
                try {
                    known(id, said, stream);
                } catch (CallFault e) {
                    stream.refuse(Statuses.of(e));
                    return;
                }
                beginnings.begin(
                        group,
                        said.getSubscription().getSubscriptionsList().stream()
                                .map(entry -> Resources.topic(entry.getTopic()))
                                .toList(),
                        () -> stream.tell(answer(said, group)));
            }
            case Outcome.Refused<Group> refused -> stream.refuse(Statuses.of(refused));
        }
    }

    private void known(String id, Settings said, Telemetry stream) {
        GrpcClient known = clients.get(id);
        if (known == null || !known.open()) {
            if (clients.size() >= CLIENTS_MAX) {
                throw new CallFault(
                        Code.TOO_MANY_REQUESTS,
                        "%d clients are here already: end some".formatted(CLIENTS_MAX));
            }
            known = new GrpcClient(stream, said, clock.wallMs(), this::gone);
            GrpcClient other = clients.put(id, known);
            if (other != null) {
                registry.closed(other);
            }
        }
        known.settings(said, stream);
        register(known);
    }

    private TelemetryCommand answer(Settings said, @Nullable Group group) {
        return TelemetryCommand.newBuilder()
                .setStatus(Statuses.OK)
                .setSettings(settings.answer(said, group))
                .build();
    }

    /** A client has answered what it was asked. */
    void answered(Caller caller, TelemetryCommand command) {
        GrpcClient client = clients.get(caller.clientId());
        if (client != null) {
            client.answered(command);
        }
    }

    /** The client may come back by another one: it is gone when its heartbeats end. */
    void streamEnded(Telemetry stream) {
        GrpcClient client = clients.get(stream.caller().clientId());
        if (client != null) {
            client.streamEnded(stream);
        }
    }

    private void gone(GrpcClient client) {
        clients.remove(client.id(), client);
        registry.closed(client);
    }

    /** Forgets clients that have fallen silent. To be called every few seconds. */
    void expire() {
        long now = clock.nanos();
        for (GrpcClient client : clients.values()) {
            if (now - client.seenNanos() > SILENT_NANOS_MAX) {
                client.close("no heartbeat");
            }
        }
    }

    /** Whether a client, by its id, can be told things. */
    boolean isHere(String id) {
        GrpcClient client = clients.get(id);
        return client != null && client.reachable();
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
        client.seen(clock.nanos());
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
            subscriptions.add(
                    new SubscriptionData(
                            Resources.topic(entry.getTopic()),
                            entry.getExpression().getExpression(),
                            List.of(),
                            expressionType(entry),
                            0,
                            false));
        }
        boolean push =
                said.getClientType() == ClientType.PUSH_CONSUMER
                        || said.getClientType() == ClientType.LITE_PUSH_CONSUMER;
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

    /** In the words of remoting clients. */
    static String expressionType(SubscriptionEntry entry) {
        return entry.getExpression().getType() == FilterType.SQL ? "SQL92" : "TAG";
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
        client.close("it took its leave");
        renewals.giveBack(client.id());
        reply.give(NotifyClientTerminationResponse.newBuilder().setStatus(Statuses.OK).build());
    }
}
