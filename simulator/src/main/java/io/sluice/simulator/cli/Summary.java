package io.sluice.simulator.cli;

import io.sluice.simulator.run.Coverage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a campaign came to, as text for a terminal. */
final class Summary {
    private static final int FAILURES_MAX = 50;

    private final Tally tally;
    private final Coverage coverage;
    private final Pairs pairs;
    private final StringBuilder text = new StringBuilder();

    private Summary(Tally tally) {
        this.tally = tally;
        this.coverage = tally.coverage();
        this.pairs = Pairs.of(coverage);
    }

    static String of(Tally tally, long from) {
        Summary summary = new Summary(tally);
        summary.operations();
        summary.faults();
        summary.table();
        summary.failures();
        summary.line(line(tally, from));
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

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void operations() {
        line("Operations (planned, that reached the broker):");
        Map<String, Long> planned = tally.planned();
        for (String kind : pairs.operations()) {
            line(
                    "  %-22s %,12d %,12d"
                            .formatted(
                                    kind,
                                    planned.getOrDefault(kind, 0L),
                                    coverage.operations().getOrDefault(kind, 0L)));
        }
        for (String kind : pairs.neverAsked()) {
            line("  %-22s %,12d   no answer".formatted(kind, planned.getOrDefault(kind, 0L)));
        }
        line("Refusals: %s".formatted(new TreeMap<>(coverage.refusals())));
    }

    private void faults() {
        line("Faults (%,d planned):".formatted(tally.plannedFaults()));
        Map<String, FaultGroup> kinds = FaultGroup.kinds();
        for (FaultGroup group : FaultGroup.values()) {
            line("  %s: %,d".formatted(group.title, Numbers.of(group, coverage)));
            kinds.forEach((kind, of) -> {
                if (of == group) {
                    line(
                            "    %-20s %,12d"
                                    .formatted(kind, coverage.faults().getOrDefault(kind, 0L)));
                }
            });
        }
        Pairs.unknown(coverage).forEach(kind -> line("  %s, in no group".formatted(kind)));
    }

    private void table() {
        List<String> operations = pairs.operations();
        line(
                "How often a fault came while an operation was under way (%s met):"
                        .formatted(pairs.share()));
        StringBuilder head = new StringBuilder();
        for (int i = 0; i < operations.size(); i++) {
            line("  %c %s".formatted('a' + i, operations.get(i)));
            head.append("%6c".formatted('a' + i));
        }
        line("  %-20s%s".formatted("", head));
        for (String fault : pairs.faults()) {
            StringBuilder row = new StringBuilder();
            for (String operation : operations) {
                long met = pairs.met(fault, operation);
                row.append("%6s".formatted(met == 0 ? "-" : Numbers.brief(met)));
            }
            line("  %-20s%s".formatted(fault, row));
        }
    }

    private void failures() {
        List<Failure> failures = tally.failures();
        for (Failure failure : failures.subList(0, Math.min(FAILURES_MAX, failures.size()))) {
            line("FAILED seed %d: %s".formatted(failure.seed(), failure.why()));
            line("    %s".formatted(failure.command()));
        }
        if (failures.size() > FAILURES_MAX) {
            line("... and %d more".formatted(failures.size() - FAILURES_MAX));
        }
    }
}
