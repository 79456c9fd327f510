package io.sluice.simulator.cli;

import io.sluice.simulator.run.Coverage;
import java.util.List;
import java.util.Map;

/** What a campaign came to, as Markdown for docs/RELIABILITY.md. */
final class Report {
    private final Tally tally;
    private final Coverage coverage;
    private final Pairs pairs;
    private final StringBuilder text = new StringBuilder();

    private Report(Tally tally) {
        this.tally = tally;
        this.coverage = tally.coverage();
        this.pairs = Pairs.of(coverage);
    }

    static String of(Tally tally, long from) {
        Report report = new Report(tally);
        report.line("### Simulated histories\n");
        report.line("%s.\n".formatted(Summary.line(tally, from)));
        report.operations();
        report.faults();
        report.table();
        report.notMet();
        report.failures();
        return report.text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void operations() {
        line("| Operation | planned | reached the broker |\n|---|---:|---:|");
        tally.planned()
                .forEach((kind, planned) -> {
                    if (pairs.operations().contains(kind) || pairs.neverAsked().contains(kind)) {
                        Long reached = coverage.operations().get(kind);
                        line(
                                "| %s | %,d | %s |"
                                        .formatted(
                                                kind,
                                                planned,
                                                reached == null
                                                        ? "no answer"
                                                        : "%,d".formatted(reached)));
                    }
                });
        line("");
    }

    private void faults() {
        line("%,d faults were planned. What happened:\n".formatted(tally.plannedFaults()));
        line("| Group | Fault | times |\n|---|---|---:|");
        Map<String, FaultGroup> kinds = FaultGroup.kinds();
        for (FaultGroup group : FaultGroup.values()) {
            kinds.forEach((kind, of) -> {
                if (of == group) {
                    fault(group.title, kind);
                }
            });
        }
        Pairs.unknown(coverage).forEach(kind -> fault("", kind));
        line("");
    }

    private void fault(String group, String kind) {
        long times = coverage.faults().getOrDefault(kind, 0L);
        line("| %s | %s | %,d |".formatted(group, kind, times));
    }

    private void table() {
        line(
                "How often a fault came while an operation was under way (%s met):\n"
                        .formatted(pairs.share()));
        List<String> operations = pairs.operations();
        line("| | %s |".formatted(String.join(" | ", operations)));
        line("|---|%s".formatted("---:|".repeat(operations.size())));
        for (String fault : pairs.faults()) {
            StringBuilder row = new StringBuilder("| " + fault + " |");
            for (String operation : operations) {
                long met = pairs.met(fault, operation);
                row.append(met == 0 ? " – |" : " %,d |".formatted(met));
            }
            line(row.toString());
        }
        line("");
    }

    private void notMet() {
        line("Not met:\n");
        for (String fault : pairs.faults()) {
            List<String> missing = pairs.notMet(fault);
            if (!missing.isEmpty()) {
                boolean all = missing.size() == pairs.operations().size();
                line("- %s: %s".formatted(fault, all ? "any" : String.join(", ", missing)));
            }
        }
        line("");
    }

    private void failures() {
        line("Violations: %d".formatted(tally.failures().size()));
        for (Failure failure : tally.failures()) {
            line(
                    "- seed %d: %s"
                            .formatted(
                                    failure.seed(), failure.why().lines().findFirst().orElse("")));
        }
    }
}
