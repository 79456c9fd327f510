package io.sluice.faults;

import io.sluice.compat.harness.RawConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * SIGSTOP for 0.1 to 10 s under load, then SIGCONT, {@code --times} times: no connection breaks,
 * everything under way is answered, messages flow again at once, and nothing is lost.
 */
final class PauseRig implements Rig {
    private static final int PAUSE_MS_MIN = 100;
    private static final int PAUSE_MS_MAX = 10_000;
    private static final int BETWEEN_MS_MIN = 200;
    private static final int BETWEEN_MS_MAX = 1_000;

    /** Messages have to flow again within this time after SIGCONT. */
    private static final long AGAIN_MAX_MS = 5_000;

    private static final long DRAIN_S = 20;

    private final ServerBuild build;
    private int pauses;
    private long pausedMs;
    private long againMaxMs;

    PauseRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Violations violations = new Violations();
        Ledger ledger = new Ledger(Plan.usual(), violations);
        Path directory = Directories.empty(options.directory().resolve("pause"));
        try (Node node =
                new Node(
                        build,
                        directory.resolve("data"),
                        directory.resolve("server.log"),
                        Map.of("delay-levels", Plan.DELAY_LEVELS))) {
            Runtime.getRuntime().addShutdownHook(new Thread(node::close));
            node.start();
            try (RawConnection connection = node.connect()) {
                ledger.plan().create(connection);
            }
            pauseAgainAndAgain(options, node, ledger);
        }
        if (violations.count() == 0 && !options.keep()) {
            Directories.delete(directory);
        }
        return Report.of(
                """
                | SIGSTOP … SIGCONT | %,d |
                | stopped in all | %,d s |
                | first acknowledgement after SIGCONT, at most | %,d ms |
                | seed | %d |
                %s\
                """
                        .formatted(
                                pauses,
                                pausedMs / 1000,
                                againMaxMs,
                                options.seed(),
                                ledger.tally().table()),
                violations);
    }

    private void pauseAgainAndAgain(Options options, Node node, Ledger ledger)
            throws InterruptedException {
        Audit audit = new Audit(ledger, options.seed());
        Load load = new Load(ledger, options.seed(), System::currentTimeMillis);
        SplittableRandom random = new SplittableRandom(options.seed());
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
        while (pauses < options.times() && System.nanoTime() < endNs) {
            ledger.violations().during("pause " + (pauses + 1));
            Thread pauser =
                    Thread.ofPlatform()
                            .name("pauser")
                            .start(() -> pause(node, load, random, ledger.violations()));
            Load.Result result =
                    load.run(node.port(), Duration.ofMinutes(2), Duration.ofSeconds(DRAIN_S));
            pauser.join();
            if (result.broken() != null || !result.isDrained()) {
                ledger.violations().add("the pause was seen as more than a pause: %s", result);
            }
            try (RawConnection connection = node.connect()) {
                audit.run(connection, result.isDrained());
            }
        }
        ledger.violations().during("after the last pause");
        try (RawConnection connection = node.connect()) {
            audit.settle(connection);
            audit.rereadAll(connection);
        }
    }

    /** A few pauses in one load, whose connections live through all of them. */
    private void pause(Node node, Load load, SplittableRandom random, Violations violations) {
        try {
            for (int i = 0; i < 3; i++) {
                Thread.sleep(random.nextInt(BETWEEN_MS_MIN, BETWEEN_MS_MAX));
                node.pause();
                int ms = random.nextInt(PAUSE_MS_MIN, PAUSE_MS_MAX);
                Thread.sleep(ms);
                long before = load.acknowledged();
                long resumedNs = System.nanoTime();
                node.resume();
                long againMs = awaitMore(load, before, resumedNs);
                if (againMs > AGAIN_MAX_MS) {
                    violations.add("no acknowledgement %d ms after SIGCONT", againMs);
                }
                againMaxMs = Math.max(againMaxMs, againMs);
                pausedMs += ms;
                pauses++;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            load.end();
        }
    }

    private static long awaitMore(Load load, long before, long sinceNs)
            throws InterruptedException {
        long ms = 0;
        while (load.acknowledged() <= before && ms <= AGAIN_MAX_MS) {
            Thread.sleep(1);
            ms = (System.nanoTime() - sinceNs) / 1_000_000;
        }
        return ms;
    }
}
