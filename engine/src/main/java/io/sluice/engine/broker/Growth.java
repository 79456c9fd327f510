package io.sluice.engine.broker;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Draws barriers while producers learn that a topic has got more queues: each spreads its keys over
 * all of them from its next question for the route on, so before that is answered a barrier parts
 * what it has sent from what it will send. Questions that come within a second wait for the same
 * barrier. See ADR 9.
 *
 * <p>Lives on the shard's executor; {@link #told} may be called by any thread.
 */
final class Growth {
    /** Clients ask for routes every 30 s. */
    static final long LEARN_MS = 60_000;

    static final long BARRIER_EVERY_NANOS = 1_000_000_000L;

    private final Predicate<Command> submit;
    private final Clock clock;
    private final Executor executor;
    private final Map<Integer, List<Consumer<Outcome<Integer>>>> waiting =
            new HashMap<>(); // by topic id
    private final Map<Integer, Long> drawnNanos = new HashMap<>(); // by topic id

    Growth(Predicate<Command> submit, Clock clock, Executor executor) {
        this.submit = submit;
        this.clock = clock;
        this.executor = executor;
    }

    /**
     * Somebody is about to be told how many queues a topic has; {@code then} tells, also if no
     * barrier could be drawn.
     */
    void told(Topic topic, Consumer<Outcome<Integer>> then) {
        boolean grown = topic.growth().size() > 1;
        if (grown && clock.wallMs() - topic.growth().getLast().atMs() <= LEARN_MS) {
            executor.execute(() -> await(topic.id(), then));
        } else {
            then.accept(Outcome.done(0));
        }
    }

    private void await(int topicId, Consumer<Outcome<Integer>> then) {
        List<Consumer<Outcome<Integer>>> others =
                waiting.computeIfAbsent(topicId, id -> new ArrayList<>());
        others.add(then);
        if (others.size() == 1) {
            long next = drawnNanos.getOrDefault(topicId, Long.MIN_VALUE / 2) + BARRIER_EVERY_NANOS;
            long delayNanos = Math.clamp(next - clock.nanos(), 0, BARRIER_EVERY_NANOS);
            executor.executeAfter(delayNanos, () -> draw(topicId));
        }
    }

    private void draw(int topicId) {
        List<Consumer<Outcome<Integer>>> all = waiting.getOrDefault(topicId, List.of());
        waiting.remove(topicId);
        drawnNanos.put(topicId, clock.nanos());
        Consumer<Outcome<Integer>> tell = outcome -> all.forEach(then -> then.accept(outcome));
        if (!submit.test(new Command.DrawBarrier(topicId, tell))) {
            tell.accept(Outcome.refused(Refusal.BUSY, "too much is under way: try again"));
        }
    }
}
