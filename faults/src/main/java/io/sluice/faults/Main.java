package io.sluice.faults;

import io.sluice.faults.disk.ErrorsRig;
import io.sluice.faults.disk.FullRig;
import io.sluice.faults.disk.PowerRig;
import io.sluice.faults.flood.FloodRig;
import io.sluice.faults.flood.NeighboursRig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code ./fault RIG}: runs one rig and says whether every promise held. */
public final class Main {
    private static final int USAGE = 2;

    /** 1,000 kills come to more than 20 million messages. */
    private static final int ACKNOWLEDGED_PER_KILL_MAX = 52_000;

    /** A rig by name, and how often its fault happens if nothing is said. */
    private record Entry(int times, Function<ServerBuild, Rig> rig) {}

    private Main() {}

    private static Map<String, Entry> rigs() {
        Map<String, Entry> rigs = new LinkedHashMap<>();
        rigs.put("kill", new Entry(1000, build -> new KillRig(build, ACKNOWLEDGED_PER_KILL_MAX)));
        rigs.put("pause", new Entry(30, PauseRig::new));
        rigs.put("clock", new Entry(40, ClockRig::new));
        rigs.put("flood", new Entry(5, FloodRig::new));
        rigs.put("neighbours", new Entry(5, NeighboursRig::new));
        rigs.put("power", new Entry(200, PowerRig::new));
        rigs.put("errors", new Entry(100, ErrorsRig::new));
        rigs.put("full", new Entry(100, FullRig::new));
        return rigs;
    }

    /** Exit code 0: every promise held, or the rig was skipped; 1: one was broken; 2: usage. */
    public static void main(String[] args) throws Exception {
        Entry entry = args.length == 0 ? null : rigs().get(args[0]);
        if (entry == null) {
            System.err.println("fault: name one of " + rigs().keySet());
            System.exit(USAGE);
            return;
        }
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        Options options = Options.parse(rest, entry.times);
        Rig.Report report = entry.rig.apply(ServerBuild.last(options.root())).run(options);
        System.exit(show(args[0], report) ? 0 : 1);
    }

    private static boolean show(String name, Rig.Report report) {
        if (!report.skipped().isEmpty()) {
            System.out.println(name + ": skipped: " + report.skipped());
            return true;
        }
        System.out.printf("%n| %s | |%n|---|---:|%n%s", name, report.table());
        long broken = report.violations().count();
        System.out.printf("| broken promises | %d |%n", broken);
        report.violations().kept().forEach(violation -> System.out.println("BROKEN " + violation));
        return broken == 0;
    }
}
