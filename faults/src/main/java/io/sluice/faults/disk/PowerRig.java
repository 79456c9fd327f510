package io.sluice.faults.disk;

import io.sluice.faults.Directories;
import io.sluice.faults.Options;
import io.sluice.faults.Rig;
import io.sluice.faults.ServerBuild;
import io.sluice.faults.Violations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Power loss, {@code --times}: the file system under a loaded server stops at once, the server is
 * killed, the file system is mounted again, the server started and everything audited. Some losses
 * come while the server starts. After some rounds a new, empty disk.
 */
public final class PowerRig implements Rig {
    private static final long DISK_BYTES = 3L << 30;
    private static final long TMPFS_BYTES = DISK_BYTES + (64 << 20);
    private static final int ROUNDS_PER_DISK = 10;
    private static final int ACKNOWLEDGED_MAX = 10_000;
    private static final int LOADED_MS_MAX = 1000;
    private static final int STARTING_MS_MAX = 1500;
    private static final int STARTING_ONE_IN = 5;
    private static final int ON_MS_MAX = 100;

    /** Ordered is what everybody has; the others order metadata and data differently. */
    private static final List<String> MODES =
            List.of("data=ordered", "data=ordered", "data=writeback", "data=journal");

    private final ServerBuild build;
    private final Violations violations = new Violations();
    private final Map<Shutdown, Integer> losses = new EnumMap<>(Shutdown.class);
    private final Sums sums = new Sums();
    private int done;
    private int whileStarting;

    /**
     * @param build the server to hurt
     */
    public PowerRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Path directory = Directories.empty(options.directory().resolve("power"));
        String obstacle = Lab.obstacle(directory);
        if (obstacle != null) {
            return Report.skipped(obstacle);
        }
        long startNs = System.nanoTime();
        long endNs = startNs + TimeUnit.SECONDS.toNanos(options.seconds());
        SplittableRandom random = new SplittableRandom(options.seed());
        try (Lab lab = Lab.open(directory, TMPFS_BYTES)) {
            while (done < options.times() && System.nanoTime() < endNs) {
                oneDisk(options, lab, directory, random, endNs);
                System.out.printf(
                        "%,5d s  %,4d power losses  %d broken%n",
                        (System.nanoTime() - startNs) / 1_000_000_000, done, violations.count());
            }
        }
        return Report.of(
                """
                | power losses | %,d |
                | by flag: nothing / journal / all flushed | %,d / %,d / %,d |
                | of them while the server started | %,d |
                | time | %,d s |
                | seed | %d |
                %s\
                """
                        .formatted(
                                done,
                                count(Shutdown.NOTHING_FLUSHED),
                                count(Shutdown.LOG_FLUSHED),
                                count(Shutdown.ALL_FLUSHED),
                                whileStarting,
                                (System.nanoTime() - startNs) / 1_000_000_000,
                                options.seed(),
                                sums.table()),
                violations);
    }

    private int count(Shutdown how) {
        return losses.getOrDefault(how, 0);
    }

    private void oneDisk(
            Options options, Lab lab, Path directory, SplittableRandom random, long endNs)
            throws IOException, InterruptedException {
        String mode = MODES.get(random.nextInt(MODES.size()));
        LoopDisk disk = lab.disk("power", DISK_BYTES);
        Stand stand =
                lab.closeAtEnd(
                        new Stand(
                                build,
                                disk,
                                mode,
                                directory.resolve("server.log"),
                                Map.of(),
                                random.nextLong(),
                                violations));
        stand.begin();
        int rounds = Math.min(options.times(), done + ROUNDS_PER_DISK);
        while (done < rounds && System.nanoTime() < endNs) {
            violations.during("power loss %d, %s".formatted(done + 1, mode));
            round(stand, random, rounds);
        }
        violations.during("after the last power loss of a disk, " + mode);
        stand.auditAll();
        sums.add(stand);
        lab.closeFrom(disk);
    }

    private void round(Stand stand, SplittableRandom random, int rounds)
            throws IOException, InterruptedException {
        RunningLoad running = RunningLoad.start(stand.load, stand.node.port());
        stand.topics.begin(stand.node);
        running.awaitAcknowledged(random.nextInt(ACKNOWLEDGED_MAX));
        Thread.sleep(random.nextInt(LOADED_MS_MAX));
        lose(stand, random);
        var _ = running.end();
        stand.topics.end();
        while (done < rounds && random.nextInt(STARTING_ONE_IN) == 0) {
            stand.launch();
            Thread.sleep(random.nextInt(STARTING_MS_MAX));
            lose(stand, random);
            whileStarting++;
        }
        stand.start();
        stand.audit();
    }

    /**
     * Nobody hears what the server says from here on, while it goes on for a moment without
     * knowing, and meets the errors.
     */
    private void lose(Stand stand, SplittableRandom random)
            throws IOException, InterruptedException {
        Shutdown how = Shutdown.of(random.nextInt(10));
        stand.load.deafen();
        stand.topics.deafen();
        stand.disk.powerOff(how);
        Thread.sleep(random.nextInt(ON_MS_MAX));
        stand.node.kill();
        stand.disk.unmount();
        stand.mount();
        done++;
        losses.merge(how, 1, Integer::sum);
    }
}
