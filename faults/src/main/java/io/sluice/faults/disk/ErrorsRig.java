package io.sluice.faults.disk;

import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.faults.Directories;
import io.sluice.faults.Load;
import io.sluice.faults.Options;
import io.sluice.faults.Rig;
import io.sluice.faults.ServerBuild;
import io.sluice.faults.Violations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A disk that stops taking writes under load, {@code --times}: the tmpfs under its image has no
 * room left. Writes, syncs and write-back of the page cache fail, some later ones succeed. The
 * server has to stop acknowledging, to say why, and to have everything acknowledged once the disk
 * works again: after a restart on the file system as it is, page cache and all, and then after a
 * power loss; or at once on the mounted-anew file system.
 *
 * <p>One disk in four lies as well: it has a little room left, and where that ends Linux's loop
 * driver reports a write as done of which only a part was. No process can know that when it
 * acknowledges, so there the rig only counts what it cost, and checks that the server serves no
 * altered or invented message or refuses to start.
 */
public final class ErrorsRig implements Rig {
    private static final long DISK_BYTES = 2L << 30;
    private static final long TMPFS_BYTES = DISK_BYTES + (64 << 20);
    private static final int ROUNDS_PER_DISK = 5;
    private static final int ACKNOWLEDGED_MAX = 6_000;
    private static final int LEFT_BYTES_MAX = 4 << 20;
    private static final int LYING_ONE_IN = 4;
    private static final List<String> WORSE_THAN_LOST =
            List.of("the body is not one we sent", "a phantom", "was sent otherwise");
    private static final long REFUSED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final long ON_MS = 200;
    private static final long POLL_MS = 20;

    private static final List<String> MODES =
            List.of(
                    "errors=continue",
                    "errors=remount-ro",
                    "data=journal,errors=continue",
                    "data=writeback,errors=continue");

    private final ServerBuild build;
    private final Violations violations = new Violations();
    private final Sums sums = new Sums();
    private int done;
    private int refusedSends;
    private int refusedStarts;
    private int restartedAsItIs;
    private int lyingDisks;
    private int costlyLies;
    private int noticedLies;

