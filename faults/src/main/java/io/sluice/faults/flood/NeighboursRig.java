package io.sluice.faults.flood;

import io.sluice.faults.Directories;
import io.sluice.faults.Node;
import io.sluice.faults.Options;
import io.sluice.faults.Rig;
import io.sluice.faults.ServerBuild;
import io.sluice.faults.Violations;
import io.sluice.faults.flood.Honest.Measure;
import io.sluice.faults.flood.Hostile.Share;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Bad neighbours, one kind after the other: {@code --times} rounds of quiet and nuisance in turn,
 * beside honest clients that send at a steady rate.
 */
public final class NeighboursRig implements Rig {
    private static final List<Share> NUISANCES =
            List.of(
                    new Share(Nuisance.DEAF, 16),
                    new Share(Nuisance.BACKLOG, 2),
                    new Share(Nuisance.GIVING_BACK, 2),
                    new Share(Nuisance.GARBAGE, 4),
                    new Share(Nuisance.PARKED, 50));

    private static final double P99_RISE_MAX = 1.2;
    private static final int HONEST = 4;
    private static final int PER_SECOND = 250;
    private static final long WARM_MS = 1000;
    private static final long MEASURE_MS = 4000;
    private static final long BACKLOG_MS = 8000;
    private static final long OPEN_WITHIN_MS = 10_000;

    private final Violations violations = new Violations();
    private final StringBuilder table = new StringBuilder();

    private final ServerBuild build;

    public NeighboursRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Path directory = Directories.empty(options.directory().resolve("neighbours"));
        try (Node node =
                new Node(
                        build,
                        directory.resolve("data"),
                        directory.resolve("server.log"),
                        Map.of("retention-size", "4GB"))) {
            Runtime.getRuntime().addShutdownHook(new Thread(node::close));
            node.start();
            Measure backlog =
                    new Honest(node.port(), Nuisance.TOPIC).saturate(HONEST, 256, 0, BACKLOG_MS);
            System.out.println("backlog: " + backlog);
            var _ = new Honest(node.port(), "parked").saturate(HONEST, 1, 0, 100);
            for (Share share : NUISANCES) {
                rounds(node, share, options.times());
            }
            long most = new Vitals(node.pid()).residentMaxMib();
            table.append("| most memory of all | %,d MiB |%n".formatted(most));
        }
        if (violations.count() == 0 && !options.keep()) {
            Directories.delete(directory);
        }
        return Report.of(table.toString(), violations);
    }

    private void rounds(Node node, Share share, int rounds) throws Exception {
        Honest honest = new Honest(node.port(), "honest");
        Median rise = new Median();
        Median quietP99 = new Median();
        Median loudP99 = new Median();
        long lost = 0;
        for (int round = 1; round <= rounds; round++) {
            violations.during(share.kind() + " round " + round);
            Measure quiet = honest.pace(HONEST, PER_SECOND, WARM_MS, MEASURE_MS);
            Measure loud;
            try (Hostile hostile = Hostile.start(node.port(), 2, share)) {
                hostile.awaitOpen(share.count(), OPEN_WITHIN_MS);
                loud = honest.pace(HONEST, PER_SECOND, WARM_MS, MEASURE_MS);
                lost += hostile.lost();
            }
            System.out.printf("%s %d: quiet %s; loud %s%n", share.kind(), round, quiet, loud);
            quietP99.add(quiet.p99Ms());
            loudP99.add(loud.p99Ms());
            rise.add(loud.p99Ms() / quiet.p99Ms());
            if (loud.lost() + loud.refused() > 0) {
                violations.add("honest clients suffered: %s", loud);
            }
        }
        if (rise.value() > P99_RISE_MAX) {
            violations.add("the neighbours' p99 is %.2f times as high", rise.value());
        }
        table.append(
                "| %s × %d | p99 %.2f → %.2f ms, × %.2f (median of %d), %d closed |%n"
                        .formatted(
                                share.kind().name().toLowerCase(Locale.ROOT),
                                share.count(),
                                quietP99.value(),
                                loudP99.value(),
                                rise.value(),
                                rounds,
                                lost));
    }
}
