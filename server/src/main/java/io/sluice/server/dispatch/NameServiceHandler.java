package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Registry;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.GetKVListByNamespaceHeader;
import io.sluice.protocol.GetTopicsByClusterHeader;
import io.sluice.protocol.KVConfigHeader;
import io.sluice.protocol.KeyValues;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.TopicList;
import io.sluice.protocol.WritePermOfBrokerHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What operators ask of RocketMQ's name server, which here is the same process as the broker. */
final class NameServiceHandler {
    private final Catalog catalog;
    private final RouteHandler routes;

    NameServiceHandler(Catalog catalog, RouteHandler routes) {
        this.catalog = catalog;
        this.routes = routes;
    }

    // The table of texts.

    void put(Request request) {
        KVConfigHeader fields = KVConfigHeader.decode(request.header());
        String value = fields.value();
        if (value == null) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "header field value is missing: give one, or delete the key");
            return;
        }
        Changes.report(
                catalog.registry().put(fields.namespace(), fields.key(), value),
                Refusal.INVALID,
                request.answering(entry -> Answer.DONE));
    }

    void value(Request request) {
        KVConfigHeader fields = KVConfigHeader.decode(request.header());
        String value = catalog.registry().value(fields.namespace(), fields.key());
        if (value == null) {
            request.fail(
                    ResponseCode.QUERY_NOT_FOUND,
                    "No config item, Namespace: %s Key: %s"
                            .formatted(fields.namespace(), fields.key()));
        } else {
            request.answer(Answer.ok(out -> out.field("value", value)));
        }
    }

    /** Removes a text; that it is gone already is as good. */
    void remove(Request request) {
        KVConfigHeader fields = KVConfigHeader.decode(request.header());
        Registry registry = catalog.registry();
        if (registry.value(fields.namespace(), fields.key()) == null) {
            request.answer(Answer.DONE);
            return;
        }
        Changes.report(
                registry.remove(fields.namespace(), fields.key()),
                Refusal.INVALID,
                request.answering(entry -> Answer.DONE));
    }

    void values(Request request) {
        String namespace = GetKVListByNamespaceHeader.decode(request.header()).namespace();
        SortedMap<String, String> values = catalog.registry().values(namespace);
        if (values.isEmpty()) {
            request.fail(ResponseCode.QUERY_NOT_FOUND, "No config item, Namespace: " + namespace);
        } else {
            request.answer(Answer.ok(new KeyValues(values).encode()));
        }
    }

    // Routes.

    /**
     * From now on routes say that nothing can be written, until {@link #allowWriting} or a restart.
     * Producers that know no other broker then fail: there is none here.
     */
    void forbidWriting(Request request) {
        writing(request, false, "wipeTopicCount");
    }

    void allowWriting(Request request) {
        writing(request, true, "addTopicCount");
    }

    private void writing(Request request, boolean allowed, String countField) {
        String broker = WritePermOfBrokerHeader.decode(request.header()).brokerName();
        if (!broker.equals(RouteHandler.BROKER_NAME)) {
            request.answer(
                    Answer.refused(
                            Outcome.refused(
                                    Refusal.INVALID,
                                    "there is no such broker: the only one is %2$s, not %1$s"
                                            .formatted(broker, RouteHandler.BROKER_NAME))));
            return;
        }
        boolean changed = routes.letWrite(allowed);
        long topics = catalog.topics().stream().filter(Topic::writable).count();
        long count = changed ? topics : 0;
        request.answer(Answer.ok(out -> out.field(countField, count)));
    }

    /** All topics, if the cluster is this one. */
    void topicsOfCluster(Request request) {
        String cluster = GetTopicsByClusterHeader.decode(request.header()).cluster();
        List<String> names =
                cluster.equals(RouteHandler.CLUSTER)
                        ? catalog.topics().stream().map(Topic::name).toList()
                        : List.of();
        request.answer(Answer.ok(new TopicList(names).encode()));
    }

    /**
     * The names that stand for the cluster and the broker; more are told by {@link #systemTopics}.
     */
    void systemNames(Request request) {
        List<String> names = List.of(RouteHandler.CLUSTER, RouteHandler.BROKER_NAME);
        String address = routes.address(request.peer());
        request.answer(Answer.ok(new TopicList(names).encode(address)));
    }

    void systemTopics(Request request) {
        List<String> names = new ArrayList<>(Names.systemTopics());
        request.answer(Answer.ok(new TopicList(names).encode()));
    }

    // Settings.

    void settings(Request request) {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("clusterTest", "false");
        settings.put("enableTopicList", "true");
        settings.put("orderMessageEnable", "true");
        byte[] text = PropertiesText.write(settings);
        request.answer(Answer.ok(out -> out, Unpooled.wrappedBuffer(text)));
    }

    /** Refuses: the name service has no settings of its own. */
    void changeSettings(Request request) {
        SortedMap<String, String> wanted = PropertiesText.read(request);
        if (wanted == null) {
            return;
        }
        String first = wanted.isEmpty() ? "" : " such as [" + wanted.firstKey() + "]";
        request.fail(
                ResponseCode.NO_PERMISSION,
                "the name service here has no settings that can be changed%s: those of the broker are changed by updateBrokerConfig"
                        .formatted(PropertiesText.shown(first)));
    }
}
