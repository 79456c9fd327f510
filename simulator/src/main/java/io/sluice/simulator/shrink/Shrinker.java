package io.sluice.simulator.shrink;

import io.sluice.simulator.plan.Event;
import io.sluice.simulator.plan.Fault;
import io.sluice.simulator.plan.Operation;
import io.sluice.simulator.plan.Parameters;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.plan.Setting;
import io.sluice.simulator.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Leaves out of a failing plan whatever it fails without. In this order, again and again until
 * nothing more helps:
 *
 * <ol>
 *   <li>Operations: all of them, halves, quarters, down to single ones, the last ones first
 *       (Zeller, Hildebrandt: "Simplifying and isolating failure-inducing input", TSE 2002).
 *   <li>Faults, in the same way.
 *   <li>Topics, queues, groups and clients: one after the other becomes one with a smaller number.
 *   <li>The setting: each part to its most common value.
 *   <li>Parameters: to their smallest value, for all events at once or for each, or as near to it
 *       as a bisection gets.
 *   <li>Times: the gaps between steps to nothing, or half as long; what is left to whole ms.
 * </ol>
 *
 * Deterministic, unless the clock ends it. Each change makes a plan shorter or a value simpler, so
 * that it comes to an end.
 */
public final class Shrinker {
    private static final long NANOS_PER_MS = 1_000_000L;

    private final Predicate<Plan> fails;
    private final Budget budget;
    private final long beganNanos = System.nanoTime();
    private Plan best;
    private int runs;

    private Shrinker(Plan plan, Predicate<Plan> fails, Budget budget) {
        this.best = plan;
        this.fails = fails;
        this.budget = budget;
    }

    /**
     * The simplest plan found.
     *
     * @param plan one that fails
     * @param fails always says the same of the same plan
     */
    public static Shrunk shrink(Plan plan, Predicate<Plan> fails, Budget budget) {
        Shrinker shrinker = new Shrinker(plan, fails, budget);
        Plan before;
        do {
            before = shrinker.best;
            shrinker.round();
        } while (!shrinker.best.equals(before) && !shrinker.isSpent());
        return new Shrunk(shrinker.best, shrinker.runs, !shrinker.isSpent());
    }

    private void round() {
        drop(Operation.class);
        drop(Fault.class);
        Simple.NUMBERS.stream().sorted().forEach(this::mergeNumbers);
        simplifySetting();
        simplifyParameters();
        shortenGaps();
    }

    private boolean isSpent() {
        return runs >= budget.runsMax()
                || System.nanoTime() - beganNanos >= TimeUnit.MILLISECONDS.toNanos(budget.ms());
    }

    /** Takes a plan for the best one if it still fails. */
    private boolean attempt(Plan candidate) {
        if (isSpent() || candidate.equals(best)) {
            return false;
        }
        runs++;
        boolean failed = fails.test(candidate);
        if (failed) {
            best = candidate;
        }
        return failed;
    }

    private interface Range {
        void attempt(int from, int to);
    }

    /** Offers all, then halves, quarters, down to single ones; the last ones first. */
    private void ranges(IntSupplier size, Range range) {
        for (int length = size.getAsInt(); length > 0 && !isSpent(); length /= 2) {
            for (int end = size.getAsInt(); end > 0; end -= length) {
                range.attempt(Math.max(0, end - length), end);
            }
        }
    }

    // Fewer steps.

    private void drop(Class<? extends Event> sort) {
        ranges(
                () -> places(sort).size(),
                (from, to) -> {
                    TreeSet<Integer> dropped = new TreeSet<>(places(sort).subList(from, to));
                    List<Step> kept = new ArrayList<>();
                    for (int i = 0; i < best.steps().size(); i++) {
                        if (!dropped.contains(i)) {
                            kept.add(best.steps().get(i));
                        }
                    }
                    attempt(best.with(kept));
                });
    }

