package io.sluice.faults;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The server's wall clock jumps by minutes and hours, forward and back, under load and while the
 * server is down, {@code --times} times: store times never fall, nothing is removed that has not
 * expired, timers are not early by the server's clock, and all of them come once the clock has gone
 * past their time.
 */
final class ClockRig implements Rig {
    /** The clock stays within a day of the truth, and retention is three days. */
    private static final long OFFSET_MS_MAX = TimeUnit.HOURS.toMillis(24);

    private static final long JUMP_MS_MIN = TimeUnit.MINUTES.toMillis(1);
    private static final long JUMP_MS_MAX = TimeUnit.HOURS.toMillis(6);
    private static final int RESTART_ONE_IN = 4;
    private static final long LOADED_MS = 400;
    private static final long DRAIN_S = 20;
    private static final String PROBE = "probe";
    private static final long IN_TIME_S = 5;
    private static final long POLL_MS = 20;

    private final ServerBuild build;
    private int afterBack;
    private int inTimeAfterBack;
    private int forward;
    private int back;
    private int restarts;

    ClockRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Path directory = Directories.empty(options.directory().resolve("clock"));
        Optional<FakeClock> found = FakeClock.find(directory.resolve("offset"));
        if (found.isEmpty()) {
            return Report.skipped(
                    "there is no libfaketime; install it, or name it in FAKETIME_LIB");
        }
        FakeClock clock = found.get();
        Violations violations = new Violations();
        Ledger ledger = new Ledger(Plan.usual(), violations);
        try (Node node =
                new Node(
                        build,
                        directory.resolve("data"),
                        directory.resolve("server.log"),
                        Map.of("delay-levels", Plan.DELAY_LEVELS))) {
            Runtime.getRuntime().addShutdownHook(new Thread(node::close));
            clock.set(0);
            node.environment(clock.environment());
            node.start();
            if (!isFaked(node, clock)) {
                return Report.skipped("libfaketime does not change the clock of this JDK");
            }
            try (RawConnection connection = node.connect()) {
                ledger.plan().create(connection);
            }
            jumpAgainAndAgain(options, node, clock, ledger);
        }
        if (violations.count() == 0 && !options.keep()) {
            Directories.delete(directory);
        }
        return Report.of(
                """
                | clock set forward / back | %,d / %,d |
                | of them while the server was down | %,d |
                | after it was set back: a message delayed by 100 ms came within 5 s | %,d of %,d |
                | seed | %d |
                %s\
                """
                        .formatted(
                                forward,
                                back,
                                restarts,
                                inTimeAfterBack,
                                afterBack,
                                options.seed(),
                                ledger.tally().table()),
                violations);
    }

    /** Whether a message is stored at the time that the clock is set to, a minute ahead. */
    private static boolean isFaked(Node node, FakeClock clock) throws IOException {
        try (RawConnection connection = node.connect()) {
            var _ =
                    connection.request(
                            RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(PROBE, 1));
            clock.set(JUMP_MS_MIN);
            long before = System.currentTimeMillis();
            var _ =
                    connection.request(
                            RequestCode.SEND_MESSAGE, Fields.send(PROBE, 0), new byte[1]);
            Reply pulled =
                    connection.request(
                            RequestCode.PULL_MESSAGE, Fields.pull("look", PROBE, 0, 0, 1));
            clock.settled();
            return pulled.isOk() && Stored.storeMs(pulled.body(), 0) >= before + JUMP_MS_MIN - 1000;
        }
    }

    private void jumpAgainAndAgain(Options options, Node node, FakeClock clock, Ledger ledger)
            throws Exception {
        Audit audit = new Audit(ledger, options.seed());
        Load load = new Load(ledger, options.seed(), clock::earliestMs);
        SplittableRandom random = new SplittableRandom(options.seed());
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
        long highestMs = 0;
        while (forward + back < options.times() && System.nanoTime() < endNs) {
            long before = clock.offsetMs();
            long offsetMs = next(clock, random);
            highestMs = Math.max(highestMs, offsetMs);
            ledger.violations().during("clock at %s, then at %d ms".formatted(clock, offsetMs));
            boolean drained = true;
            if (random.nextInt(RESTART_ONE_IN) == 0) {
                jumpWhileDown(node, clock, offsetMs);
            } else {
                drained = jumpUnderLoad(node, clock, offsetMs, load, ledger.violations());
            }
            try (RawConnection connection = node.connect()) {
                audit.run(connection, drained);
                if (clock.offsetMs() < before) {
                    afterBack++;
                    inTimeAfterBack += comesInTime(connection) ? 1 : 0;
                }
            }
        }
        ledger.violations().during("clock at its highest again");
        clock.set(highestMs + JUMP_MS_MIN);
        try (RawConnection connection = node.connect()) {
            audit.settle(connection);
            audit.rereadAll(connection);
        }
    }

    /** Whether a message delayed by the shortest level comes within some seconds of true time. */
    private static boolean comesInTime(RawConnection connection) throws InterruptedException {
        long before = end(connection);
        Map<String, String> fields = new HashMap<>(Fields.send(PROBE, 0));
        fields.put("properties", "DELAY\u00011\u0002");
        var _ = connection.request(RequestCode.SEND_MESSAGE, fields, new byte[1]);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(IN_TIME_S);
        while (end(connection) == before && System.nanoTime() < endNs) {
            Thread.sleep(POLL_MS);
        }
        return end(connection) > before;
    }

    private static long end(RawConnection connection) {
        return connection
                .request(RequestCode.GET_MAX_OFFSET, Map.of("topic", PROBE, "queueId", "0"))
                .number("offset");
    }

    private long next(FakeClock clock, SplittableRandom random) {
        long jumpMs = random.nextLong(JUMP_MS_MIN, JUMP_MS_MAX);
        boolean goForward = random.nextBoolean();
        if (Math.abs(clock.offsetMs() + (goForward ? jumpMs : -jumpMs)) > OFFSET_MS_MAX) {
            goForward = !goForward;
        }
        forward += goForward ? 1 : 0;
        back += goForward ? 0 : 1;
        return clock.offsetMs() + (goForward ? jumpMs : -jumpMs);
    }

    private void jumpWhileDown(Node node, FakeClock clock, long offsetMs) throws Exception {
        node.kill();
        clock.set(offsetMs);
        clock.settled();
        node.start();
        restarts++;
    }

    private static boolean jumpUnderLoad(
            Node node, FakeClock clock, long offsetMs, Load load, Violations violations)
            throws InterruptedException {
        clock.announce(offsetMs);
        Thread jumper = Thread.ofPlatform().name("jumper").start(() -> jump(clock, offsetMs, load));
        Load.Result result =
                load.run(node.port(), Duration.ofMinutes(1), Duration.ofSeconds(DRAIN_S));
        jumper.join();
        clock.settled();
        if (result.broken() != null || !result.isDrained()) {
            violations.add("the load did not live through a jump: %s", result);
        }
        return result.isDrained();
    }

    private static void jump(FakeClock clock, long offsetMs, Load load) {
        try {
            Thread.sleep(LOADED_MS);
            clock.set(offsetMs);
            Thread.sleep(LOADED_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            load.end();
        }
    }
}
