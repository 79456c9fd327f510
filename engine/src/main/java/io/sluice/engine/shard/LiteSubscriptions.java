package io.sluice.engine.shard;

import io.sluice.engine.queue.LiteTopics;
import io.sluice.engine.queue.QueueRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who wants the messages of which lite topics. In memory only, on the shard's executor: clients say
 * it again after a restart. About 290 bytes for each lite topic of each client.
 *
 * <p>A client may want thousands of lite topics of which few get messages, so for each client those
 * are remembered in which there may be something: that have got a message since they were last
 * found empty, or of which something is leased. Only these are looked at when it receives.
 */
final class LiteSubscriptions {
    /** Lite topics of all clients together at most. */
    static final int COUNT_MAX = 200_000;

    /** A client of a group, and whose lite topics it wants. */
    record Subscriber(int groupId, int topicId, String clientId) {}

    private record Name(int topicId, String name) {}

    private static final class Subscription {
        final Subscriber subscriber;
        final Set<String> names = new LinkedHashSet<>();
        final LinkedHashSet<Integer> ready = new LinkedHashSet<>(); // queue ids

        Subscription(Subscriber subscriber) {
            this.subscriber = subscriber;
        }
    }

    private final LiteTopics lites;
    private final Map<Subscriber, Subscription> subscriptions = new HashMap<>();
    private final Map<Name, List<Subscription>> wanted = new HashMap<>();
    private int count;

    LiteSubscriptions(LiteTopics lites) {
        this.lites = lites;
    }

    // Wanting.

    /** The lite topics that a client wants; no view. */
    Set<String> names(Subscriber subscriber) {
        Subscription subscription = subscriptions.get(subscriber);
        return subscription == null ? Set.of() : new LinkedHashSet<>(subscription.names);
    }

    /** The others of its group that want a lite topic. */
    List<Subscriber> others(Subscriber subscriber, String name) {
        List<Subscriber> others = new ArrayList<>();
        for (Subscription each : wanting(subscriber.topicId(), name)) {
            if (each.subscriber.groupId() == subscriber.groupId()
                    && !each.subscriber.equals(subscriber)) {
                others.add(each.subscriber);
            }
        }
        return others;
    }

    /** How many all clients want. */
    int count() {
        return count;
    }

    void add(Subscriber subscriber, String name) {
        Subscription subscription = subscriptions.computeIfAbsent(subscriber, Subscription::new);
        int queueId = lites.queueId(subscriber.topicId(), name);
        if (subscription.names.add(name)) {
            wanted.computeIfAbsent(new Name(subscriber.topicId(), name), n -> new ArrayList<>(1))
                    .add(subscription);
            count++;
        }
        if (queueId >= 0) {
            subscription.ready.add(queueId);
        }
    }

    void remove(Subscriber subscriber, String name) {
        Subscription subscription = subscriptions.get(subscriber);
        if (subscription == null || !subscription.names.remove(name)) {
            return;
        }
        count--;
        subscription.ready.remove(lites.queueId(subscriber.topicId(), name));
        wanted.computeIfPresent(
                new Name(subscriber.topicId(), name),
                (key, all) -> all.remove(subscription) && all.isEmpty() ? null : all);
        if (subscription.names.isEmpty()) {
            subscriptions.remove(subscriber);
        }
    }

    void forgetTopic(int topicId) {
        forget(subscriptions.keySet().stream().filter(s -> s.topicId() == topicId).toList());
    }

    void forgetGroup(int groupId) {
        forget(subscriptions.keySet().stream().filter(s -> s.groupId() == groupId).toList());
    }

    private void forget(List<Subscriber> gone) {
        gone.forEach(each -> names(each).forEach(name -> remove(each, name)));
    }

    private List<Subscription> wanting(int topicId, @Nullable String name) {
        return name == null ? List.of() : wanted.getOrDefault(new Name(topicId, name), List.of());
    }

    // What may be received.

    /** Whether a client wants the lite topic that a queue is. */
    boolean wants(Subscriber subscriber, int queueId) {
        Subscription subscription = subscriptions.get(subscriber);
        String name = lites.name(subscriber.topicId(), queueId);
        return subscription != null && name != null && subscription.names.contains(name);
    }

    /** The queues in which there may be something for a client, the longest unseen first. */
    List<Integer> ready(Subscriber subscriber) {
        Subscription subscription = subscriptions.get(subscriber);
        return subscription == null ? List.of() : List.copyOf(subscription.ready);
    }

    /** There is nothing in a queue, until {@link #touched} says so. */
    void isEmpty(Subscriber subscriber, int queueId) {
        Subscription subscription = subscriptions.get(subscriber);
        if (subscription != null) {
            subscription.ready.remove(queueId);
        }
    }

    /** The client was offered a queue: it is looked at last next time. */
    void offered(Subscriber subscriber, int queueId) {
        Subscription subscription = subscriptions.get(subscriber);
        if (subscription != null && subscription.ready.remove(queueId)) {
            subscription.ready.add(queueId);
        }
    }

    /**
     * There may be something in a queue.
     *
     * @param groupId for this group; negative for all
     * @return whom it may be for, in the order in which they came to want it
     */
    List<Subscriber> touched(int groupId, QueueRef queue) {
        if (count == 0) {
            return List.of();
        }
        List<Subscriber> subscribers = new ArrayList<>();
        String name = lites.name(queue.topicId(), queue.queueId());
        for (Subscription each : wanting(queue.topicId(), name)) {
            if (groupId < 0 || each.subscriber.groupId() == groupId) {
                each.ready.add(queue.queueId());
                subscribers.add(each.subscriber);
            }
        }
        return subscribers;
    }
}
