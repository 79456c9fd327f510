package io.sluice.server.grpc;

import apache.rocketmq.v2.Address;
import apache.rocketmq.v2.AddressScheme;
import apache.rocketmq.v2.Assignment;
import apache.rocketmq.v2.Broker;
import apache.rocketmq.v2.Code;
import apache.rocketmq.v2.Endpoints;
import apache.rocketmq.v2.MessageQueue;
import apache.rocketmq.v2.Permission;
import apache.rocketmq.v2.QueryAssignmentRequest;
import apache.rocketmq.v2.QueryAssignmentResponse;
import apache.rocketmq.v2.QueryRouteRequest;
import apache.rocketmq.v2.QueryRouteResponse;
import apache.rocketmq.v2.Resource;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where topics are: here. Answers give back the address through which the client came, so that it
 * works through whatever forwards ports; or the advertised one.
 */
final class RouteCalls {
    static final String BROKER_NAME = "sluice-0";

    /** All queues of a broker at once: consumers that pop need not share them out. */
    private static final int ALL_QUEUES = -1;

    private final io.sluice.engine.broker.Broker broker;
    private final @Nullable InetSocketAddress advertised;

    /**
     * @param advertised unresolved; null to answer with the address by which a client came
     */
    RouteCalls(io.sluice.engine.broker.Broker broker, @Nullable InetSocketAddress advertised) {
        this.broker = broker;
        this.advertised = advertised;
    }

    /** An unknown topic is not created: a client asks this for what it consumes, too. */
    void route(Caller caller, QueryRouteRequest request, Reply<QueryRouteResponse> reply) {
        Topic topic = Resources.topic(broker.catalog(), request.getTopic());
        Broker here = broker(caller, request.getEndpoints());
        reply.give(
                QueryRouteResponse.newBuilder()
                        .setStatus(Statuses.OK)
                        .addAllMessageQueues(queues(topic, request.getTopic(), here))
                        .build());
    }

    private static List<MessageQueue> queues(Topic topic, Resource resource, Broker broker) {
        List<MessageQueue> queues = new ArrayList<>(topic.queues());
        for (int id = 0; id < topic.queues(); id++) {
            queues.add(
                    queue(topic, resource, broker, id)
                            .addAllAcceptMessageTypes(MessageTypes.accepted(topic))
                            .build());
        }
        return queues;
    }

    private static MessageQueue.Builder queue(
            Topic topic, Resource resource, Broker broker, int id) {
        return MessageQueue.newBuilder()
                .setTopic(resource)
                .setId(id)
                .setPermission(permission(topic.settings()))
                .setBroker(broker);
    }

    private static Permission permission(TopicSettings settings) {
        boolean read = (settings.permissions() & TopicSettings.READ) != 0;
        boolean write = (settings.permissions() & TopicSettings.WRITE) != 0;
        if (read) {
            return write ? Permission.READ_WRITE : Permission.READ;
        }
        return write ? Permission.WRITE : Permission.NONE;
    }

    /** Which queues a push consumer is to receive from: one by one only in order. */
    void assignment(
            Caller caller, QueryAssignmentRequest request, Reply<QueryAssignmentResponse> reply) {
        Catalog catalog = broker.catalog();
        Topic topic = Resources.topic(catalog, request.getTopic());
        Group group = catalog.group(Resources.group(request.getGroup()));
        boolean inOrder = group != null && group.settings().consumeOrderly() && !topic.lite();
        Broker here = broker(caller, request.getEndpoints());
        QueryAssignmentResponse.Builder response = QueryAssignmentResponse.newBuilder();
        if (!topic.readable()) {
            throw new CallFault(Code.FORBIDDEN, "topic " + topic.name() + " may not be read");
        }
        for (int id = inOrder ? 0 : ALL_QUEUES; id < (inOrder ? topic.queues() : 0); id++) {
            response.addAssignments(
                    Assignment.newBuilder()
                            .setMessageQueue(queue(topic, request.getTopic(), here, id)));
        }
        reply.give(response.setStatus(Statuses.OK).build());
    }

    private Broker broker(Caller caller, Endpoints asked) {
        Endpoints endpoints = advertised != null ? endpoints(advertised) : asked;
        if (endpoints.getAddressesCount() == 0) {
            endpoints = endpoints(caller.local());
        }
        return Broker.newBuilder().setName(BROKER_NAME).setId(0).setEndpoints(endpoints).build();
    }

    private static Endpoints endpoints(InetSocketAddress address) {
        String host = address.getHostString();
        AddressScheme scheme = AddressScheme.DOMAIN_NAME;
        if (!address.isUnresolved()) {
            host = address.getAddress().getHostAddress();
            boolean v6 = address.getAddress() instanceof Inet6Address;
            scheme = v6 ? AddressScheme.IPv6 : AddressScheme.IPv4;
        }
        return Endpoints.newBuilder()
                .setScheme(scheme)
                .addAddresses(Address.newBuilder().setHost(host).setPort(address.getPort()))
                .build();
    }
}
