package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.BrokerConfig;
import io.sluice.protocol.ResponseCode;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the settings and changes those few that {@link LiveSetting} knows, all or none of a
 * request, until the server is started anew: what lasts is said by its flags, environment and file,
 * which no client can reach.
 */
final class SettingsHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsHandler.class);

    /** Where data lies, and what RocketMQ itself lets nobody change. */
    private static final Set<String> FORBIDDEN =
            Set.of("data-dir", "brokerConfigPath", "rocketmqHome", "configBlackList");

    private final Broker broker;
    private final SortedMap<String, String> fixed;

    /**
     * @param fixed settings that do not change while the server runs, by name
     */
    SettingsHandler(Broker broker, SortedMap<String, String> fixed) {
        this.broker = broker;
        this.fixed = fixed;
    }

    void tell(Request request) {
        SortedMap<String, String> all = new TreeMap<>(fixed);
        all.put("brokerName", RouteHandler.BROKER_NAME);
        all.put("brokerClusterName", RouteHandler.CLUSTER);
        all.put("brokerId", "0");
        all.put("brokerRole", "ASYNC_MASTER");
        all.put("maxMessageSize", "" + Broker.BODY_SIZE_BYTES_MAX);
        LiveSetting.tell(broker.config(), all);
        byte[] text = PropertiesText.write(all);
        request.answer(Answer.ok(out -> out.field("version", "{}"), Unpooled.wrappedBuffer(text)));
    }

    void change(Request request) {
        SortedMap<String, String> wanted = PropertiesText.read(request);
        if (wanted == null) {
            return;
        }
        UnaryOperator<BrokerConfig> change = UnaryOperator.identity();
        for (Map.Entry<String, String> each : wanted.entrySet()) {
            UnaryOperator<BrokerConfig> one = one(request, each.getKey(), each.getValue());
            if (one == null) {
                return;
            }
            UnaryOperator<BrokerConfig> before = change;
            change = config -> one.apply(before.apply(config));
        }
        if (!wanted.isEmpty()) {
            broker.reconfigure(change);
            LOG.info("{} changed until the next start, by {}", wanted, request.peer());
        }
        request.answer(Answer.DONE);
    }

    /** The change of one setting; null if the request was refused. */
    private @Nullable UnaryOperator<BrokerConfig> one(Request request, String name, String value) {
        LiveSetting<?> setting = LiveSetting.named(name);
        if (setting == null) {
            boolean known = fixed.containsKey(name) || FORBIDDEN.contains(name);
            request.fail(
                    known ? ResponseCode.NO_PERMISSION : ResponseCode.INVALID_PARAMETER,
                    "[%s] %s; while the server runs, these can be changed: %s"
                            .formatted(
                                    PropertiesText.shown(name),
                                    known ? "is fixed at start" : "is no setting",
                                    String.join(", ", LiveSetting.names())));
            return null;
        }
        try {
            return setting.change(value);
        } catch (IllegalArgumentException e) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "%s is %s, not '%s'"
                            .formatted(name, setting.expected(), PropertiesText.shown(value)));
            return null;
        }
    }
}
