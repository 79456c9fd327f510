package io.sluice.server.cli;

import io.sluice.server.config.Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Says, before anything is opened, which ports a server cannot have, who holds them, what to do.
 */
final class TakenPorts {
    /**
     * How far the suggested ports are from the taken ones; the VIP port is two below the broker's.
     */
    private static final int STEP = 10;

    private TakenPorts() {}

    /** The ports of the configuration that cannot be listened on now, with their setting's name. */
    static Map<Integer, String> probe(Config config) {
        Map<Integer, String> ports = new LinkedHashMap<>();
        ports.put(config.remotingPort(), "remoting-port");
        ports.put(config.brokerPort(), "broker-port");
        ports.put(config.vipPort(), "broker-port");
        ports.keySet().removeIf(port -> isFree(config.bind(), port));
        return ports;
    }

    private static boolean isFree(InetAddress bind, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(bind, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The message for {@code taken}, which is not empty. */
    static String explain(
            Map<Integer, String> taken, Config config, IntFunction<Optional<PortHolder>> holder) {
        List<String> lines = new ArrayList<>();
        TreeSet<Long> pids = new TreeSet<>();
        taken.forEach((port, setting) -> {
            Optional<PortHolder> found = holder.apply(port);
            found.ifPresent(it -> pids.add(it.pid()));
            String by =
                    found.map(it -> "process " + it.pid() + " (" + it.command() + ")")
                            .orElse("another process");
            lines.add("port %d (%s) is taken by %s".formatted(port, setting, by));
        });
        if (!pids.isEmpty()) {
            lines.add(
                    "to end it:            kill "
                            + pids.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
        lines.add("to start beside it:   ./sluice server" + flags(taken, config));
        return String.join("\n", lines);
    }

    private static String flags(Map<Integer, String> taken, Config config) {
        StringBuilder flags = new StringBuilder();
        if (taken.containsValue("remoting-port")) {
            flags.append(" --remoting-port ").append(config.remotingPort() + STEP);
        }
        if (taken.containsValue("broker-port")) {
            flags.append(" --broker-port ").append(config.brokerPort() + STEP);
        }
        return flags + " --data-dir " + config.dataDir() + "-2";
    }
}
