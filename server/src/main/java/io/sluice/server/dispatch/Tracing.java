package io.sluice.server.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Properties;
import io.sluice.protocol.HeartbeatData;

/**
 * What clients that trace messages need of a server. Consumers of 5.x trace only messages that say
 * by which region they came, which RocketMQ writes into every message. Here they say so where
 * somebody traces, that is, where the topic of traces is there: others do not pay for it.
 */
final class Tracing {
    /** What the groups of the producers begin with that send traces. */
    private static final String PRODUCERS = "_INNER_TRACE_PRODUCER";

    private static final byte[] REGION = "MSG_REGION".getBytes(US_ASCII);

    /** RocketMQ's, which has a name for it though there is only one. */
    private static final String THE_REGION = "DefaultRegion";

    private static final int ROOM_BYTES = 32;

    private final Broker broker;

    Tracing(Broker broker) {
        this.broker = broker;
    }

    private boolean isThere() {
        return broker.catalog().topic(Names.TRACE_TOPIC) != null;
    }

    /** Whether a client begins to trace, and the topic for it is not there. */
    boolean needsTopic(HeartbeatData data) {
        return !isThere()
                && data.producerGroups().stream().anyMatch(name -> name.startsWith(PRODUCERS));
    }

    /** The properties that a message to {@code topic} is stored with. */
    byte[] marked(Topic topic, byte[] properties) {
        boolean fits = properties.length + ROOM_BYTES <= Broker.PROPERTIES_SIZE_BYTES_MAX;
        return !isThere() || !fits || topic.system() || Properties.range(properties, REGION) >= 0
                ? properties
                : Properties.with(properties, REGION, THE_REGION);
    }
}
