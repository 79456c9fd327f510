package io.sluice.bench;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The run as Markdown: what it ran on, one table per scenario, the bars, the exact flags. */
final class Report {
    private static final double THROUGHPUT_BAR = 3;
    private static final double CPU_BAR = 1.0 / 3;
    private static final double NOISE_BAR = 0.1;
    private static final int P99 = Summary.PERCENTILES.indexOf(99.0);

    private final Options options;
    private final Machine machine;
    private final List<Contender> contenders;
    private final List<Scenario> scenarios;
    private final Rounds.Outcome outcome;
    private final StringBuilder text = new StringBuilder();

    Report(
            Options options,
            Machine machine,
            List<Contender> contenders,
            List<Scenario> scenarios,
            Rounds.Outcome outcome) {
        this.options = options;
        this.machine = machine;
        this.contenders = contenders;
        this.scenarios = scenarios;
        this.outcome = outcome;
    }

    String markdown() {
        line(format(ROOT, "# Benchmark %s", options.name()));
        line("");
        describe();
        noise();
        for (Scenario scenario : scenarios) {
            table(scenario);
        }
        bars();
        failures();
        launches();
        return text.toString();
    }

    private void describe() {
        line(
                format(
                        ROOT,
                        "%d cores (%s), %s memory, Linux %s. Data on %s. Load on JDK %s.",
                        machine.cores(),
                        machine.processor(),
                        machine.memory(),
                        machine.kernel(),
                        machine.disk(),
                        machine.jdk()));
        line("");
        line(
                format(
                        ROOT,
                        "Medians of %d rounds of %d s, each after %d s of warm-up; every contender in every"
                                + " round in new processes on an empty directory, contenders interleaved,"
                                + " one at a time, everything on this machine over loopback. Closed loop:"
                                + " latency runs from before the write to after the read, and a stall of the"
                                + " server also stalls the load.",
                        options.rounds(),
                        options.measured().toSeconds(),
                        options.warmup().toSeconds()));
        line("");
        for (Contender contender : contenders) {
            line(format(ROOT, "- **%s**: %s", contender.name(), contender.description()));
        }
        line("");
        line(
                format(
                        ROOT,
                        "MB/s counts bodies only, 1 MB = 10⁶ bytes. CPU is processor time per message, of"
                                + " the server's processes and of the load. Memory is resident, in brackets"
                                + " without pages of mapped files. Elsewhere: processors busy with neither"
                                + " server nor load; kernel work for the disk and the network is in it, and"
                                + " so is any noise. × columns: against %s in the same run, with gRPC against"
                                + " %s.",
                        RocketMqContender.Front.BROKER.async(),
                        RocketMqContender.Front.PROXY.async()));
        line("");
    }

    private void noise() {
        if (outcome.noise().isEmpty()) {
            return;
        }
        double median =
                Summary.median(outcome.noise().stream().mapToDouble(Double::doubleValue).toArray());
        double worst = Collections.max(outcome.noise());
        line(
                format(
                        ROOT,
                        "Before each start, other work kept %.2f processors busy (worst %.2f).%s",
                        median,
                        worst,
                        worst > NOISE_BAR ? " **Too noisy to quote.**" : ""));
        line("");
    }

