package io.sluice.simulator.model;

import io.sluice.engine.queue.QueueRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a group that consumes in order has to have consumed before it gets what was sent after
 * producers learnt that a topic has more queues.
 */
public final class Barriers {
    /** Somebody asks how many queues a topic has, and this was acknowledged before. */
    public record Learning(int topicId, Map<QueueRef, Long> ends) {}

    /**
     * @param sendsFrom sends from this number on were handed over after it was told
     */
    private record Barrier(Map<QueueRef, Long> ends, int sendsFrom) {}

    private final Map<Integer, List<Barrier>> byTopic = new HashMap<>();

    /** What was asked was told. */
    void learnt(Learning learning, int sendsFrom) {
        byTopic.computeIfAbsent(learning.topicId, id -> new ArrayList<>())
                .add(new Barrier(learning.ends, sendsFrom));
    }

    /**
     * The queue that should have been consumed further before a message was; null if none.
     *
     * @param committed the largest offset that a group may ever have committed in a queue
     */
    @Nullable QueueRef behind(int topicId, int send, ToLongFunction<QueueRef> committed) {
        for (Barrier barrier : byTopic.getOrDefault(topicId, List.of())) {
            for (Map.Entry<QueueRef, Long> end : barrier.ends.entrySet()) {
                if (barrier.sendsFrom <= send
                        && committed.applyAsLong(end.getKey()) < end.getValue()) {
                    return end.getKey();
                }
            }
        }
        return null;
    }
}
