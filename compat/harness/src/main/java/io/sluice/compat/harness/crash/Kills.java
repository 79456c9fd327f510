package io.sluice.compat.harness.crash;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Target;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Kills a server under load again and again with SIGKILL, {@code -Dcompat.kills} times, each time
 * after a random number of further acknowledgements, or two seconds of a slow machine. {@code
 * -Dcompat.seed} repeats the moments of a run, as far as a real machine can.
 */
public final class Kills {

    private static final long SEED = 20_261_122;
    private static final long LIFE_MAX_NS = TimeUnit.SECONDS.toNanos(2);

    private final int count;
    private final int acknowledgedMax;
    private final long seed = Long.getLong("compat.seed", SEED);
    private final Random random = new Random(seed);

    /**
     * @param usual how many there are if nobody says otherwise
     * @param acknowledgedMax a kill comes after up to so many acknowledgements
     */
    public Kills(int usual, int acknowledgedMax) {
        count = Integer.getInteger("compat.kills", usual);
        this.acknowledgedMax = acknowledgedMax;
    }

    /** What goes on while the server is killed, and what is known of it. */
    public interface Load {

        /** How many messages have been acknowledged so far. */
        long acknowledged();

        /** Whether all of it has gone on since this was called. */
        Callable<Boolean> goesOn();

        /** Takes down what is known while the server is dead; the check is made when it is back. */
        Runnable known();
    }

    public int count() {
        return count;
    }

    /** Returns after the last kill, when the server has been started again and checked. */
    public void run(Target server, Load load) {
        for (int kill = 1; kill <= count; kill++) {
            Await.until("messages flow again", load.goesOn());
            long enough = load.acknowledged() + random.nextInt(acknowledgedMax);
            long latestNs = System.nanoTime() + LIFE_MAX_NS;
            Await.until(
                    "more is acknowledged, or it takes too long",
                    () -> load.acknowledged() >= enough || System.nanoTime() > latestNs);
            server.kill();
            Runnable check = load.known();
            server.start();
            try {
                check.run();
            } catch (AssertionError e) {
                throw new AssertionError("after kill " + kill + ", seed " + seed, e);
            }
        }
    }
}
