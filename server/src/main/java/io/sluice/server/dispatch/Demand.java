package io.sluice.server.dispatch;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to do what with what.
 *
 * @param clientId as the client says; empty if it has not said
 * @param from where it is
 * @param topic null if none is named, or in a remoting request's body alone
 * @param group that consumes, likewise
 */
public record Demand(
        Action action,
        String clientId,
        InetSocketAddress from,
        @Nullable String topic,
        @Nullable String group) {}
