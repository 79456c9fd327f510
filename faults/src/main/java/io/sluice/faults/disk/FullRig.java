package io.sluice.faults.disk;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.faults.Directories;
import io.sluice.faults.Load;
import io.sluice.faults.Options;
import io.sluice.faults.Rig;
import io.sluice.faults.ServerBuild;
import io.sluice.faults.Violations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A small disk that fills up under load, {@code --times}: sends are refused and told why, while
 * consuming and committing go on; once there is room sending works again by itself. The room comes
 * from somebody else's file that goes, or from retention. In some rounds that file takes the very
 * last block before.
 */
public final class FullRig implements Rig {
    private static final long MIB = 1 << 20;
    private static final long DISK_BYTES = 640 * MIB;
    private static final long TMPFS_BYTES = DISK_BYTES + 64 * MIB;

    /** What the server leaves free for its indexes and for everybody else. */
    private static final long KEPT_FREE_BYTES = 128 * MIB;

    /** Its first segment, and a little for its metadata and the file system's. */
    private static final long FIRST_BYTES = 34 * MIB;

    private static final int ROUNDS_PER_DISK = 6;
    private static final int SERVICE_NOT_AVAILABLE = 14;
    private static final long FULL_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long HEALED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int WHILE_FULL = 25;
    private static final int COMMIT_EVERY = 5;
    private static final long POLL_MS = 20;
    private static final int RETENTION_ONE_IN = 2;

    private final ServerBuild build;
    private final Violations violations = new Violations();
    private final Sums sums = new Sums();
    private int done;
    private int lastBlock;
    private int byRetention;
    private long healingMsMax;

    /**
     * @param build the server to hurt
     */
    public FullRig(ServerBuild build) {
        this.build = build;
    }

    @Override
    public Report run(Options options) throws Exception {
        Path directory = Directories.empty(options.directory().resolve("full"));
        String obstacle = Lab.obstacle(directory);
        if (obstacle != null) {
            return Report.skipped(obstacle);
        }
        long startNs = System.nanoTime();
        long endNs = startNs + TimeUnit.SECONDS.toNanos(options.seconds());
        SplittableRandom random = new SplittableRandom(options.seed());
        try (Lab lab = Lab.open(directory, TMPFS_BYTES)) {
            while (done < options.times() && System.nanoTime() < endNs) {
                oneDisk(options, lab, directory, random);
                if (random.nextInt(RETENTION_ONE_IN) == 0 && done < options.times()) {
                    healByRetention(lab, directory, random);
                }
                System.out.printf(
                        "%,5d s  %,4d full disks  %d broken%n",
                        (System.nanoTime() - startNs) / 1_000_000_000, done, violations.count());
            }
        }
        return Report.of(
                """
                | full disks | %,d |
                | of them full to the last block | %,d |
                | of them healed by retention alone | %,d |
                | longest from room to a send, without restart | %,d ms |
                | time | %,d s |
                | seed | %d |
                %s\
                """
                        .formatted(
                                done,
                                lastBlock,
                                byRetention,
                                healingMsMax,
                                (System.nanoTime() - startNs) / 1_000_000_000,
                                options.seed(),
                                sums.table()),
                violations);
    }

    private void oneDisk(Options options, Lab lab, Path directory, SplittableRandom random)
            throws IOException, InterruptedException {
        LoopDisk disk = lab.disk("full", DISK_BYTES);
        Stand stand = stand(lab, disk, directory, Map.of(), random);
        Ballast ballast = new Ballast(disk.path().resolve("ballast"));
        Filler filler = begin(stand, ballast, FIRST_BYTES);
        int rounds = Math.min(options.times(), done + ROUNDS_PER_DISK);
        while (done < rounds) {
            violations.during("full disk " + (done + 1));
            round(stand, ballast, filler, random);
            done++;
        }
        violations.during("after the last fill of a disk");
        stand.auditAll();
        sums.add(stand);
        lab.closeFrom(disk);
    }

    private Stand stand(
            Lab lab,
            LoopDisk disk,
            Path directory,
            Map<String, String> settings,
            SplittableRandom random) {
        Path log = directory.resolve("server.log");
        long seed = random.nextLong();
        return lab.closeAtEnd(
                new Stand(build, disk, "errors=continue", log, settings, seed, violations));
    }

    private static Filler begin(Stand stand, Ballast ballast, long roomBytes)
            throws IOException, InterruptedException {
        stand.mount();
        ballast.leave(KEPT_FREE_BYTES + roomBytes);
        stand.prepare();
        Filler filler = new Filler(stand.ledger.violations());
        try (RawConnection server = stand.node.connect()) {
            filler.create(server);
        }
        return filler;
    }