    /**
     * @param build the server to hurt
     */
    public ErrorsRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Path directory = Directories.empty(options.directory().resolve("errors"));
        String obstacle = Lab.obstacle(directory);
        if (obstacle != null) {
            return Report.skipped(obstacle);
        }
        long startNs = System.nanoTime();
        long endNs = startNs + TimeUnit.SECONDS.toNanos(options.seconds());
        SplittableRandom random = new SplittableRandom(options.seed());
        try (Lab lab = Lab.open(directory, TMPFS_BYTES)) {
            while (done < options.times() && System.nanoTime() < endNs) {
                if (random.nextInt(LYING_ONE_IN) == 0) {
                    lyingDisk(lab, directory, random);
                } else {
                    oneDisk(options, lab, directory, random, endNs);
                }
                System.out.printf(
                        "%,5d s  %,4d disk errors  %d broken%n",
                        (System.nanoTime() - startNs) / 1_000_000_000, done, violations.count());
            }
        }
        return Report.of(
                """
                | disks that stopped taking writes | %,d |
                | of them noticed by sends, which were refused with the reason | %,d |
                | restarted on the file system as it was | %,d |
                | starts refused with the reason | %,d |
                | disks that lied too / lost what was acknowledged / start refused | %,d / %,d / %,d |
                | time | %,d s |
                | seed | %d |
                %s\
                """
                        .formatted(
                                done,
                                refusedSends,
                                restartedAsItIs,
                                refusedStarts,
                                lyingDisks,
                                costlyLies,
                                noticedLies,
                                (System.nanoTime() - startNs) / 1_000_000_000,
                                options.seed(),
                                sums.table()),
                violations);
    }

    private Stand stand(LoopDisk disk, Path directory, SplittableRandom random, Violations found) {
        String mode = MODES.get(random.nextInt(MODES.size()));
        Path log = directory.resolve("server.log");
        found.during("disk error %d, %s".formatted(done + 1, mode));
        return new Stand(build, disk, mode, log, Map.of(), random.nextLong(), found);
    }

    private void oneDisk(
            Options options, Lab lab, Path directory, SplittableRandom random, long endNs)
            throws IOException, InterruptedException {
        LoopDisk disk = lab.disk("errors", DISK_BYTES);
        Stand stand = lab.closeAtEnd(stand(disk, directory, random, violations));
        stand.mount();
        if (random.nextInt(4) > 0) {
            disk.useJournal();
        }
        stand.prepare();
        int rounds = Math.min(options.times(), done + ROUNDS_PER_DISK);
        while (done < rounds && System.nanoTime() < endNs) {
            violations.during("disk error " + (done + 1));
            round(stand, lab.tmpfs(), random);
            done++;
        }
        violations.during("after the last error of a disk");
        stand.auditAll();
        sums.add(stand);
        lab.closeFrom(disk);
    }

    private void lyingDisk(Lab lab, Path directory, SplittableRandom random)
            throws IOException, InterruptedException {
        Violations found = new Violations();
        LoopDisk disk = lab.disk("errors", DISK_BYTES);
        Stand stand = lab.closeAtEnd(stand(disk, directory, random, found));
        stand.begin();
        hurt(stand, lab.tmpfs(), random, 1 + random.nextLong(LEFT_BYTES_MAX));
        remount(stand, lab.tmpfs(), random.nextBoolean());
        stand.launch();
        if (stand.node.awaitReady()) {
            stand.audit();
        } else {
            noticedLies++;
            checkRefusedStart(stand);
        }
        found.kept().stream()
                .filter(each -> WORSE_THAN_LOST.stream().anyMatch(each::contains))
                .forEach(each -> violations.add("%s", each));
        costlyLies += found.count() > 0 ? 1 : 0;
        lyingDisks++;
        done++;
        sums.add(stand);
        lab.closeFrom(disk);
    }

    private void round(Stand stand, Tmpfs tmpfs, SplittableRandom random)
            throws IOException, InterruptedException {
        hurt(stand, tmpfs, random, 0);
        if (random.nextBoolean()) {
            restartAsItIs(stand, tmpfs, random);
        }
        remount(stand, tmpfs, random.nextBoolean());
        stand.start();
        stand.audit();
    }

    /** The disk goes bad under load; in the end the server is dead. */
    private void hurt(Stand stand, Tmpfs tmpfs, SplittableRandom random, long leftBytes)
            throws IOException, InterruptedException {
        RunningLoad running = RunningLoad.start(stand.load, stand.node.port());
        stand.topics.begin(stand.node);
        running.awaitAcknowledged(random.nextInt(ACKNOWLEDGED_MAX));
        squeeze(stand.disk, tmpfs, random, leftBytes);
        watch(stand);
        Load.Result result = running.end();
        stand.topics.end();
        if (!result.isDrained()) {
            violations.add("%d requests got no answer", result.unanswered());
        }
        stand.node.kill();
    }

    /** Mostly under the segments too: their zeroes become holes, which need room to be written. */
    private static void squeeze(LoopDisk disk, Tmpfs tmpfs, SplittableRandom random, long leftBytes)
            throws IOException {
        disk.freeze();
        if (leftBytes > 0 || random.nextInt(4) > 0) {
            disk.digHoles();
        }
        tmpfs.leave(leftBytes);
        disk.thaw();
    }

    /** Sends until that is refused, which need not happen: a log may have all the room it needs. */
    private void watch(Stand stand) throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + REFUSED_WITHIN_NANOS;
        Reply refused = null;
        try (RawConnection server = stand.node.connect()) {
            while (refused == null && System.nanoTime() < giveUpNanos) {
                Reply reply = stand.probe.send(server);
                refused = reply.isOk() ? null : reply;
                Thread.sleep(POLL_MS);
            }
            Thread.sleep(ON_MS);
            if (refused != null) {
                checkRefusal(stand, server, refused);
            }
        }
    }

    /** Refusing goes on, reading too, and the server has printed why. */
    private void checkRefusal(Stand stand, RawConnection server, Reply refused) throws IOException {
        refusedSends++;
        boolean failed = refused.remark().contains("storage failed");
        if (failed && stand.probe.send(server).isOk()) {
            violations.add("a send was acknowledged after storage had failed");
        }
        if (!failed && !refused.remark().contains("disk is full")) {
            violations.add("a send was refused for another reason: %s", refused);
        }
        String said = failed ? "storage failed" : "No room for a new segment";
        if (!stand.said().contains(said)) {
            violations.add("the server did not print why it refuses: %s", refused.remark());
        }
        stand.probe.checkNewest(server);
    }

    /**
     * Starts on what the page cache shows, with room again or without. If the server comes up
     * everything has to be there, and still be there after a power loss.
     */
    private void restartAsItIs(Stand stand, Tmpfs tmpfs, SplittableRandom random)
            throws IOException, InterruptedException {
        boolean hasRoom = random.nextInt(4) > 0;
        if (hasRoom) {
            tmpfs.restore();
        }
        stand.launch();
        if (stand.node.awaitReady()) {
            restartedAsItIs++;
            if (hasRoom) {
                stand.audit();
            }
            stand.disk.powerOff(Shutdown.NOTHING_FLUSHED);
            stand.node.kill();
            return;
        }
        refusedStarts++;
        checkRefusedStart(stand);
    }

    private void checkRefusedStart(Stand stand) throws IOException {
        if (stand.node.exitCode() == 0 || stand.said().isBlank()) {
            violations.add(
                    "the server ended with %d and said '%s'", stand.node.exitCode(), stand.said());
        }
    }

    /** As after a boot: checked, journal replayed. The room is back before or after unmounting. */
    private static void remount(Stand stand, Tmpfs tmpfs, boolean roomFirst) throws IOException {
        if (roomFirst) {
            tmpfs.restore();
        }
        stand.disk.unmount();
        tmpfs.restore();
        var _ = stand.disk.check();
        stand.mount();
    }
}
