package io.sluice.simulator.cli;

import io.sluice.simulator.run.Coverage;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Tells how far it is: one line that changes on a terminal, else a new one every ten seconds. */
final class Progress implements Consumer<Tally> {
    private static final double LIVE_SECONDS = 0.5;
    private static final double PLAIN_SECONDS = 10;
    private static final int TOLD_MAX = 20;

    private final PrintStream out;
    private final boolean live;
    private final Set<Long> told = new HashSet<>();
    private double lastSeconds;

    Progress(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    @Override
    public void accept(Tally tally) {
        double seconds = tally.seconds();
        if (seconds - lastSeconds < (live ? LIVE_SECONDS : PLAIN_SECONDS)) {
            return;
        }
        lastSeconds = seconds;
        tellFailures(tally);
        if (live) {
            out.print("\r\033[K" + line(tally));
        } else {
            out.println(line(tally));
        }
        out.flush();
    }

    /** At once: the run may go on for hours. */
    private void tellFailures(Tally tally) {
        for (Failure failure : tally.failures()) {
            if (told.size() < TOLD_MAX && told.add(failure.seed())) {
                end();
                out.println("FAILED seed %d: %s".formatted(failure.seed(), failure.why()));
            }
        }
    }

    /** Clears the line. */
    void end() {
        if (live) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    static String line(Tally tally) {
        Coverage coverage = tally.coverage();
        StringBuilder line = new StringBuilder();
        line.append("%,d seeds, %.1f/s".formatted(tally.histories(), rate(tally)));
        line.append(", %s operations, faults:".formatted(Numbers.brief(coverage.operationCount())));
        for (FaultGroup group : FaultGroup.values()) {
            if (group != FaultGroup.OUTCOME) {
                line.append(
                        " %s %s,"
                                .formatted(
                                        group.title, Numbers.brief(Numbers.of(group, coverage))));
            }
        }
        line.append(
                " pairs met %s, violations %d"
                        .formatted(Pairs.of(coverage).share(), tally.failures().size()));
        return line.toString();
    }

    private static double rate(Tally tally) {
        return tally.histories() / Math.max(0.001, tally.seconds());
    }
}
