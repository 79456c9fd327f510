package io.sluice.simulator.cli;

import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.plan.Tape;
import io.sluice.simulator.run.Verdict;
import io.sluice.simulator.shrink.Budget;
import io.sluice.simulator.shrink.Shrinker;
import io.sluice.simulator.shrink.Shrunk;
import io.sluice.simulator.shrink.StillBroken;
import io.sluice.simulator.world.DiskMemory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes plans that fail short, and writes them to tapes. */
final class Shortening {
    private final Path home;
    private final Budget budget;
    private final PrintStream out;
    private final DiskMemory memory = new DiskMemory();

    /**
     * @param home of the project: tapes go below it
     */
    Shortening(Path home, Budget budget, PrintStream out) {
        this.home = home;
        this.budget = budget;
        this.out = out;
    }

    /** Shrinks one and says where it lies. */
    void shorten(Plan plan, Verdict verdict) throws IOException {
        out.printf("shrinking seed %d, %d steps...%n", plan.seed(), plan.steps().size());
        out.flush();
        Shrunk shrunk = Shrinker.shrink(plan, new StillBroken(verdict, memory), budget);
        Path tape = Path.of("simulator", "target", "tapes", plan.seed() + ".tape");
        Path file = home.resolve(tape);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "# %s%n".formatted(verdict.why().lines().findFirst().orElse(""))
                        + Tape.write(shrunk.plan()));
        out.printf(
                "%d steps are left after %d runs%s: ./simulate --tape %s --story%n",
                shrunk.plan().steps().size(),
                shrunk.runs(),
                shrunk.finished() ? "" : " (there was no time for more)",
                tape);
    }
}
