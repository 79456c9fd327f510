package io.sluice.simulator.shrink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.simulator.plan.Event;
import io.sluice.simulator.plan.Fault;
import io.sluice.simulator.plan.Generator;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.plan.Parameters;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.plan.Step;
import io.sluice.simulator.run.Run;
import io.sluice.simulator.world.DiskMemory;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ShrinkerTest {
    private static final Budget AMPLE = new Budget(20_000, 60_000);

    private static Plan planWith(Predicate<Plan> fails) {
        return LongStream.range(0, 2_000)
                .mapToObj(Generator::plan)
                .filter(fails)
                .findFirst()
                .orElseThrow();
    }

    private static List<Event> events(Plan plan) {
        return plan.steps().stream().map(Step::event).toList();
    }

    private static boolean isFollowed(Plan plan, Predicate<Event> first, Predicate<Event> second) {
        List<Event> events = events(plan);
        for (int i = 0; i < events.size(); i++) {
            if (first.test(events.get(i))) {
                return events.subList(i, events.size()).stream().anyMatch(second);
            }
        }
        return false;
    }

    @Test
    void shouldKeepOnlyTheStepsThatAreNeededWithTheirSimplestParameters() {
        Predicate<Plan> fails =
                plan ->
                        isFollowed(
                                plan,
                                e -> e instanceof Operation.Send send && send.sizeBytes() > 100,
                                e -> e instanceof Fault.Kill);
        Shrunk shrunk = Shrinker.shrink(planWith(fails), fails, AMPLE);
        assertTrue(shrunk.finished());
        assertEquals(
                List.of(new Operation.Send(0, 0, 1, 101, 0, 0, 0), new Fault.Kill(0)),
                events(shrunk.plan()));
        assertEquals(List.of(0L, 0L), shrunk.plan().steps().stream().map(Step::atNanos).toList());
    }

    @Test
    void shouldMakeNumbersSmallerEverywhereAtOnce() {
        // The same topic has to be sent to and deleted, whichever it is.
        Predicate<Plan> fails =
                plan ->
                        events(plan).stream()
                                .anyMatch(e ->
                                        e instanceof Operation.DeleteTopic deleted
                                                && events(plan).stream()
                                                        .anyMatch(o -> sends(o, deleted)));
        Plan plan = planWith(fails.and(p -> events(p).stream().noneMatch(ShrinkerTest::isFirst)));
        Plan shrunk = Shrinker.shrink(plan, fails, AMPLE).plan();
        assertEquals(2, shrunk.steps().size());
        assertTrue(events(shrunk).contains(new Operation.DeleteTopic(0)));
        assertTrue(events(shrunk).contains(new Operation.Send(0, 0, 1, 8, 0, 0, 0)));
    }

    private static boolean sends(Event event, Operation.DeleteTopic deleted) {
        return event instanceof Operation.Send send && send.topic() == deleted.topic();
    }

    private static boolean isFirst(Event event) {
        return event instanceof Operation.DeleteTopic deleted && deleted.topic() == 0;
    }

    @Test
    void shouldKeepTheTimeThatIsNeeded() {
        Predicate<Plan> fails =
                plan ->
                        plan.steps().stream()
                                .anyMatch(step ->
                                        step.event() instanceof Operation.Consume
                                                && step.atNanos() > 1_000_000_000L);
        Plan shrunk = Shrinker.shrink(planWith(fails), fails, AMPLE).plan();
        assertEquals(1, shrunk.steps().size());
        long atNanos = shrunk.steps().getFirst().atNanos();
        assertTrue(atNanos <= 2_001_000_000L && atNanos % 1_000_000 == 0, "at " + atNanos);
    }

    @Test
    void shouldSimplifyTheSetting() {
        Plan plan = planWith(p -> p.setting().async() && p.setting().stallPerMille() == 50);
        Setting setting = Shrinker.shrink(plan, p -> p.setting().async(), AMPLE).plan().setting();
        assertEquals(0, setting.stallPerMille());
        assertTrue(setting.async());
        assertEquals(plan.setting().profile(), setting.profile());
    }

    @Test
    void shouldKnowOnlyPartsOfTheSettingThatThereAre() {
        assertTrue(Parameters.names(Setting.class).containsAll(Simple.SETTING.keySet()));
    }

    @Test
    void shouldComeToTheSameEveryTime() {
        Predicate<Plan> fails =
                plan -> events(plan).stream().filter(Fault.class::isInstance).count() >= 3;
        Plan plan = planWith(fails);
        Plan shrunk = Shrinker.shrink(plan, fails, AMPLE).plan();
        assertEquals(3, shrunk.steps().size());
        assertEquals(shrunk, Shrinker.shrink(plan, fails, AMPLE).plan());
    }

    @Test
    void shouldStopWhenItsBudgetIsSpent() {
        Plan plan = Generator.plan(1);
        Shrunk shrunk = Shrinker.shrink(plan, p -> p.steps().size() >= 7, new Budget(5, 60_000));
        assertFalse(shrunk.finished());
        assertEquals(5, shrunk.runs());
        assertTrue(shrunk.plan().steps().size() >= 7);
        assertEquals(plan, Shrinker.shrink(plan, p -> true, new Budget(100, 0)).plan());
    }

    @Test
    void shouldShrinkAHistoryThatReallyRuns() {
        DiskMemory memory = new DiskMemory();
        Predicate<Plan> torn =
                plan -> Run.of(plan, memory).coverage().faults().containsKey("UNSYNCED_TORN");
        Plan plan = planWith(torn);
        Plan shrunk = Shrinker.shrink(plan, torn, new Budget(1_500, 60_000)).plan();
        assertTrue(torn.test(shrunk));
        assertTrue(
                shrunk.steps().size() <= 15 && plan.steps().size() > 300,
                "of %d steps are left: %s".formatted(plan.steps().size(), shrunk.steps()));
    }
}