    private List<Integer> places(Class<? extends Event> sort) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < best.steps().size(); i++) {
            if (sort.isInstance(best.steps().get(i).event())) {
                places.add(i);
            }
        }
        return places;
    }

    // Fewer topics, queues, groups, clients.

    private void mergeNumbers(String name) {
        TreeSet<Integer> used = new TreeSet<>();
        for (Step step : best.steps()) {
            if (has(step.event(), name)) {
                used.add((Integer) Parameters.value((Record) step.event(), name));
            }
        }
        for (int number : used.tailSet(1, true).descendingSet()) {
            for (int smaller = 0; smaller < number; smaller++) {
                if (attempt(merged(name, number, smaller))) {
                    break;
                }
            }
        }
    }

    private Plan merged(String name, int number, int smaller) {
        return eachEvent(event ->
                has(event, name) && Parameters.value((Record) event, name).equals(number)
                        ? Parameters.with(event, name, smaller)
                        : event);
    }

    private Plan eachEvent(UnaryOperator<Event> change) {
        return best.with(
                best.steps().stream()
                        .map(s -> new Step(s.atNanos(), s.salt(), change.apply(s.event())))
                        .toList());
    }

    private static boolean has(Event event, String name) {
        return Parameters.names(event.getClass()).contains(name);
    }

    // Simpler values.

    private void simplifySetting() {
        new TreeMap<>(Simple.SETTING)
                .forEach((name, value) -> {
                    Setting setting = Parameters.with(best.setting(), name, value);
                    attempt(new Plan(best.seed(), setting, best.steps()));
                });
    }

    private void simplifyParameters() {
        TreeSet<String> names = new TreeSet<>();
        best.steps().forEach(step -> names.addAll(Parameters.names(step.event().getClass())));
        names.removeAll(Simple.NUMBERS);
        names.removeAll(Simple.KEPT);
        for (String name : names) {
            attempt(eachEvent(event -> simplest(event, name)));
        }
        for (int i = best.steps().size() - 1; i >= 0; i--) {
            for (String name : names) {
                simplify(i, name);
            }
        }
    }

    private void simplify(int place, String name) {
        Event event = best.steps().get(place).event();
        if (attempt(at(place, simplest(event, name))) || !has(event, name)) {
            return;
        }
        if (Parameters.value((Record) event, name) instanceof Integer value) {
            bisect(place, name, Simple.least(event.getClass(), name), value);
        }
    }

    /** Searches between a value that does not fail and one that does. */
    private void bisect(int place, String name, int holds, int broken) {
        int low = holds;
        int high = broken;
        while (Math.abs((long) high - low) > 1 && !isSpent()) {
            int middle = (int) (((long) low + high) / 2);
            Event event = best.steps().get(place).event();
            if (attempt(at(place, Parameters.with(event, name, middle)))) {
                high = middle;
            } else {
                low = middle;
            }
        }
    }

    private Plan at(int place, Event event) {
        List<Step> steps = new ArrayList<>(best.steps());
        Step old = steps.get(place);
        steps.set(place, new Step(old.atNanos(), old.salt(), event));
        return best.with(steps);
    }

    private static Event simplest(Event event, String name) {
        if (!has(event, name)) {
            return event;
        }
        return switch (Parameters.value((Record) event, name)) {
            case Boolean value -> Parameters.with(event, name, false);
            case Integer value ->
                    Parameters.with(event, name, Simple.least(event.getClass(), name));
            case Enum<?> value ->
                    Parameters.with(event, name, value.getDeclaringClass().getEnumConstants()[0]);
            default -> event;
        };
    }

    // Less time.

    private void shortenGaps() {
        for (UnaryOperator<Long> shorter : SHORTER) {
            ranges(
                    () -> best.steps().size(),
                    (from, to) -> {
                        while (attempt(shortened(from, to, shorter))) {
                            // As often as it helps.
                        }
                    });
        }
    }

    private static final List<UnaryOperator<Long>> SHORTER =
            List.of(
                    gap -> 0L,
                    gap -> Math.min(gap, NANOS_PER_MS),
                    gap -> gap / 2,
                    gap -> gap / NANOS_PER_MS * NANOS_PER_MS);

    private Plan shortened(int from, int to, UnaryOperator<Long> shorter) {
        List<Step> steps = new ArrayList<>();
        long before = 0;
        long at = 0;
        for (int i = 0; i < best.steps().size(); i++) {
            Step step = best.steps().get(i);
            long gap = step.atNanos() - before;
            before = step.atNanos();
            at += i >= from && i < to ? shorter.apply(gap) : gap;
            steps.add(new Step(at, step.salt(), step.event()));
        }
        return best.with(steps);
    }
}
