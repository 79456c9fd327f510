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
    /** Ports below it need a privilege on most systems. */
    private static final int UNPRIVILEGED = 1024;

    private TakenPorts() {}

    /**
     * The ports of the configuration that someone else listens on now, with their setting's name.
     *
     * @throws CommandException if one cannot be listened on for another reason
     */
    static Map<Integer, String> probe(Config config) throws CommandException {
        Map<Integer, String> ports = new LinkedHashMap<>();
        ports.put(config.remotingPort(), "remoting-port");
        ports.put(config.brokerPort(), "broker-port");
        ports.put(config.vipPort(), "broker-port");
        ports.put(config.grpcPort(), "grpc-port");
        Map<Integer, String> taken = new LinkedHashMap<>();
        for (var port : ports.entrySet()) {
            Optional<String> refusal = refusal(config.bind(), port.getKey());
            if (refusal.isPresent()) {
                if (!isTaken(refusal.get())) {
                    throw new CommandException(
                            CommandException.FAILED,
                            unusable(config.bind(), port.getKey(), port.getValue(), refusal.get()));
                }
                taken.put(port.getKey(), port.getValue());
            }
        }
        return taken;
    }

    static boolean isFree(InetAddress bind, int port) {
        return refusal(bind, port).isEmpty();
    }

    /** What the system says when asked to listen there; empty if it would. */
    private static Optional<String> refusal(InetAddress bind, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(bind, port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** By the words, since the JDK has one exception for all that the system may say. */
    private static boolean isTaken(String refusal) {
        return refusal.contains("in use");
    }

    /** The message for a port that nobody else has and that still cannot be listened on. */
    static String unusable(InetAddress bind, int port, String setting, String refusal) {
        String remedy =
                port < UNPRIVILEGED && refusal.contains("ermission denied")
                        ? "ports below %d need a privilege; choose a higher one with --%s"
                                .formatted(UNPRIVILEGED, setting)
                        : "bind must be an address of this machine";
        return "cannot listen on %s:%d (%s): %s; %s"
                .formatted(bind.getHostAddress(), port, setting, refusal, remedy);
    }

    /**
     * The message for {@code taken}, which is not empty.
     *
     * @param beside the command that starts the server beside those that hold the ports
     */
    static String explain(
            Map<Integer, String> taken, IntFunction<Optional<PortHolder>> holder, String beside) {
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
        lines.add("to start beside it:   " + beside);
        return String.join("\n", lines);
    }
}
