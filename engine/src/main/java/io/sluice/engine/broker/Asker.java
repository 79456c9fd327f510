package io.sluice.engine.broker;

import java.util.concurrent.Executor;

/**
 * Who asked for messages, and may wait for them. As an executor it runs what is to be done next
 * where its requests are handled: on an event loop. Any thread.
 */
public interface Asker extends Executor {
    /** Whether an answer is wanted, and could be taken: asked before anything is leased. */
    boolean isThere();

    /**
     * Takes a step when this one goes away, at once if it has gone already; in place of the step
     * said before.
     */
    void whenGone(Runnable step);

    /** One that stays until it is answered. */
    static Asker staying(Executor home) {
        return new Asker() {
            @Override
            public void execute(Runnable task) {
                home.execute(task);
            }

            @Override
            public boolean isThere() {
                return true;
            }

            @Override
            public void whenGone(Runnable step) {}
        };
    }
}
