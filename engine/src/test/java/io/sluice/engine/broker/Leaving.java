package io.sluice.engine.broker;

import java.util.concurrent.Executor;

/** An asker that can be told to go away. */
final class Leaving implements Asker {
    private final Executor home;
    private Runnable whenGone = () -> {};
    private boolean gone;

    Leaving(Executor home) {
        this.home = home;
    }

    @Override
    public void execute(Runnable task) {
        home.execute(task);
    }

    @Override
    public boolean isThere() {
        return !gone;
    }

    @Override
    public void whenGone(Runnable step) {
        whenGone = step;
        if (gone) {
            step.run();
        }
    }

    void leave() {
        gone = true;
        whenGone.run();
    }
}
