package io.sluice.simulator.cli;

import io.sluice.simulator.run.Coverage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a campaign came to, as text for a terminal. */
final class Summary {
    private static final int FAILURES_MAX = 50;

    private final Tally tally;
    private final long from;
    private final Coverage coverage;
    private final Pairs pairs;
    private final StringBuilder text = new StringBuilder();

    private Summary(Tally tally, long from) {
        this.tally = tally;
        this.from = from;
        this.coverage = tally.coverage();
        this.pairs = Pairs.of(coverage);
    }

    static String of(Tally tally, long from) {
        Summary summary = new Summary(tally, from);
        summary.operations();
        summary.faults();
        summary.table();
        summary.failures();
        summary.line("%s", line(tally, from));
        return summary.text.toString();
    }

    /** All in one line. */
    static String line(Tally tally, long from) {
        Coverage coverage = tally.coverage();
        return "seeds %d to %d in %.1f s (%.0f s of their own time): %,d operations, %,d faults, pairs met %s, violations %d"
                .formatted(
                        from,
                        from + tally.histories() - 1,
                        tally.seconds(),
                        tally.simulatedSeconds(),
                        coverage.operationCount(),
                        Numbers.faults(coverage),
                        Pairs.of(coverage).share(),
                        tally.failures().size());
    }

    private void line(String format, Object... args) {
        text.append(format.formatted(args)).append('\n');
    }

    private void operations() {
        line("Operations (planned, that reached the broker):");
        Map<String, Long> planned = tally.planned();
        for (String kind : pairs.operations()) {
            line(
                    "  %-22s %,12d %,12d",
                    kind,
                    planned.getOrDefault(kind, 0L),
                    coverage.operations().getOrDefault(kind, 0L));
        }
        for (String kind : pairs.neverAsked()) {
            line("  %-22s %,12d   no answer", kind, planned.getOrDefault(kind, 0L));
        }
        line("Refusals: %s", new TreeMap<>(coverage.refusals()));
    }

    private void faults() {
        line("Faults (%,d planned):", tally.plannedFaults());
        Map<String, FaultGroup> kinds = FaultGroup.kinds();
        for (FaultGroup group : FaultGroup.values()) {
            line("  %s: %,d", group.title, Numbers.of(group, coverage));
            kinds.forEach((kind, of) -> {
                if (of == group) {
                    line("    %-20s %,12d", kind, coverage.faults().getOrDefault(kind, 0L));
                }
            });
        }
        Pairs.unknown(coverage).forEach(kind -> line("  %s, in no group", kind));
    }

    private void table() {
        List<String> operations = pairs.operations();
        line("How often a fault came while an operation was under way (%s met):", pairs.share());
        StringBuilder head = new StringBuilder();
        for (int i = 0; i < operations.size(); i++) {
            line("  %c %s", 'a' + i, operations.get(i));
            head.append("%6c".formatted('a' + i));
        }
        line("  %-20s%s", "", head);
        for (String fault : pairs.faults()) {
            StringBuilder row = new StringBuilder();
            for (String operation : operations) {
                long met = pairs.met(fault, operation);
                row.append("%6s".formatted(met == 0 ? "-" : Numbers.brief(met)));
            }
            line("  %-20s%s", fault, row);
        }
    }

    private void failures() {
        List<Failure> failures = tally.failures();
        for (Failure failure : failures.subList(0, Math.min(FAILURES_MAX, failures.size()))) {
            line("FAILED seed %d: %s", failure.seed(), failure.why());
            line("    %s", failure.command());
        }
        if (failures.size() > FAILURES_MAX) {
            line("... and %d more", failures.size() - FAILURES_MAX);
        }
    }
}
