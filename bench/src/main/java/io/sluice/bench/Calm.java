package io.sluice.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What happens between two contenders: the disk finishes, and the machine is watched at rest. */
@FunctionalInterface
interface Calm {
    /**
     * Returns when the next contender may start.
     *
     * @return processors busy with other work while nothing of ours ran
     */
    double before() throws IOException, InterruptedException;

    /** Lets the disk finish what the last contender left, then watches for a second. */
    static double ofThisMachine() throws IOException, InterruptedException {
        Process sync = new ProcessBuilder("sync").inheritIO().start();
        if (!sync.waitFor(120, TimeUnit.SECONDS)) {
            sync.destroyForcibly();
        }
        long beforeNs = System.nanoTime();
        long busyBeforeNs = Usage.machineBusyNs();
        Thread.sleep(1000);
        double busyNs = Usage.machineBusyNs() - busyBeforeNs;
        return busyNs / (System.nanoTime() - beforeNs);
    }
}
