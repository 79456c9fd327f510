package io.sluice.fuzz;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.BrokerConfig;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.FileMetadataStore;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import java.io.IOException;
import java.util.List;

/** A whole engine on disks in memory, small, so that little crosses segments. */
public final class Engine {
    /** The alignment of the log's disk, in bytes. */
    public static final int ALIGNMENT_BYTES = 64;

    private static final int DEFAULT_QUEUES = 2;
    private static final long RETENTION_MS = 72L * 3600 * 1000;
    private static final List<Long> DELAYS_MS = List.of(1_000L, 5_000L, 10_000L, 30_000L);

    private final Turns turns;
    private final Broker broker;
    private final LocalLog log;

    private Engine(Turns turns, Broker broker, LocalLog log) {
        this.turns = turns;
        this.broker = broker;
        this.log = log;
    }

    /**
     * Recovers what is on the disks.
     *
     * @throws IOException if that is damaged, and says so
     */
    public static Engine start(Disk meta, Disk files, LocalLogConfig config, Turns turns)
            throws IOException {
        FileMetadataStore store = new FileMetadataStore(meta, turns);
        Catalog catalog = Catalog.open(store, turns, turns);
        LocalLog log = new LocalLog(files, config, turns, turns, turns, turns);
        BrokerConfig settings =
                new BrokerConfig(
                        DEFAULT_QUEUES,
                        true,
                        DELAYS_MS,
                        RETENTION_MS,
                        Long.MAX_VALUE,
                        false,
                        host());
        Broker broker = new Broker(settings, catalog, log, turns, turns, turns);
        broker.start();
        turns.run();
        return new Engine(turns, broker, log);
    }

    /** Address and port that stored messages carry. */
    public static byte[] host() {
        return new byte[] {127, 0, 0, 1, 0, 0, 42, -97};
    }

    public Broker broker() {
        return broker;
    }

    public Turns turns() {
        return turns;
    }

    public LocalLog log() {
        return log;
    }
}
