package io.sluice.simulator.cli;

import io.sluice.simulator.plan.Generator;
import io.sluice.simulator.plan.Plan;
import io.sluice.simulator.run.Run;
import io.sluice.simulator.run.Verdict;
import io.sluice.simulator.world.DiskMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Many histories on several threads. They are independent: each thread has memory of its own, and
 * takes the next seed when it has done one.
 *
 * <p>A history that takes longer than it may is reported with the stack of its thread. Nothing can
 * end that thread; it is left alone, and another one takes its place.
 */
final class Campaign {
    private static final long LOOK_MS = 200;

    private final Seeds seeds;
    private final int threads;
    private final long hangingNanos;
    private final BiFunction<Plan, DiskMemory, Verdict> run;
    private final Tally tally = new Tally();
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();

    /**
     * @param hangingNanos how long one history may take
     */
    Campaign(Seeds seeds, int threads, long hangingNanos) {
        this(seeds, threads, hangingNanos, Run::of);
    }

    Campaign(
            Seeds seeds,
            int threads,
            long hangingNanos,
            BiFunction<Plan, DiskMemory, Verdict> run) {
        this.seeds = seeds;
        this.threads = threads;
        this.hangingNanos = hangingNanos;
        this.run = run;
    }

    /**
     * Returns when all histories have ended or hang.
     *
     * @param progress called by the caller's thread several times a second
     */
    Tally run(Consumer<Tally> progress) throws InterruptedException {
        for (int i = 0; i < threads; i++) {
            begin();
        }
        while (!workers.isEmpty()) {
            workers.getFirst().join(LOOK_MS);
            workers.removeIf(worker -> !worker.isAlive());
            for (Worker worker : List.copyOf(workers)) {
                if (worker.isGivenUp()) {
                    workers.remove(worker);
                    begin();
                }
            }
            progress.accept(tally);
        }
        return tally;
    }

    private void begin() {
        Worker worker = new Worker();
        workers.add(worker);
        worker.start();
    }

    private final class Worker extends Thread {
        private final DiskMemory memory = new DiskMemory();
        private long seed;
        private long beganNanos;
        private boolean busy;
        private boolean givenUp;

        Worker() {
            super("histories-" + names.incrementAndGet());
            setDaemon(true);
        }

        @Override
        public void run() {
            for (OptionalLong next = seeds.next(); next.isPresent(); next = seeds.next()) {
                begins(next.getAsLong());
                Plan plan = Generator.plan(next.getAsLong());
                Verdict verdict = run.apply(plan, memory);
                if (!ends(plan, verdict)) {
                    return;
                }
            }
        }

        private synchronized void begins(long newSeed) {
            seed = newSeed;
            beganNanos = System.nanoTime();
            busy = true;
        }

        /** False if it was given up meanwhile. */
        private synchronized boolean ends(Plan plan, Verdict verdict) {
            busy = false;
            if (!givenUp) {
                tally.add(plan, verdict);
            }
            return !givenUp;
        }

        /** Gives it up if it takes too long. */
        synchronized boolean isGivenUp() {
            long nanos = System.nanoTime() - beganNanos;
            if (busy && nanos > hangingNanos) {
                givenUp = true;
                tally.add(
                        Failure.hangs(
                                seed, TimeUnit.NANOSECONDS.toSeconds(nanos), getStackTrace()));
            }
            return givenUp;
        }
    }
}