    private void round(Stand stand, Ballast ballast, Filler filler, SplittableRandom random)
            throws IOException, InterruptedException {
        Ballast last = new Ballast(stand.disk.path().resolve("last-block"));
        RunningLoad running = RunningLoad.start(stand.load, stand.node.port());
        try (RawConnection server = stand.node.connect()) {
            fill(stand, server, filler);
            boolean all = random.nextInt(3) == 0;
            if (all) {
                last.takeAll();
                lastBlock++;
            }
            whileFull(stand, server, all);
            last.drop();
            ballast.leave(KEPT_FREE_BYTES + (36 + random.nextInt(36)) * MIB);
            awaitHealed(stand, server);
            if (all) {
                checkTopic(server, "after-" + done, true);
            }
        }
        Load.Result result = running.end();
        if (!result.isDrained()) {
            violations.add("%d requests got no answer", result.unanswered());
        }
        restart(stand, random.nextInt(3));
        try (RawConnection server = stand.node.connect()) {
            filler.check(server);
        }
        stand.audit();
    }

    private static void restart(Stand stand, int dice) throws IOException, InterruptedException {
        if (dice == 0) {
            stand.node.kill();
        } else if (dice == 1 && stand.node.stop() != 0) {
            stand.ledger.violations().add("the server did not stop cleanly: %s", stand.said());
        }
        if (!stand.node.isAlive()) {
            stand.start();
        }
    }

    /** Until even a small message is refused, by a code that clients retry and a reason. */
    private void fill(Stand stand, RawConnection server, Filler filler)
            throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + FULL_WITHIN_NANOS;
        Reply reply = stand.probe.send(server);
        while (reply.isOk() && System.nanoTime() < giveUpNanos) {
            if (!filler.send(server).isOk()) {
                Thread.sleep(POLL_MS);
            }
            reply = stand.probe.send(server);
        }
        checkRefusal(reply);
        if (!stand.said().contains("the disk is full")) {
            violations.add("the server did not print that the disk is full");
        }
    }

    private void checkRefusal(Reply reply) {
        if (reply.code() != SERVICE_NOT_AVAILABLE || !reply.remark().contains("disk is full")) {
            violations.add("not refused because the disk is full: %s", reply);
        }
    }

    /** For half a second: nothing is stored, everything can be read, offsets are kept. */
    private void whileFull(Stand stand, RawConnection server, boolean lastBlock)
            throws InterruptedException {
        for (int i = 0; i < WHILE_FULL; i++) {
            checkRefusal(stand.probe.send(server));
            if (i % COMMIT_EVERY == 0) {
                checkCommit(stand.probe.commit(server));
            }
            stand.probe.checkNewest(server);
            Thread.sleep(POLL_MS);
        }
        if (lastBlock) {
            checkTopic(server, "on-" + done, false);
        }
    }

    private void checkCommit(Reply commit) {
        if (!commit.isOk()) {
            violations.add("a commit was refused on a full disk: %s", commit);
        }
    }

    private void checkTopic(RawConnection server, String name, boolean expected) {
        Reply reply =
                server.request(RequestCode.UPDATE_AND_CREATE_TOPIC, Fields.createTopic(name, 1));
        if (reply.isOk() != expected || (!expected && !reply.remark().contains("no space left"))) {
            violations.add("creating a topic %s: %s", expected ? "with room" : "without", reply);
        }
    }

    private void awaitHealed(Stand stand, RawConnection server) throws InterruptedException {
        long startNanos = System.nanoTime();
        Reply reply = stand.probe.send(server);
        while (!reply.isOk() && System.nanoTime() - startNanos < HEALED_WITHIN_NANOS) {
            Thread.sleep(POLL_MS);
            reply = stand.probe.send(server);
        }
        if (!reply.isOk()) {
            violations.add("there is room, and sends are still refused: %s", reply);
        }
        healingMsMax = Math.max(healingMsMax, (System.nanoTime() - startNanos) / 1_000_000);
    }

    /**
     * Nobody frees anything: what has expired goes, and nothing else. Messages are kept for a
     * second, in whole segments.
     */
    private void healByRetention(Lab lab, Path directory, SplittableRandom random)
            throws IOException, InterruptedException {
        violations.during("full disk %d, retention".formatted(done + 1));
        LoopDisk disk = lab.disk("full", DISK_BYTES);
        Stand stand = stand(lab, disk, directory, Map.of("retention", "3s"), random);
        Ballast ballast = new Ballast(disk.path().resolve("ballast"));
        Filler filler = begin(stand, ballast, 2 * FIRST_BYTES + random.nextInt(20) * MIB);
        try (RawConnection server = stand.node.connect()) {
            fill(stand, server, filler);
            awaitHealed(stand, server);
            if (filler.first(server) == 0) {
                violations.add("it healed although nothing has expired");
            }
            if (!filler.send(server).isOk()) {
                violations.add("a large message is refused after healing");
            }
            filler.checkNewest(server);
        }
        byRetention++;
        done++;
        sums.add(stand);
        lab.closeFrom(disk);
    }
}
