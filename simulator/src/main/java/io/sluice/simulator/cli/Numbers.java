package io.sluice.simulator.cli;

import io.sluice.simulator.run.Coverage;
import java.util.Locale;
import java.util.Map;

/** Counts, added up and written. */
final class Numbers {
    private Numbers() {}

    /** All faults of a group. */
    static long of(FaultGroup group, Coverage coverage) {
        Map<String, FaultGroup> kinds = FaultGroup.kinds();
        return coverage.faults().entrySet().stream()
                .filter(entry -> kinds.get(entry.getKey()) == group)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** All faults, without what came of them. */
    static long faults(Coverage coverage) {
        return coverage.faultCount() - of(FaultGroup.OUTCOME, coverage);
    }

    /** In at most five characters: 999, 1.2k, 345k, 6.7M. */
    static String brief(long count) {
        if (count < 1_000) {
            return Long.toString(count);
        }
        double scaled = count;
        int unit = -1;
        for (; scaled >= 999.5; unit++) {
            scaled /= 1_000;
        }
        return String.format(
                Locale.ROOT, scaled < 9.95 ? "%.1f%c" : "%.0f%c", scaled, "kMGT".charAt(unit));
    }
}
