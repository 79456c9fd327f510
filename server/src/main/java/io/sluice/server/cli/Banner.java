package io.sluice.server.cli;

import io.sluice.server.config.Config;
import io.sluice.server.config.Durability;
import io.sluice.server.config.HostPort;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;

/** What a server says once clients can come. */
final class Banner {
    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 9876;

    private Banner() {}

    /**
     * @param sinceStart time from the start of the process
     */
    static String ready(String version, Config config, Duration sinceStart) {
        return """
        Sluice %s is ready (%s s)
          data      %s (%s)
          clients   %s (name server address; broker port %d, VIP port %d)%s
          security  %s
          next      ./sluice send greetings "hello"%s
                    ./sluice tail greetings --from beginning%s
        """
                .formatted(
                        version,
                        String.format(Locale.ROOT, "%.2f", sinceStart.toMillis() / 1000.0),
                        config.dataDir(),
                        durability(config.durability()),
                        reachedAt(config),
                        config.brokerPort(),
                        config.vipPort(),
                        config.advertise().map(it -> ", advertised as " + it).orElse(""),
                        security(config.bind()),
                        serverFlag(config),
                        serverFlag(config))
                .stripTrailing();
    }

    private static String durability(Durability durability) {
        return switch (durability) {
            case SYNC -> "sync: what is acknowledged is on disk";
            case ASYNC -> "async: a crash may lose what was acknowledged last";
        };
    }

    private static String security(InetAddress bind) {
        return bind.isLoopbackAddress()
                ? "this machine only; no access control"
                : "OPEN TO OTHER MACHINES, no access control (--insecure)";
    }

    private static HostPort reachedAt(Config config) {
        return new HostPort(config.bind().getHostAddress(), config.remotingPort());
    }

    /** The flag by which a command on this machine finds this server; empty if it needs none. */
    private static String serverFlag(Config config) {
        String host =
                config.bind().isAnyLocalAddress() ? DEFAULT_HOST : config.bind().getHostAddress();
        return config.remotingPort() == DEFAULT_PORT && host.equals(DEFAULT_HOST)
                ? ""
                : " --server " + new HostPort(host, config.remotingPort());
    }
}
