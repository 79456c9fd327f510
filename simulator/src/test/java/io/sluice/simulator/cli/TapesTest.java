package io.sluice.simulator.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.simulator.plan.Tape;
import io.sluice.simulator.run.Run;
import io.sluice.simulator.run.Verdict;
import io.sluice.simulator.world.DiskMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Histories that were worth keeping, most of them because a promise was broken in them once. To add
 * one: {@code ./simulate --seed N --shrink}, and once it is mended, move its tape here.
 */
final class TapesTest {
    private static final Path TAPES = Path.of("src", "test", "resources", "tapes");

    @TestFactory
    List<DynamicTest> shouldKeepEveryPromiseOn() throws IOException {
        try (Stream<Path> files = Files.list(TAPES)) {
            List<DynamicTest> tests =
                    files.filter(file -> file.toString().endsWith(".tape"))
                            .sorted()
                            .map(file ->
                                    DynamicTest.dynamicTest(
                                            String.valueOf(file.getFileName()), () -> replay(file)))
                            .toList();
            assertTrue(!tests.isEmpty(), "no tapes in " + TAPES.toAbsolutePath());
            return tests;
        }
    }

    private static void replay(Path file) throws IOException {
        Verdict verdict = Run.of(Tape.read(Files.readString(file)), new DiskMemory());
        assertTrue(
                verdict.holds(),
                () ->
                        "%s%n    ./simulate --tape simulator/%s --story"
                                .formatted(verdict.why(), file));
    }
}