    private void table(Scenario scenario) {
        line(format(ROOT, "## %s. %s", scenario.id(), scenario.title()));
        line("");
        line(
                "| System | Messages/s | MB/s | p50 ms | p90 | p99 | p99.9 | p99.99 | max | Server"
                        + " CPU µs | Load CPU µs | Memory MB | Elsewhere | × messages/s | × CPU |");
        line("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        Optional<Summary> reference = reference(scenario);
        for (Contender contender : contenders) {
            summary(scenario, contender.name())
                    .ifPresent(row -> line(row(scenario, row, reference)));
        }
        line("");
    }

    private static String row(Scenario scenario, Summary row, Optional<Summary> reference) {
        List<String> cells = new ArrayList<>();
        cells.add(row.contender());
        cells.add(format(ROOT, "%,.0f", row.messagesPerSecond()));
        cells.add(
                format(
                        ROOT,
                        "%,.1f",
                        row.messagesPerSecond() * scenario.shape().bodyBytes() / 1e6));
        for (double ms : row.latencyMs()) {
            cells.add(format(ROOT, "%.3f", ms));
        }
        cells.add(format(ROOT, "%.1f", row.maxMs()));
        cells.add(format(ROOT, "%.2f", row.serverCpuUs()));
        cells.add(format(ROOT, "%.2f", row.loadCpuUs()));
        cells.add(format(ROOT, "%.0f (%.0f)", row.residentMb(), row.anonymousMb()));
        cells.add(format(ROOT, "%.2f", row.elsewhereCpus()));
        cells.add(ratio(reference, Summary::messagesPerSecond, row));
        cells.add(ratio(reference, Summary::serverCpuUs, row));
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String ratio(
            Optional<Summary> reference, ToDoubleFunction<Summary> figure, Summary row) {
        return reference
                .map(to ->
                        format(ROOT, "%.2f", figure.applyAsDouble(row) / figure.applyAsDouble(to)))
                .orElse("–");
    }

    /** The bars of those scenarios that have some, where both sides ran. */
    private void bars() {
        for (Scenario scenario : scenarios) {
            Optional<Summary> sluice = summary(scenario, "sluice");
            Optional<Summary> reference = reference(scenario);
            if (sluice.isPresent() && reference.isPresent()) {
                bars(scenario, sluice.get(), reference.get());
            }
        }
    }

    private void bars(Scenario scenario, Summary sluice, Summary reference) {
        List<String> bars =
                switch (scenario.generator()) {
                    case LEAN ->
                            scenario.equals(Scenario.ALL.getFirst())
                                    ? List.of(throughput(sluice, reference), cpu(sluice, reference))
                                    : List.of();
                    case CLIENT -> List.of();
                    case GRPC_SEND, GRPC_RECEIVE ->
                            List.of(throughput(sluice, reference), p99(sluice, reference));
                    case GRPC_LATENCY -> List.of(p99(sluice, reference));
                };
        if (!bars.isEmpty()) {
            line(format(ROOT, "## Bars of scenario %s", scenario.id()));
            line("");
            bars.forEach(this::line);
            line("");
        }
    }

    private static String throughput(Summary sluice, Summary reference) {
        double ratio = sluice.messagesPerSecond() / reference.messagesPerSecond();
        return format(
                ROOT,
                "- Throughput at least %.0f × %s: %.2f ×, **%s**",
                THROUGHPUT_BAR,
                reference.contender(),
                ratio,
                verdict(ratio >= THROUGHPUT_BAR));
    }

    private static String cpu(Summary sluice, Summary reference) {
        double ratio = sluice.serverCpuUs() / reference.serverCpuUs();
        return format(
                ROOT,
                "- CPU per message at most a third of %s: %.2f ×, **%s**",
                reference.contender(),
                ratio,
                verdict(ratio <= CPU_BAR));
    }

    private static String p99(Summary sluice, Summary reference) {
        double own = sluice.latencyMs().get(P99);
        double others = reference.latencyMs().get(P99);
        return format(
                ROOT,
                "- p99 lower than that of %s: %.3f ms against %.3f ms, **%s**",
                reference.contender(),
                own,
                others,
                verdict(own < others));
    }

    private static String verdict(boolean met) {
        return met ? "met" : "missed";
    }

    private void failures() {
        if (outcome.failures().isEmpty()) {
            return;
        }
        line("## Failures");
        line("");
        for (String failure : outcome.failures()) {
            line(format(ROOT, "- %s", withoutPaths(failure).replace("\n", " / ")));
        }
        line("");
    }

    private void launches() {
        line("## Processes");
        line("");
        for (Map.Entry<String, String> launch : outcome.launches().entrySet()) {
            line(format(ROOT, "**%s**", launch.getKey()));
            line("```");
            line(withoutPaths(launch.getValue()));
            line("```");
        }
        line("");
        line(format(ROOT, "Official clients: `java %s`", String.join(" ", ClientLoad.FLAGS)));
    }

    private String withoutPaths(String launch) {
        return launch.replace(options.directory().toString(), "DATA")
                .replace(options.root().toString() + "/", "")
                .replace(options.root().toString(), ".");
    }

    private Optional<Summary> reference(Scenario scenario) {
        var front =
                scenario.protocol() == Scenario.Protocol.GRPC
                        ? RocketMqContender.Front.PROXY
                        : RocketMqContender.Front.BROKER;
        return summary(scenario, front.async());
    }

    private Optional<Summary> summary(Scenario scenario, String contender) {
        List<Measurement> rounds =
                outcome.measurements().stream()
                        .filter(m -> m.scenario().equals(scenario.id()))
                        .filter(m -> m.contender().equals(contender))
                        .toList();
        return rounds.isEmpty() ? Optional.empty() : Optional.of(Summary.of(rounds));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
