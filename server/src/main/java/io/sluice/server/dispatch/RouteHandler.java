package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.protocol.BrokerData;
import io.sluice.protocol.ClusterInfo;
import io.sluice.protocol.GetRouteInfoHeader;
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
    private volatile boolean writable = true;

    /**
     * @param advertised host:port; null to answer with the address by which a client came
     */
    RouteHandler(Broker broker, @Nullable String advertised) {
        this.broker = broker;
        this.catalog = broker.catalog();
        this.advertised = advertised;
    }

    /** Whether routes say that topics can be written; whether that has changed anything. */
    synchronized boolean letWrite(boolean allowed) {
        boolean changes = writable != allowed;
        writable = allowed;
        return changes;
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
            request.answer(Answer.topicUnknown(fields.topic()));
            return;
        }
        String ordered = OrderedTopics.queues(catalog, fields.topic());
        var route = new TopicRouteData(List.of(queues), List.of(broker(request.peer())), ordered);
        Answer answer = Answer.ok(route.encode(request.header(), fields));
        Topic topic = catalog.topic(fields.topic());
        if (topic == null) {
            request.answer(answer);
        } else {
            broker.tellingQueues(topic, outcome -> request.answer(answer));
        }
    }

    /** RocketMQ has topics by the names of cluster and broker, by which tools find their way. */
    private TopicRouteData.@Nullable QueueData queues(String name) {
        Topic topic = catalog.topic(name);
        if (topic != null) {
            return queues(topic.queues(), topic.settings().permissions());
        }
        if (name.equals(ReplyHandler.TOPIC)) { // created by the first reply
            return queues(ReplyHandler.QUEUES, TopicSettings.READ | TopicSettings.WRITE);
        }
        boolean creates =
                name.equals(Names.AUTO_CREATE_TOPIC) && broker.config().autoCreateTopics();
        if (creates || name.equals(CLUSTER) || name.equals(BROKER_NAME)) {
            int inherit = creates ? TopicSettings.INHERIT : 0;
            int permissions = TopicSettings.READ | TopicSettings.WRITE | inherit;
            return queues(broker.config().defaultQueues(), permissions);
        }
        return null;
    }

    private TopicRouteData.QueueData queues(int count, int permissions) {
        int told = writable ? permissions : permissions & ~TopicSettings.WRITE;
        return new TopicRouteData.QueueData(BROKER_NAME, count, count, told, 0);
    }

    void cluster(Request request) {
        var info =
                new ClusterInfo(
                        Map.of(BROKER_NAME, broker(request.peer())),
                        Map.of(CLUSTER, List.of(BROKER_NAME)));
        request.answer(Answer.ok(info.encode()));
    }

    private BrokerData broker(Peer peer) {
        return new BrokerData(CLUSTER, BROKER_NAME, Map.of(BrokerData.MASTER, address(peer)));
    }

    /** Where the broker is for a client, as host:port. */
    String address(Peer peer) {
        return advertised != null ? advertised : text(peer.localAddress());
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        boolean v6 = address.getAddress() instanceof Inet6Address;
        return (v6 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
