package io.sluice.faults.flood;

import io.sluice.faults.Directories;
import io.sluice.faults.Node;
import io.sluice.faults.Options;
import io.sluice.faults.Rig;
import io.sluice.faults.ServerBuild;
import io.sluice.faults.Violations;
import io.sluice.faults.flood.Honest.Measure;
import io.sluice.faults.flood.Hostile.Share;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Connections that mean ill, {@code --times} rounds of quiet and flood in turn: 20,000, of which
 * 5,000 send a byte per second; then large frames that are begun and left; then no descriptor left.
 */
public final class FloodRig implements Rig {
    private static final int CONNECTIONS = 20_000;
    private static final int PROCESSES = 2;
    private static final int OPEN_WITHIN_MS = 60_000;
    private static final int GREEDY = 200;

    private static final int HONEST = 4;
    private static final int WINDOW = 64;
    private static final long WARM_MS = 2000;
    private static final long MEASURE_MS = 5000;

    private static final double KEPT_MIN = 0.9;

    /** A heap of 512 MiB, what connections may take together, and the log's own memory. */
    private static final long RESIDENT_MIB_MAX = 1024;

    private static final int SPARE_DESCRIPTORS = 20;
    private static final int CALLERS = 100;
    private static final double CPU_SHARE_MAX = 0.3;

    private final Violations violations = new Violations();
    private final StringBuilder table = new StringBuilder();

    private final ServerBuild build;

