package io.sluice.server.cli;

import io.sluice.server.config.Config;
import io.sluice.server.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The command that starts a server beside one that has its ports: what was asked for, on ports that
 * are free and with data of its own.
 *
 * @param file the file of settings that was asked for
 * @param flags the settings given by flag
 * @param isFree whether a port can be listened on
 */
record Beside(Optional<Path> file, Map<Setting, String> flags, IntPredicate isFree) {
    /** Keeps the last digit, so that the port is still known for what it is. */
    private static final int STEP = 10;

    private static final int VIP_BELOW = 2;
    private static final int PORT_MAX = 65_535;
    private static final int PORT_UNPRIVILEGED = 1024;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,@%+=\\[\\]-]+");

    /**
     * @param config what {@code file} and {@code flags} came to
     * @param taken the names of the settings whose ports are taken
     */
    String command(Config config, Collection<String> taken) {
        Map<Setting, String> settings = new EnumMap<>(Setting.class);
        settings.putAll(flags);
        settings.putAll(ports(config, taken));
        settings.put(Setting.DATA_DIR, ownData(config.dataDir()).toString());
        StringBuilder command = new StringBuilder("./sluice server");
        file.ifPresent(path -> command.append(" --config ").append(quoted(path.toString())));
        settings.forEach((setting, text) ->
                command.append(" --%s %s".formatted(setting.key(), quoted(text))));
        return command.toString();
    }

    /** Free ones, which are none of those that the configuration has for something else. */
    private Map<Setting, String> ports(Config config, Collection<String> taken) {
        Map<Setting, String> ports = new EnumMap<>(Setting.class);
        Set<Integer> used = new HashSet<>();
        used.addAll(List.of(config.remotingPort(), config.brokerPort(), config.vipPort()));
        used.addAll(List.of(config.grpcPort(), config.httpPort()));
        IntPredicate usable = port -> !used.contains(port) && isFree.test(port);
        if (taken.contains(Setting.REMOTING_PORT.key())) {
            int remoting = after(config.remotingPort(), usable);
            ports.put(Setting.REMOTING_PORT, String.valueOf(remoting));
            used.add(remoting);
        }
        if (taken.contains(Setting.BROKER_PORT.key())) {
            int broker =
                    after(
                            config.brokerPort(),
                            port -> usable.test(port) && usable.test(port - VIP_BELOW));
            ports.put(Setting.BROKER_PORT, String.valueOf(broker));
        }
        return ports;
    }

    private static int after(int port, IntPredicate usable) {
        return IntStream.concat(upFrom(port), upFrom(PORT_UNPRIVILEGED))
                .filter(usable)
                .findFirst()
                .orElse(port);
    }

    private static IntStream upFrom(int port) {
        return IntStream.iterate(port + STEP, next -> next <= PORT_MAX, next -> next + STEP);
    }

    private static Path ownData(Path dataDir) {
        return IntStream.iterate(2, n -> n + 1)
                .mapToObj(n -> dataDir.resolveSibling(dataDir.getFileName() + "-" + n))
                .filter(directory -> !Files.exists(directory))
                .findFirst()
                .orElseThrow();
    }

    /** As a shell takes it. */
    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
