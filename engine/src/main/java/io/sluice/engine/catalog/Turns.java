package io.sluice.engine.catalog;

import io.sluice.engine.time.Executor;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Lets changes under the same name happen one after the other. Lives on one serial executor. */
final class Turns {
    private final Executor executor;
    private final Map<String, ArrayDeque<Runnable>> waiting = new HashMap<>();

    Turns(Executor executor) {
        this.executor = executor;
    }

    /**
     * Runs {@code change} once those before it under the same name are over; it is over when it
     * gives its outcome, which goes to {@code done}.
     */
    <T> void take(String name, Consumer<T> done, Consumer<Consumer<T>> change) {
        Runnable turn =
                () ->
                        change.accept(outcome -> {
                            over(name);
                            done.accept(outcome);
                        });
        ArrayDeque<Runnable> others = waiting.get(name);
        if (others == null) {
            waiting.put(name, new ArrayDeque<>());
            turn.run();
        } else {
            others.add(turn);
        }
    }

    private void over(String name) {
        ArrayDeque<Runnable> others = waiting.get(name);
        Runnable next = others == null ? null : others.poll();
        if (next == null) {
            waiting.remove(name);
        } else {
            executor.execute(next);
        }
    }
}
