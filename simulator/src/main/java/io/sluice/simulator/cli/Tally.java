package io.sluice.simulator.cli;

import io.sluice.simulator.plan.Fault;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.plan.Step;
import io.sluice.simulator.run.Coverage;
import io.sluice.simulator.run.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What all histories have come to so far. Threads add to it and read from it at any time. */
final class Tally {
    private final long beganNanos = System.nanoTime();
    private final Coverage coverage = new Coverage();
    private final Map<String, Long> planned = new TreeMap<>();
    private final TreeSet<Failure> failures = new TreeSet<>();
    private long histories;
    private long plannedFaults;
    private long simulatedNanos;

    synchronized void add(Plan plan, Verdict verdict) {
        histories++;
        simulatedNanos += verdict.atNanos();
        coverage.add(verdict.coverage());
        for (Step step : plan.steps()) {
            planned.merge(step.event().getClass().getSimpleName(), 1L, Long::sum);
            if (step.event() instanceof Fault && !(step.event() instanceof Fault.Heal)) {
                plannedFaults++;
            }
        }
        if (!verdict.holds()) {
            failures.add(Failure.of(plan.seed(), verdict));
        }
    }

    synchronized void add(Failure failure) {
        histories++;
        failures.add(failure);
    }

    /** Ended, or given up. */
    synchronized long histories() {
        return histories;
    }

    /** By seed. */
    synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** A copy of what was met. */
    synchronized Coverage coverage() {
        Coverage copy = new Coverage();
        copy.add(coverage);
        return copy;
    }

    /** How often each kind of event was planned. */
    synchronized Map<String, Long> planned() {
        return new TreeMap<>(planned);
    }

    /** Faults that were planned, without the ends of faults. */
    synchronized long plannedFaults() {
        return plannedFaults;
    }

    /** All histories' own time together. */
    synchronized double simulatedSeconds() {
        return simulatedNanos / 1e9;
    }

    /** How long it has taken. */
    double seconds() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }
}
