package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Machine MACHINE =
            new Machine(2, "processor", "1 kB", "6.1", "25", "ext4 on /dev/disk");
    private static final Options OPTIONS =
            Options.parse(
                    List.of("--name", "trial", "--root", "/project", "--dir", "/project/data"));

    private final List<Measurement> measurements = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<Double> noise = new ArrayList<>();

    @Test
    void shouldShowTheMedianRoundAndItsRatioToRocketMq() {
        measured("sluice", 1, 100_000, 2);
        measured("sluice", 2, 400_000, 2);
        measured("sluice", 3, 300_000, 3);
        measured("rocketmq-async", 1, 50_000, 20);
        String report = report();
        assertTrue(
                report.contains(
                        "| sluice | 300,000 | 307.2 | 1.000 | 1.000 | 1.000 | 2.001 | 2.001 | 2.0"
                                + " | 2.00 | 0.50 | 200 (100) | 1.35 | 6.00 | 0.10 |"),
                report);
    }

    @Test
    void shouldSayWhetherTheFirstBarIsMet() {
        measured("sluice", 1, 150_000, 8);
        measured("rocketmq-async", 1, 50_000, 20);
        assertTrue(report().contains("at least 3 × rocketmq-async: 3.00 ×, **met**"), report());
        assertTrue(report().contains("a third of rocketmq-async: 0.40 ×, **missed**"), report());
    }

    @Test
    void shouldJudgeNoBarWithoutBothSides() {
        measured("sluice", 1, 150_000, 8);
        assertFalse(report().contains("## Bars"), report());
        assertTrue(report().contains(" | – | – |"), report());
    }

    @Test
    void shouldShowFailuresAndFlagsWithoutPathsOfThisMachine() {
        failures.add(
                "sluice, round 1: scenario 1: no answer, see /project/data/benchmark-data/sluice/x.log");
        String report = report();
        assertTrue(report.contains("- sluice, round 1: scenario 1: no answer, see DATA/sluice"));
        assertTrue(report.contains("JDK 25: -Xmx1g Main --data-dir DATA/sluice"), report);
        assertFalse(report.contains("/project"), report);
    }

    @Test
    void shouldWarnOfANoisyMachine() {
        noise.addAll(List.of(0.0, 0.1, 0.02));
        assertTrue(report().contains("kept 0.02 processors busy (worst 0.10).\n"), report());
        noise.add(0.5);
        assertTrue(report().contains("(worst 0.50). **Too noisy to quote.**\n"), report());
    }

    @Test
    void shouldTakeTheMiddleOfAnEvenNumberOfRounds() {
        assertEquals(3, Summary.median(new double[] {9, 1, 5, 0}));
        assertEquals(5, Summary.median(new double[] {9, 1, 5}));
    }

    private String report() {
        List<Contender> contenders =
                List.of(
                        new SluiceContender(
                                OPTIONS.root().resolve("sluice"),
                                SluiceContender.Variant.DURABLE,
                                new Ports()),
                        new RocketMqContender(
                                new PeerJars(OPTIONS.root(), OPTIONS.root()),
                                RocketMqContender.Front.BROKER,
                                RocketMqContender.Flush.ASYNC_FLUSH,
                                new Ports()));
        Map<String, String> launches =
                Map.of(
                        "sluice",
                        "JDK 25: -Xmx1g Main --data-dir /project/data/benchmark-data/sluice");
        return new Report(
                        OPTIONS,
                        MACHINE,
                        contenders,
                        List.of(Scenario.ALL.getFirst()),
                        new Rounds.Outcome(measurements, failures, launches, noise))
                .markdown();
    }

    /** One second in which one message in 500 took 2 ms, as exact as a histogram is, the rest 1. */
    private void measured(String contender, int round, long messages, long serverCpuUs) {
        Histogram latency = new Histogram(3);
        latency.recordValueWithCount(1_000_000, messages - messages / 500);
        latency.recordValueWithCount(2_000_000, messages / 500);
        long serverCpuNs = messages * serverCpuUs * 1000;
        long loadCpuNs = messages * 500;
        measurements.add(
                new Measurement(
                        contender,
                        "1",
                        round,
                        new Load.Result(messages, 1_000_000_000, latency, loadCpuNs),
                        serverCpuNs,
                        serverCpuNs + loadCpuNs + 1_350_000_000,
                        new Usage(0, 200_000_000, 100_000_000)));
    }
}
