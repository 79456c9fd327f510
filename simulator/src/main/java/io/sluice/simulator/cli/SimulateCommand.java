package io.sluice.simulator.cli;

import io.sluice.simulator.plan.Generator;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.plan.Tape;
import io.sluice.simulator.run.Run;
import io.sluice.simulator.run.Verdict;
import io.sluice.simulator.shrink.Budget;
import io.sluice.simulator.world.DiskMemory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "./simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Lets whole histories of faults happen to the engine, one for each seed, and checks"
                        + " that every promise is kept. Without options: 2,000 seeds from 1 on.",
        footer = "Exits with 1 if a promise is broken.")
final class SimulateCommand implements Callable<Integer> {
    private static final long SEEDS = 2_000;
    private static final long HANGING_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int SHRUNK_MAX = 10;

    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", description = "One history")
    private @Nullable Long seed;

    @Option(names = "--tape", paramLabel = "FILE", description = "One history, from a tape")
    private @Nullable Path tape;

    @Option(names = "--story", description = "Of one history: tell all that happens")
    private boolean story;

    @Option(names = "--write", paramLabel = "FILE", description = "Of one seed: write its tape")
    private @Nullable Path write;

    @Option(names = "--seeds", paramLabel = "N", description = "So many histories")
    private @Nullable Long seeds;

    @Option(names = "--seconds", paramLabel = "S", description = "Histories for so long")
    private @Nullable Long seconds;

    @Option(names = "--from", paramLabel = "M", description = "The first seed (1)")
    private long from = 1;

    @Option(names = "--threads", paramLabel = "T", description = "Default: one per core")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--shrink",
            description = "Make plans that fail short, and write their tapes to simulator/target")
    private boolean shrink;

    @Option(
            names = "--shrink-seconds",
            paramLabel = "S",
            description = "At most so long for each plan (60)")
    private long shrinkSeconds = 60;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the results as Markdown")
    private @Nullable Path report;

    private final PrintStream out = System.out;
    private final Path home = Path.of(System.getProperty("sluice.home", ""));

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean one = seed != null || tape != null;
        require(seed == null || tape == null, "--seed and --tape exclude each other");
        require(seeds == null || seconds == null, "--seeds and --seconds exclude each other");
        require(
                !one || (seeds == null && seconds == null && report == null),
                "--seeds, --seconds and --report are for many histories");
        require(one || (!story && write == null), "--story and --write are for one history");
        require(threads > 0, "--threads has to be positive");
        return (one ? one(plan()) : many()) ? 0 : 1;
    }

    private void require(boolean right, String otherwise) {
        if (!right && spec != null) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    // One history.

    private Plan plan() throws IOException {
        if (seed != null) {
            return Generator.plan(seed);
        }
        try {
            return Tape.read(Files.readString(Path.of(String.valueOf(tape))));
        } catch (IllegalArgumentException e) {
            throw new IOException(tape + ", " + e.getMessage(), e);
        }
    }

    private boolean one(Plan plan) throws IOException {
        if (write != null) {
            Files.writeString(write, Tape.write(plan));
        }
        Verdict verdict = Run.of(plan, new DiskMemory(), story ? out::println : null);
        out.printf(
                "seed %d, %d steps, %.3f s of its own time, trace %016x%n",
                plan.seed(), plan.steps().size(), verdict.atNanos() / 1e9, verdict.traceHash());
        out.printf("operations %s%n", verdict.coverage().operations());
        out.printf("refusals %s%n", verdict.coverage().refusals());
        out.printf("faults %s%n", verdict.coverage().faults());
        out.printf("%s%s%n", verdict.holds() ? "" : "FAILED: ", verdict.why());
        if (shrink && !verdict.holds()) {
            shortening().shorten(plan, verdict);
        }
        return verdict.holds();
    }

    private Shortening shortening() {
        Budget budget = new Budget(Integer.MAX_VALUE, TimeUnit.SECONDS.toMillis(shrinkSeconds));
        return new Shortening(home, budget, out);
    }

    // Many histories.

    private boolean many() throws IOException, InterruptedException {
        Seeds range =
                seconds == null
                        ? Seeds.count(from, seeds == null ? SEEDS : seeds)
                        : Seeds.during(from, TimeUnit.SECONDS.toNanos(seconds));
        Progress progress = new Progress(System.err, Boolean.getBoolean("sluice.terminal"));
        Tally tally = new Campaign(range, threads, HANGING_NANOS).run(progress);
        progress.end();
        out.print(Summary.of(tally, from));
        if (report != null) {
            Files.writeString(report, Report.of(tally, from));
        }
        if (shrink) {
            shrink(tally.failures());
        }
        return tally.failures().isEmpty();
    }

    private void shrink(List<Failure> failures) throws IOException {
        int left = SHRUNK_MAX;
        for (Failure failure : failures) {
            if (failure.verdict() != null && left-- > 0) {
                shortening().shorten(Generator.plan(failure.seed()), failure.verdict());
            }
        }
        if (left < 0) {
            out.printf("%d more were not shrunk%n", -left);
        }
    }
}
