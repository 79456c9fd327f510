package io.sluice.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.RawConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real server, killed under a load of every kind of message: a short run of the rig. */
@Timeout(300)
class KillRigTest {
    private static final int KILLS = 20;
    private static final long SECONDS_MAX = 45;
    private static final long SEED = 7;
    private static final int ACKNOWLEDGED_PER_KILL_MAX = 10_000;

    private final ServerBuild build =
            ServerBuild.of(
                    Path.of(System.getProperty("faults.sluice-jvm-options")),
                    Path.of(System.getProperty("faults.sluice-classpath")));
    private final Path work = Path.of(System.getProperty("faults.work-dir"));

    @Test
    void shouldKeepEveryPromiseThroughKills() throws Exception {
        Options options = new Options(work, work, KILLS, SECONDS_MAX, SEED, false);
        Rig.Report report = new KillRig(build, ACKNOWLEDGED_PER_KILL_MAX).run(options);
        assertEquals(List.of(), report.violations().kept());
        System.out.print(report.table());
    }

    /** Otherwise the test above could not fail. */
    @Test
    void shouldNoticeThatTheServersDataAreAnOlderCopy() throws Exception {
        Path directory = Directories.empty(work.resolve("older-copy"));
        Path data = directory.resolve("data");
        Violations violations = new Violations();
        Ledger ledger = new Ledger(Plan.usual(), violations);
        Audit audit = new Audit(ledger, SEED);
        Load load = new Load(ledger, SEED, System::currentTimeMillis);
        try (Node node =
                new Node(
                        build,
                        data,
                        directory.resolve("server.log"),
                        Map.of("delay-levels", Plan.DELAY_LEVELS))) {
            node.start();
            try (RawConnection connection = node.connect()) {
                ledger.plan().create(connection);
            }
            node.kill();
            copy(data, directory.resolve("copy"));
            node.start();
            Load.Result result =
                    load.run(node.port(), Duration.ofSeconds(1), Duration.ofSeconds(20));
            assertTrue(result.isDrained() && result.acknowledged() > 0, result::toString);
            node.kill();
            Directories.delete(data);
            copy(directory.resolve("copy"), data);
            node.start();
            try (RawConnection connection = node.connect()) {
                audit.run(connection, true);
            }
            node.kill();
        }
        List<String> found = violations.kept();
        assertTrue(
                found.stream().filter(text -> text.contains("has to reach to")).count()
                        >= ledger.plan().plainQueues(),
                found::toString);
        assertTrue(
                found.stream().anyMatch(text -> text.contains("had committed")), found::toString);
        assertTrue(ledger.awaited() > 0, "delayed messages that will never come");
        Directories.delete(directory);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
