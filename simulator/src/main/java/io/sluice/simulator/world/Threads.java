package io.sluice.simulator.world;

import io.sluice.engine.time.Executor;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The threads of one process, as the executors that an engine is given, until it is killed. Then
 * nothing of it runs any more, whatever was handed over.
 *
 * <p>A task begins some microseconds after it was handed over, sometimes milliseconds, as threads
 * do; a serial executor begins the next one when the one before is over, including what it spent.
 */
public final class Threads {
    private static final long WAKE_NANOS_MAX = 20_000;
    private static final long STALL_NANOS_MAX = 50_000_000;

    private final World world;
    private final Dice dice;
    private final int stallPerMille;
    private final Consumer<Throwable> uncaught;
    private boolean alive = true;
    private long pausedUntilNanos;

    /**
     * @param seed decides how long threads take to begin
     * @param stallPerMille how often a task begins late, by up to 50 ms
     * @param uncaught told what a task throws while the process lives
     */
    public Threads(World world, long seed, int stallPerMille, Consumer<Throwable> uncaught) {
        this.world = world;
        this.dice = new Dice(seed);
        this.stallPerMille = stallPerMille;
        this.uncaught = uncaught;
    }

    /** Ends it: at once, in the middle of whatever it does. */
    public void kill() {
        alive = false;
    }

    /** How much longer they stand still, in ns. */
    public long pausedNanos() {
        return Math.max(0, pausedUntilNanos - world.nanos());
    }

    /** All of them stand still for so long, from now on. */
    public void pause(long forNanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, world.nanos() + forNanos);
    }

    public boolean isAlive() {
        return alive;
    }

    private long wakeNanos() {
        return pausedNanos() + ownWakeNanos();
    }

    private long ownWakeNanos() {
        return dice.perMille(stallPerMille)
                ? dice.magnitude(STALL_NANOS_MAX)
                : dice.below((int) WAKE_NANOS_MAX);
    }

    private void run(Runnable task) {
        if (!alive) {
            return;
        }
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            if (alive) { // what a process does with its last breath is nobody's business
                uncaught.accept(e);
            }
        }
    }

    /** A new thread that takes one task after the other. */
    public Executor serial() {
        return new Serial();
    }

    /** Threads of which each task finds one that is free: tasks overtake each other. */
    public Executor concurrent() {
        return new Executor() {
            @Override
            public void execute(Runnable task) {
                executeAfter(0, task);
            }

            @Override
            public void executeAfter(long delayNanos, Runnable task) {
                world.after(delayNanos + wakeNanos(), () -> run(task));
            }
        };
    }

    private final class Serial implements Executor {
        private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
        private final Runnable turn = this::turn;
        private boolean turnComing;

        @Override
        public void execute(Runnable task) {
            executeAfter(0, task);
        }

        @Override
        public void executeAfter(long delayNanos, Runnable task) {
            if (delayNanos == 0 && world.nanosSpent() == 0) {
                arrive(task);
            } else {
                world.after(delayNanos, () -> arrive(task));
            }
        }

        private void arrive(Runnable task) {
            queue.add(task);
            if (!turnComing) {
                turnComing = true;
                world.after(wakeNanos(), turn);
            }
        }

        private void turn() {
            if (world.nanos() < pausedUntilNanos) {
                world.at(pausedUntilNanos, turn);
                return;
            }
            Runnable task = queue.remove();
            run(task);
            if (queue.isEmpty() && world.nanosSpent() == 0) {
                turnComing = false;
            } else {
                world.after(0, this::next);
            }
        }

        private void next() {
            if (queue.isEmpty()) {
                turnComing = false;
            } else {
                turn();
            }
        }
    }
}
