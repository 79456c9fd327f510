package io.sluice.faults.disk;

import io.sluice.compat.harness.RawConnection;
import io.sluice.faults.Audit;
import io.sluice.faults.Ledger;
import io.sluice.faults.Load;
import io.sluice.faults.Node;
import io.sluice.faults.Plan;
import io.sluice.faults.ServerBuild;
import io.sluice.faults.Violations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A server on a disk of its own, with a load and what is known of it: from an empty disk until
 * {@link #close}.
 */
final class Stand implements AutoCloseable {
    private static final int REREAD_BLOCKS = 2;

    final LoopDisk disk;
    final Node node;
    final Ledger ledger;
    final Load load;
    final Topics topics;
    final Probe probe;
    private final Audit audit;
    private final String mountOptions;
    private long saidBefore;

    /**
     * @param log where the server prints to
     * @param mountOptions of ext4
     * @param settings of the server, beside the usual ones
     */
    Stand(
            ServerBuild build,
            LoopDisk disk,
            String mountOptions,
            Path log,
            Map<String, String> settings,
            long seed,
            Violations violations) {
        this.disk = disk;
        this.mountOptions = mountOptions;
        Map<String, String> all = new HashMap<>(settings);
        all.put("delay-levels", Plan.DELAY_LEVELS);
        node = new Node(build, disk.path().resolve("data"), log, all);
        ledger = new Ledger(Plan.usual(), violations);
        audit = new Audit(ledger, seed);
        load = new Load(ledger, seed, System::currentTimeMillis);
        topics = new Topics(violations);
        probe = new Probe(violations);
    }

    /** Mounts the empty disk, starts the server and creates what the load needs. */
    void begin() throws IOException, InterruptedException {
        mount();
        prepare();
    }

    /** Starts the server for the first time and creates what the load needs. */
    void prepare() throws IOException, InterruptedException {
        start();
        try (RawConnection server = node.connect()) {
            ledger.plan().create(server);
            probe.create(server);
        }
    }

    /** Starts the server; it has to. */
    void start() throws IOException, InterruptedException {
        launch();
        if (!node.awaitReady()) {
            ledger.violations().add("the server does not start: %s", node.reason());
            throw new IllegalStateException("the server does not start: " + node.reason());
        }
    }

    /** Starts the server and does not wait for it. */
    void launch() throws IOException {
        saidBefore = Files.exists(node.log()) ? Files.size(node.log()) : 0;
        node.launch();
    }

    /** What the server has printed since it was started last. */
    String said() throws IOException {
        try (var in = Files.newInputStream(node.log())) {
            in.skipNBytes(saidBefore);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    void mount() throws IOException {
        disk.mount(mountOptions);
    }

    /** Compares everything that is new with what was acknowledged, and some of the old again. */
    void audit() {
        try (RawConnection server = node.connect()) {
            audit.run(server, true);
            audit.rereadSome(server, REREAD_BLOCKS);
            probe.check(server);
            topics.check(server);
        }
    }

    /** Compares everything, and waits for all that was delayed. */
    void auditAll() throws InterruptedException {
        try (RawConnection server = node.connect()) {
            audit.settle(server);
            audit.rereadAll(server);
            probe.check(server);
            topics.check(server);
        }
    }

    /** Ends the server at once. */
    @Override
    public void close() {
        node.close();
    }
}
