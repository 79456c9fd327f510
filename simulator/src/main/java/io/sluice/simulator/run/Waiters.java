package io.sluice.simulator.run;

import io.sluice.engine.broker.Asker;
import io.sluice.engine.time.Executor;
import io.sluice.simulator.plan.Operation;
import java.util.ArrayList;
import java.util.List;

/** Clients that wait for messages, and may go away before there are any. */
final class Waiters {
    private static final int COUNT_MAX = 1024;

    private final Node node;
    private final List<Waiter> lately = new ArrayList<>(); // newest last
    private int life;

    Waiters(Node node) {
        this.node = node;
    }

    /** One that asks now. */
    Asker asker(int suspendMs) {
        if (suspendMs == 0) {
            return Asker.staying(node.eventLoop());
        }
        if (life != node.life() || lately.size() == COUNT_MAX) {
            lately.subList(0, life == node.life() ? 1 : lately.size()).clear();
            life = node.life();
        }
        Waiter waiter = new Waiter(node.eventLoop());
        lately.add(waiter);
        return waiter;
    }

    void goAway(Operation.GoAway op) {
        if (life == node.life() && !lately.isEmpty()) {
            lately.get(lately.size() - 1 - op.pick() % lately.size()).goAway();
        }
    }

    void allGoAway() {
        if (life == node.life()) {
            lately.forEach(Waiter::goAway);
        }
    }

    private static final class Waiter implements Asker {
        private final Executor home;
        private Runnable whenGone = () -> {};
        private boolean gone;

        Waiter(Executor home) {
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
        }

        void goAway() {
            gone = true;
            whenGone.run();
        }
    }
}
