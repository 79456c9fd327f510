package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.protocol.BrokerData;
import io.sluice.protocol.ClusterInfo;
import io.sluice.protocol.GetRouteInfoHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.TopicRouteData;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The name service: where topics are. That is always here, at the address by which the client came,
 * so that it works through whatever forwards ports; or at the advertised one.
 */
final class RouteHandler {
    static final String BROKER_NAME = "sluice-0";
    static final String CLUSTER = "sluice";

    private final Broker broker;
    private final Catalog catalog;
    private final @Nullable String advertised;
    private final int autoCreateQueues;

    /**
     * @param advertised host:port; null to answer with the address by which a client came
     * @param autoCreateQueues queues of a topic created by sending to it; 0 if that is off
     */
    RouteHandler(Broker broker, @Nullable String advertised, int autoCreateQueues) {
        this.broker = broker;
        this.catalog = broker.catalog();
        this.advertised = advertised;
        this.autoCreateQueues = autoCreateQueues;
    }

    /**
     * Tells a topic's route. That of traces is there as soon as somebody asks for it: clients that
     * trace do not say so before, and no route makes them stop.
     */
    void route(Request request) {
        GetRouteInfoHeader fields = GetRouteInfoHeader.decode(request.header());
        if (fields.topic().equals(Names.TRACE_TOPIC) && catalog.topic(fields.topic()) == null) {
            broker.topicForSend(
                    fields.topic(),
                    request.then(topic ->
                            request.peer()
                                    .execute(() -> request.guarded(() -> route(request, fields)))));
        } else {
            route(request, fields);
        }
    }

    private void route(Request request, GetRouteInfoHeader fields) {
        TopicRouteData.QueueData queues = queues(fields.topic());
        if (queues == null) {
            request.fail(
                    ResponseCode.TOPIC_NOT_EXIST,
                    "No topic route info in name server for the topic: " + fields.topic());
            return;
        }
        var route = new TopicRouteData(List.of(queues), List.of(broker(request.peer())), null);
        request.answer(Answer.ok(route.encode(request.header(), fields)));
    }

    private TopicRouteData.@Nullable QueueData queues(String name) {
        Topic topic = catalog.topic(name);
        if (topic != null) {
            return queues(topic.queues(), topic.settings().permissions());
        }
        return name.equals(Names.AUTO_CREATE_TOPIC) && autoCreateQueues > 0
                ? queues(
                        autoCreateQueues,
                        TopicSettings.READ | TopicSettings.WRITE | TopicSettings.INHERIT)
                : null;
    }

    private static TopicRouteData.QueueData queues(int count, int permissions) {
        return new TopicRouteData.QueueData(BROKER_NAME, count, count, permissions, 0);
    }

    void cluster(Request request) {
        var info =
                new ClusterInfo(
                        Map.of(BROKER_NAME, broker(request.peer())),
                        Map.of(CLUSTER, List.of(BROKER_NAME)));
        request.answer(Answer.ok(info.encode()));
    }

    private BrokerData broker(Peer peer) {
        String address = advertised != null ? advertised : text(peer.localAddress());
        return new BrokerData(CLUSTER, BROKER_NAME, Map.of(BrokerData.MASTER, address));
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        boolean v6 = address.getAddress() instanceof Inet6Address;
        return (v6 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
