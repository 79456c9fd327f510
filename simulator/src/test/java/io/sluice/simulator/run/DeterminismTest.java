package io.sluice.simulator.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.simulator.plan.Generator;
import io.sluice.simulator.world.DiskMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A seed is one history: whatever ran before it, on whatever thread, and in whatever process. A
 * finding that cannot be lived through again is worth nothing.
 */
final class DeterminismTest {
    private static final int SEEDS = 50;

    @Test
    void shouldNotDependOnWhatRanBeforeNorOnTheThread() throws Exception {
        DiskMemory used = new DiskMemory();
        List<String> inOneMemory = histories(used);
        FutureTask<List<String>> other = new FutureTask<>(() -> histories(null));
        Thread.ofPlatform().start(other);
        assertEquals(inOneMemory, other.get());
    }

    /** What an object hashes to by default differs from process to process; here it is all 1. */
    @Test
    void shouldNotDependOnTheProcess()
            throws IOException, InterruptedException, ExecutionException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:+UnlockExperimentalVMOptions",
                                "-XX:hashCode=2",
                                "-cp",
                                System.getProperty("java.class.path"),
                                DeterminismTest.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        FutureTask<List<String>> there =
                new FutureTask<>(
                        () -> process.inputReader(StandardCharsets.UTF_8).lines().toList());
        Thread.ofVirtual().start(there);
        List<String> here = histories(null);
        assertEquals(here, there.get());
        assertEquals(0, process.waitFor());
    }

    /** The process of its own: prints one line for each history. */
    public static void main(String[] args) {
        histories(null).forEach(System.out::println);
    }

    /**
     * @param memory for all of them; null for a new one each time
     */
    private static List<String> histories(@Nullable DiskMemory memory) {
        List<String> all = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Verdict verdict =
                    Run.of(Generator.plan(seed), memory == null ? new DiskMemory() : memory);
            all.add(
                    "%d: %016x at %d ns %s"
                            .formatted(
                                    seed, verdict.traceHash(), verdict.atNanos(), verdict.what()));
        }
        return all;
    }
}
