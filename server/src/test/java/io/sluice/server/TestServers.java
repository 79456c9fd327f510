package io.sluice.server;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.server.config.Config;
import io.sluice.server.config.Durability;
import io.sluice.server.config.TransactionSettings;
import io.sluice.server.dispatch.Admission;
import io.sluice.server.remoting.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Whole servers on free ports of the loopback address. */
public final class TestServers {
    private TestServers() {}

    /** Delay level 1 is 1 ms, the others are hours, so that what is delayed is seen to be. */
    public static Config config(Path dataDir) {
        return config(dataDir, true);
    }

    private static Config config(Path dataDir, boolean autoCreateTopics) {
        return new Config(
                dataDir,
                InetAddress.getLoopbackAddress(),
                Optional.empty(),
                0,
                0,
                0,
                0,
                autoCreateTopics,
                8,
                List.of(Duration.ofMillis(1), Duration.ofHours(1)),
                Duration.ofHours(72),
                OptionalLong.empty(),
                Durability.SYNC,
                false,
                new TransactionSettings(
                        Duration.ofMillis(300),
                        Duration.ofMillis(300),
                        2,
                        Duration.ofHours(72),
                        100),
                Duration.ofDays(365));
    }

    public static Server start(Path dataDir) throws IOException {
        return Server.start(config(dataDir));
    }

    public static Server start(Path dataDir, ByteBufAllocator allocator, Limits limits)
            throws IOException {
        return Server.start(config(dataDir), allocator, limits, List.of());
    }

    /** One whose topics are those that were created on purpose. */
    public static Server startWithoutAutoCreate(Path dataDir, ByteBufAllocator allocator)
            throws IOException {
        return Server.start(config(dataDir, false), allocator, Limits.DEFAULT, List.of());
    }

    /** One that asks a rule before it lets a request in. */
    public static Server startWith(Path dataDir, Admission.Rule rule) throws IOException {
        return Server.start(
                config(dataDir), ByteBufAllocator.DEFAULT, Limits.DEFAULT, List.of(rule));
    }
}
