package io.sluice.faults;

import io.sluice.compat.harness.RawConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * SIGKILL at random moments, {@code --times} of them: under load, and some while the server starts
 * and recovers. After each one under load everything new is audited, and some of the old read
 * again; in the end all of it.
 */
final class KillRig implements Rig {
    /** One kill in so many comes while the server starts. */
    private static final int STARTING_ONE_IN = 5;

    private static final int STARTING_MS_MAX = 600;

    private static final int LOADED_MS_MAX = 50;
    private static final long WAIT_MAX_S = 60;
    private static final int REREAD_BLOCKS = 2;
    private static final int SHOW_EVERY = 10;

    private final ServerBuild build;
    private final int acknowledgedMax;
    private int whileStarting;
    private int afterStart;

    /**
     * @param acknowledgedMax a kill comes after up to so many acknowledged messages
     */
    KillRig(ServerBuild build, int acknowledgedMax) {
        this.build = build;
        this.acknowledgedMax = acknowledgedMax;
    }

    @Override
    public Report run(Options options) throws Exception {
        Violations violations = new Violations();
        Ledger ledger = new Ledger(Plan.usual(), violations);
        Path directory = Directories.empty(options.directory().resolve("kill"));
        long startNs = System.nanoTime();
        try (Node node =
                new Node(
                        build,
                        directory.resolve("data"),
                        directory.resolve("server.log"),
                        Map.of("delay-levels", Plan.DELAY_LEVELS))) {
            Runtime.getRuntime().addShutdownHook(new Thread(node::close));
            new Rounds(options, node, ledger, startNs).run();
        }
        long seconds = (System.nanoTime() - startNs) / 1_000_000_000;
        if (violations.count() == 0 && !options.keep()) {
            Directories.delete(directory);
        }
        return Report.of(
                """
                | SIGKILL under load / while starting | %,d / %,d |
                | time | %,d s |
                | seed | %d |
                %s\
                """
                        .formatted(
                                afterStart,
                                whileStarting,
                                seconds,
                                options.seed(),
                                ledger.tally().table()),
                violations);
    }

    private final class Rounds {
        private final Options options;
        private final Node node;
        private final Ledger ledger;
        private final Audit audit;
        private final Load load;
        private final SplittableRandom random;
        private final long startNs;

        Rounds(Options options, Node node, Ledger ledger, long startNs) {
            this.options = options;
            this.node = node;
            this.ledger = ledger;
            this.startNs = startNs;
            random = new SplittableRandom(options.seed());
            audit = new Audit(ledger, options.seed());
            load = new Load(ledger, options.seed(), System::currentTimeMillis);
        }

        void run() throws InterruptedException {
            node.startSoonerFromNowOn();
            node.start();
            try (RawConnection connection = node.connect()) {
                ledger.plan().create(connection);
            }
            while (whileStarting + afterStart < options.times() && !isOver()) {
                ledger.violations().during("kill " + (whileStarting + afterStart + 1));
                round();
                if ((whileStarting + afterStart) % SHOW_EVERY == 0) {
                    show();
                }
            }
            try (RawConnection connection = node.connect()) {
                ledger.violations().during("after the last kill");
                audit.settle(connection);
                audit.rereadAll(connection);
            }
        }

        private boolean isOver() {
            return System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(options.seconds());
        }

        /** The server is up and audited before and after. */
        private void round() throws InterruptedException {
            killUnderLoad();
            node.launch();
            while (random.nextInt(STARTING_ONE_IN) == 0) {
                Thread.sleep(random.nextInt(STARTING_MS_MAX));
                node.kill();
                whileStarting++;
                node.launch();
            }
            if (!node.awaitReady()) {
                throw new IllegalStateException(
                        "the server does not start again: " + node.reason());
            }
            try (RawConnection connection = node.connect()) {
                audit.run(connection, true);
                audit.rereadSome(connection, REREAD_BLOCKS);
            }
        }

        private void killUnderLoad() throws InterruptedException {
            int delayMs = random.nextInt(LOADED_MS_MAX);
            long enough = load.acknowledged() + random.nextInt(acknowledgedMax);
            Thread killer =
                    Thread.ofPlatform().name("killer").start(() -> killAfter(enough, delayMs));
            Load.Result result =
                    load.run(node.port(), Duration.ofSeconds(2 * WAIT_MAX_S), Duration.ZERO);
            killer.join();
            afterStart++;
            if (result.broken() == null) {
                throw new IllegalStateException("the load did not see the kill: " + result);
            }
        }

        private void killAfter(long enough, int delayMs) {
            try {
                long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_MAX_S);
                while (load.acknowledged() < enough && System.nanoTime() < endNs) {
                    Thread.sleep(1);
                }
                Thread.sleep(delayMs);
                node.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void show() {
            long seconds = (System.nanoTime() - startNs) / 1_000_000_000;
            System.out.printf(
                    "%,5d s  %,5d kills  %,12d acknowledged  %,12d audited  %d broken%n",
                    seconds,
                    whileStarting + afterStart,
                    ledger.tally().messages(),
                    ledger.tally().audited(),
                    ledger.violations().count());
        }
    }
}