    public FloodRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Path directory = Directories.empty(options.directory().resolve("flood"));
        try (Node node =
                new Node(
                        build,
                        directory.resolve("data"),
                        directory.resolve("server.log"),
                        Map.of("retention-size", "4GB"))) {
            Runtime.getRuntime().addShutdownHook(new Thread(node::close));
            node.start();
            Vitals server = new Vitals(node.pid());
            row("server at rest", "%,d MiB".formatted(server.residentMib()));
            flood(node, server, options.times());
            greedy(node, server, options.times());
            noDescriptorLeft(node, server);
            promise(node.isAlive(), "the server has ended: %s".formatted(node.reason()));
            long most = server.residentMaxMib();
            row("most memory of all", "%,d MiB".formatted(most));
            promise(most <= RESIDENT_MIB_MAX, "the server took %,d MiB".formatted(most));
        }
        if (violations.count() == 0 && !options.keep()) {
            Directories.delete(directory);
        }
        return Report.of(table.toString(), violations);
    }

    private void row(String name, String value) {
        table.append("| ").append(name).append(" | ").append(value).append(" |\n");
        System.out.println(name + ": " + value);
    }

    private void promise(boolean kept, String otherwise) {
        if (!kept) {
            violations.add("%s", otherwise);
        }
    }

    private void flood(Node node, Vitals server, int rounds) throws Exception {
        int each = CONNECTIONS / PROCESSES;
        Share[] shares = {
            new Share(Nuisance.DRIPPING, each / 4),
            new Share(Nuisance.IDLE, each / 2),
            new Share(Nuisance.MUTE, each / 4)
        };
        rounds("flood", node, server, rounds, KEPT_MIN, each, shares);
    }

    private void greedy(Node node, Vitals server, int rounds) throws Exception {
        rounds(
                "greedy",
                node,
                server,
                rounds,
                0,
                GREEDY / PROCESSES,
                new Share(Nuisance.GREEDY, GREEDY / PROCESSES));
    }

    private void rounds(
            String name,
            Node node,
            Vitals server,
            int rounds,
            double keptMin,
            int each,
            Share... shares)
            throws Exception {
        Honest honest = new Honest(node.port(), "honest");
        Median kept = new Median();
        Median p99 = new Median();
        Median bytes = new Median();
        Median alone = new Median();
        long resident = 0;
        long descriptors = 0;
        for (int round = 1; round <= rounds; round++) {
            violations.during(name + " round " + round);
            Measure quiet = honest.saturate(HONEST, WINDOW, WARM_MS, MEASURE_MS);
            Measure loud;
            try (Hostile first = Hostile.start(node.port(), 2, shares);
                    Hostile second = Hostile.start(node.port(), 50, shares)) {
                first.awaitOpen(each * 9 / 10, OPEN_WITHIN_MS);
                second.awaitOpen(each * 9 / 10, OPEN_WITHIN_MS);
                alone.add(cpuShare(server));
                long written = first.written() + second.written();
                loud = honest.saturate(HONEST, WINDOW, WARM_MS, MEASURE_MS);
                written = first.written() + second.written() - written;
                bytes.add(written * 1000.0 / (WARM_MS + MEASURE_MS));
                resident = Math.max(resident, server.residentMib());
                descriptors = Math.max(descriptors, server.descriptors());
                System.out.printf(
                        "%s %d: open %d, lost %d; quiet %s; loud %s; %d MiB%n",
                        name,
                        round,
                        first.open() + second.open(),
                        first.lost() + second.lost(),
                        quiet,
                        loud,
                        server.residentMib());
            }
            kept.add(loud.perSecond() / quiet.perSecond());
            p99.add(loud.p99Ms() / quiet.p99Ms());
            promise(loud.lost() == 0, loud.lost() + " honest connections were closed");
            promise(loud.refused() == 0, loud.refused() + " honest requests were refused");
            awaitCalm(server);
        }
        row(name + ": CPU of the server for it alone (median)", cores(alone.value()));
        row(name + ": bytes per second from it (median)", "%,.0f".formatted(bytes.value()));
        row(name + ": descriptors of the server", "%,d".formatted(descriptors));
        row(
                name + ": throughput kept (median, least, most of %d)".formatted(rounds),
                "%.2f, %.2f, %.2f".formatted(kept.value(), kept.least(), kept.most()));
        row(name + ": p99 times (median)", "%.2f".formatted(p99.value()));
        row(name + ": memory of the server", "%,d MiB".formatted(resident));
        promise(
                kept.value() >= keptMin,
                "honest clients kept %.2f of their throughput".formatted(kept.value()));
    }

    private static void awaitCalm(Vitals server) throws IOException, InterruptedException {
        for (int i = 0; i < 300 && server.descriptors() > 500; i++) {
            Thread.sleep(100);
        }
    }

    /** Takes the server's descriptors away while it runs, and gives them back. */
    private void noDescriptorLeft(Node node, Vitals server) throws Exception {
        violations.during("no descriptor left");
        Honest honest = new Honest(node.port(), "honest");
        Measure before = honest.saturate(HONEST, WINDOW, WARM_MS, MEASURE_MS);
        long limit = server.descriptors() + HONEST + SPARE_DESCRIPTORS;
        if (!limitDescriptors(node.pid(), Long.toString(limit))) {
            row("no descriptor left", "skipped: prlimit does not work here");
            return;
        }
        long saidBefore = said(node, "cannot accept connections");
        Measure during;
        double cpu;
        try (Hostile callers = Hostile.start(node.port(), 2, new Share(Nuisance.IDLE, CALLERS))) {
            callers.awaitOpen(CALLERS, WARM_MS);
            cpu = cpuShare(server);
            long said = said(node, "cannot accept connections") - saidBefore;
            promise(
                    said == 1 || said == 2,
                    "it was said %d times that nobody can come in".formatted(said));
        }
        Thread.sleep(WARM_MS);
        promise(limitDescriptors(node.pid(), "20000"), "the limit could not be raised again");
        during = honest.saturate(HONEST, WINDOW, WARM_MS, MEASURE_MS);
        promise(during.perSecond() > 0, "nobody comes in though there are descriptors again");
        promise(cpu < CPU_SHARE_MAX, "without descriptors it spins: %.2f of a core".formatted(cpu));
        row("no descriptor left: CPU while idle", cores(cpu));
        row(
                "after that, throughput",
                "%.2f of before".formatted(during.perSecond() / before.perSecond()));
    }

    /** Cores that the server uses now: what others do on the machine hardly changes that. */
    private static double cpuShare(Vitals server) throws IOException, InterruptedException {
        double before = server.cpuSeconds();
        long beganNs = System.nanoTime();
        Thread.sleep(MEASURE_MS);
        return (server.cpuSeconds() - before) * 1e9 / (System.nanoTime() - beganNs);
    }

    private static String cores(double share) {
        return "%.2f of a core".formatted(share);
    }

    private static boolean limitDescriptors(long pid, String soft)
            throws IOException, InterruptedException {
        return new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--nofile=" + soft + ":")
                        .inheritIO()
                        .start()
                        .waitFor()
                == 0;
    }

    private static long said(Node node, String what) throws IOException {
        try (var lines = Files.lines(node.log())) {
            return lines.filter(line -> line.contains(what)).count();
        }
    }
}
