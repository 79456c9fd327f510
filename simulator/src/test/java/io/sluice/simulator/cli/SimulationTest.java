package io.sluice.simulator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Two thousand histories with every change; {@code -Dsluice.simulation.seeds=N} for others. More:
 * {@code ./simulate}.
 */
final class SimulationTest {
    private static final long FROM = 1;
    private static final long SEEDS = Long.getLong("sluice.simulation.seeds", 2_000);

    @Test
    void shouldKeepEveryPromiseInEveryHistory() throws InterruptedException {
        Campaign campaign =
                new Campaign(
                        Seeds.count(FROM, SEEDS),
                        Runtime.getRuntime().availableProcessors(),
                        TimeUnit.SECONDS.toNanos(60));
        Tally tally = campaign.run(new Progress(System.out, false));
        System.out.println(Summary.line(tally, FROM));
        assertEquals(SEEDS, tally.histories());
        assertTrue(
                tally.failures().isEmpty(),
                () ->
                        tally.failures().stream()
                                .limit(20)
                                .map(f -> f.seed() + ": " + f.why() + "\n    " + f.command())
                                .collect(
                                        Collectors.joining(
                                                "\n", "broken promises, by seed:\n", "")));
        assertEquals(new TreeSet<String>(), Pairs.unknown(tally.coverage()), "faults in no group");
    }
}
