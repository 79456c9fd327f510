package io.sluice.server.dispatch;

import io.sluice.engine.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/**
 * Topics whose queues keep their number for the sake of order: those with an entry in the name
 * service's table, which is where RocketMQ's tools write it.
 */
final class OrderedTopics {
    private static final String NAMESPACE = "ORDER_TOPIC_CONFIG";

    private OrderedTopics() {}

    /** The fixed queues of a topic, as {@code shard:queues;...}; null if it is no ordered one. */
    static @Nullable String queues(Catalog catalog, String topic) {
        return catalog.registry().value(NAMESPACE, topic);
    }

    static boolean contains(Catalog catalog, String topic) {
        return queues(catalog, topic) != null;
    }
}
