package io.sluice.engine.broker;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends groups to other places of a topic: to a time, the beginning, the end, or where another
 * group is. First a plan, which changes nothing and can be shown; then the plan is carried out.
 *
 * <p>Consumers that are connected are told by their next pull, which is woken for it, to go on from
 * there; what they commit before they do changes nothing (see {@link
 * io.sluice.engine.group.Resets}). Those that are not find their new place when they come.
 *
 * <p>Methods may be called from any thread; replies come on any.
 */
public final class Replay {
    /** In place of a time: the end, so that everything is skipped. */
    public static final long LATEST = -1;

    /** A time before everything. */
    public static final long EARLIEST = 0;

    /** So many queues are reset at once, all or none; a topic with more is reset in parts. */
    private static final int PART_QUEUES = 256;

    /**
     * Where a group stands in a queue, and where it would go.
     *
     * @param first the queue's oldest offset
     * @param end one past its newest
     * @param committed {@link Offsets#NONE} if the group has committed nothing
     */
    public record Step(int queueId, long first, long end, long committed, long target) {}

    private final Broker broker;
    private final Predicate<Command> submit;

    Replay(Broker broker, Predicate<Command> submit) {
        this.broker = broker;
        this.submit = submit;
    }

    /**
     * Where a group would go.
     *
     * @param atMs to the first message stored then or later, wall-clock ms; {@link #LATEST}
     */
    public void plan(Group group, Topic topic, long atMs, Consumer<Outcome<List<Step>>> reply) {
        Gathering gathering = new Gathering(topic, reply);
        for (int i = 0; i < broker.queues(topic); i++) {
            int queueId = i;
            if (atMs < 0) {
                gathering.target(queueId, Outcome.done(broker.endOffset(topic, queueId)));
            } else {
                broker.offsetAtOrAfter(
                        topic, queueId, atMs, outcome -> gathering.target(queueId, outcome));
            }
            broker.startOffset(
                    group, topic, queueId, false, outcome -> gathering.committed(queueId, outcome));
        }
    }

    /** Where a group would go to be where another one is; queues that has no offset in are left. */
    public void planCopy(Group from, Group to, Topic topic, Consumer<Outcome<List<Step>>> reply) {
        Gathering gathering =
                new Gathering(
                        topic,
                        outcome ->
                                reply.accept(
                                        outcome instanceof Outcome.Done<List<Step>>(var steps)
                                                ? Outcome.done(withOffset(steps))
                                                : outcome));
        for (int i = 0; i < broker.queues(topic); i++) {
            int queueId = i;
            broker.startOffset(
                    from, topic, queueId, false, outcome -> gathering.target(queueId, outcome));
            broker.startOffset(
                    to, topic, queueId, false, outcome -> gathering.committed(queueId, outcome));
        }
    }

    private static List<Step> withOffset(List<Step> steps) {
        return steps.stream().filter(step -> step.target() != Offsets.NONE).toList();
    }

    /** What several questions about the queues of a topic are answered, in whatever order. */
    private final class Gathering {
        private final Topic topic;
        private final Consumer<Outcome<List<Step>>> reply;
        private final long[] targets;
        private final long[] committed;
        private final AtomicInteger left;
        private final AtomicReference<Outcome.@Nullable Refused<Long>> refused =
                new AtomicReference<>();

        Gathering(Topic topic, Consumer<Outcome<List<Step>>> reply) {
            this.topic = topic;
            this.reply = reply;
            int queues = broker.queues(topic);
            this.targets = new long[queues];
            this.committed = new long[queues];
            this.left = new AtomicInteger(2 * queues);
        }

        void target(int queueId, Outcome<Long> outcome) {
            answered(targets, queueId, outcome);
        }

        void committed(int queueId, Outcome<Long> outcome) {
            answered(committed, queueId, outcome);
        }

        private void answered(long[] into, int queueId, Outcome<Long> outcome) {
            switch (outcome) {
                case Outcome.Done<Long>(Long offset) -> into[queueId] = offset;
                case Outcome.Refused<Long> why -> refused.compareAndSet(null, why);
            }
            if (left.decrementAndGet() == 0) {
                Outcome.Refused<Long> why = refused.get();
                reply.accept(why == null ? Outcome.done(steps()) : why.of());
            }
        }

        private List<Step> steps() {
            List<Step> steps = new ArrayList<>(targets.length);
            for (int i = 0; i < targets.length; i++) {
                long first = broker.firstOffset(topic, i);
                long end = broker.endOffset(topic, i);
                steps.add(new Step(i, first, end, committed[i], Math.min(targets[i], end)));
            }
            return steps;
        }
    }

    /** Carries a plan out; replies when it is durable how many queues were reset. */
    public void reset(
            Group group, Topic topic, List<Step> steps, Consumer<Outcome<Integer>> reply) {
        List<Command.QueueOffset> offsets =
                steps.stream()
                        .map(step ->
                                new Command.QueueOffset(
                                        new QueueRef(topic.id(), step.queueId()), step.target()))
                        .toList();
        resetFrom(0, group, topic, offsets, reply);
    }

    private void resetFrom(
            int from,
            Group group,
            Topic topic,
            List<Command.QueueOffset> offsets,
            Consumer<Outcome<Integer>> reply) {
        if (from >= offsets.size()) {
            reply.accept(Outcome.done(offsets.size()));
            return;
        }
        int to = Math.min(from + PART_QUEUES, offsets.size());
        Consumer<Outcome<Integer>> next =
                outcome -> {
                    if (outcome instanceof Outcome.Done<Integer>) {
                        resetFrom(to, group, topic, offsets, reply);
                    } else {
                        reply.accept(outcome);
                    }
                };
        List<Command.QueueOffset> part = offsets.subList(from, to);
        if (!submit.test(
                new Command.ResetOffsets(group.id(), topic.id(), topic.queues(), part, next))) {
            reply.accept(
                    Outcome.refused(Refusal.BUSY, "too much is under way: try again in a moment"));
        }
    }
}
