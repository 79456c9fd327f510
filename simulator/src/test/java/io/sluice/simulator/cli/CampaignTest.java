package io.sluice.simulator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.simulator.plan.Generator;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.run.Run;
import io.sluice.simulator.run.Verdict;
import io.sluice.simulator.world.DiskMemory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class CampaignTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(10);

    /** Runs seeds in threads, and remembers the hash of each. */
    private static Map<Long, Long> hashes(long from, int count, int threads)
            throws InterruptedException {
        Map<Long, Long> hashes = new ConcurrentSkipListMap<>();
        Campaign campaign =
                new Campaign(
                        Seeds.count(from, count),
                        threads,
                        LONG,
                        (plan, memory) -> {
                            Verdict verdict = Run.of(plan, memory);
                            hashes.put(plan.seed(), verdict.traceHash());
                            return verdict;
                        });
        campaign.run(tally -> {});
        return hashes;
    }

    @Test
    void shouldTraceTheSameForASeedInEveryThreadAndOrder() throws InterruptedException {
        int count = 50;
        Map<Long, Long> together = hashes(1, count, 4);
        assertEquals(
                LongStream.rangeClosed(1, count).boxed().toList(), List.copyOf(together.keySet()));
        DiskMemory memory = new DiskMemory();
        for (long seed = count; seed >= 1; seed--) {
            Verdict alone = Run.of(Generator.plan(seed), memory);
            assertEquals(together.get(seed), alone.traceHash(), "seed " + seed);
        }
        assertEquals(count, together.values().stream().distinct().count());
    }

    @Test
    void shouldTellTheSameWithAStoryAndWithoutOne() {
        Plan plan = Generator.plan(7);
        StringBuilder story = new StringBuilder();
        Verdict told = Run.of(plan, new DiskMemory(), line -> story.append(line).append('\n'));
        assertEquals(told.traceHash(), Run.of(plan, new DiskMemory()).traceHash());
        assertTrue(story.toString().contains("start 1"));
    }

    @Test
    void shouldReportAHistoryThatHangsAndGoOnWithTheOthers() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Verdict holds = Run.of(Generator.plan(1), new DiskMemory());
        Campaign campaign =
                new Campaign(
                        Seeds.count(10, 5),
                        1,
                        TimeUnit.MILLISECONDS.toNanos(300),
                        (plan, memory) -> {
                            if (plan.seed() == 12) {
                                awaitOrThrow(never);
                            }
                            return holds;
                        });
        Tally tally = campaign.run(t -> {});
        never.countDown();
        assertEquals(5, tally.histories());
        assertEquals(1, tally.failures().size());
        Failure failure = tally.failures().getFirst();
        assertEquals(12, failure.seed());
        assertTrue(failure.why().contains("awaitOrThrow"), failure.why());
    }

    private static void awaitOrThrow(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldCountEveryKindOfFaultInAGroup() {
        Verdict verdict = Run.of(Generator.plan(3), new DiskMemory());
        assertTrue(verdict.coverage().faultCount() > 0, "a seed without faults tests nothing");
        assertEquals(Map.of().keySet(), Pairs.unknown(verdict.coverage()));
    }

    @Test
    void shouldWriteCountsBriefly() {
        assertEquals("999", Numbers.brief(999));
        assertEquals("1.0k", Numbers.brief(1_000));
        assertEquals("12k", Numbers.brief(12_345));
        assertEquals("1.0M", Numbers.brief(999_999));
        assertEquals("100M", Numbers.brief(100_000_000));
    }

    @Test
    void shouldReportEveryPair() {
        Plan plan = Generator.plan(3);
        Tally tally = new Tally();
        tally.add(plan, Run.of(plan, new DiskMemory()));
        String report = Report.of(tally, 3);
        for (String fault : FaultGroup.kinds().keySet()) {
            assertTrue(report.contains("| " + fault + " |"), fault);
        }
        assertTrue(report.contains("seeds 3 to 3"), report);
        assertTrue(report.contains("Violations: 0"), report);
    }
}
