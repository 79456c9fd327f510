package io.sluice.engine.shard;

import io.sluice.engine.group.Offsets;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.SubscribeLite;
import io.sluice.engine.shard.LiteSubscriptions.Subscriber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides who gets the messages of which lite topics, and where a group goes on in them. Who wants
 * what is in memory; where the group is, in the log. Lives on the shard's executor.
 */
final class LiteSubscribing {
    /** Where the group begins anew. */
    private static final LiteStart FIRST = new LiteStart(LiteStart.From.FIRST, 0);

    private final State state;
    private final GroupCommit commits;
    private final RecordWriter writer;
    private final LiteSubscriptions subscriptions;
    private final Leasing leasing;
    private final IntPredicate isGone;

    LiteSubscribing(
            State state,
            GroupCommit commits,
            RecordWriter writer,
            LiteSubscriptions subscriptions,
            Leasing leasing,
            IntPredicate isGone) {
        this.state = state;
        this.commits = commits;
        this.writer = writer;
        this.subscriptions = subscriptions;
        this.leasing = leasing;
        this.isGone = isGone;
    }

    /** What a command comes to: nothing of it is done before there is room for all. */
    private static final class Plan {
        final Set<String> added = new LinkedHashSet<>();
        final Set<String> removed = new LinkedHashSet<>();
        final List<LiteTaken> taken = new ArrayList<>();
        final Map<String, LiteStart> starts = new LinkedHashMap<>();
    }

    void subscribe(SubscribeLite c) {
        if (isGone.test(c.topicId())) {
            c.reply().accept(Decider.topicGone());
            return;
        }
        Subscriber subscriber = new Subscriber(c.groupId(), c.topicId(), c.clientId());
        Set<String> names = subscriptions.names(subscriber);
        Plan plan = plan(c, subscriber, names);
        Outcome.Refused<List<LiteTaken>> fault =
                fault(c, names.size() + plan.added.size() - plan.removed.size(), plan);
        if (fault != null) {
            c.reply().accept(fault);
            return;
        }
        boolean joins = !plan.added.isEmpty() && !state.offsets.joined(c.groupId(), c.topicId());
        if (joins || !plan.starts.isEmpty()) {
            int size = (1 + 2 * plan.starts.size()) * RecordCodec.SMALL_SIZE_BYTES_MAX;
            PendingBatch batch = commits.roomFor(c, size, true);
            if (batch == null) {
                return;
            }
            if (joins) {
                writer.small(batch, new Record.GroupJoined(c.groupId(), c.topicId(), 0));
            }
            plan.starts.forEach((name, start) -> start(batch, subscriber, name, start));
        }
        carryOut(plan, subscriber);
        commits.afterDurable(c.reply(), Outcome.done(plan.taken));
    }

    private Plan plan(SubscribeLite c, Subscriber subscriber, Set<String> names) {
        Plan plan = new Plan();
        for (String name : c.names()) {
            if (c.action() == LiteAction.REMOVE) {
                if (names.contains(name)) {
                    plan.removed.add(name);
                    plan.starts.putAll(c.startOver() ? Map.of(name, FIRST) : Map.of());
                }
            } else {
                add(plan, c, subscriber, name, names);
            }
        }
        if (c.action() == LiteAction.REPLACE) {
            for (String name : names) {
                if (!c.names().contains(name)) {
                    plan.removed.add(name);
                }
            }
        }
        return plan;
    }

    private void add(
            Plan plan, SubscribeLite c, Subscriber subscriber, String name, Set<String> names) {
        List<Subscriber> others =
                c.exclusive() ? subscriptions.others(subscriber, name) : List.of();
        if (!others.isEmpty() && c.action() == LiteAction.REPLACE) {
            plan.taken.add(new LiteTaken(c.clientId(), name));
            return;
        }
        for (Subscriber other : others) {
            plan.taken.add(new LiteTaken(other.clientId(), name));
            plan.starts.putAll(c.startOver() ? Map.of(name, FIRST) : Map.of());
        }
        if (c.start() != null) {
            plan.starts.put(name, c.start());
        }
        if (!names.contains(name)) {
            plan.added.add(name);
        }
    }

    private Outcome.@Nullable Refused<List<LiteTaken>> fault(
            SubscribeLite c, int count, Plan plan) {
        if (!plan.added.isEmpty() && count > c.countMax()) {
            return Outcome.refused(
                    Refusal.TOO_MANY_LITE_SUBSCRIPTIONS,
                    "the client would have %d lite topics, more than the %d of its group's attribute lite.sub.client.quota"
                            .formatted(count, c.countMax()));
        }
        int all = subscriptions.count() + plan.added.size() - plan.removed.size();
        if (!plan.added.isEmpty() && all > LiteSubscriptions.COUNT_MAX) {
            return Outcome.refused(
                    Refusal.TOO_MANY_LITE_SUBSCRIPTIONS,
                    "all clients together have %d lite topics, and no more are served"
                            .formatted(LiteSubscriptions.COUNT_MAX));
        }
        return commits.fits((1 + 2 * plan.starts.size()) * RecordCodec.SMALL_SIZE_BYTES_MAX)
                ? null
                : Outcome.refused(
                        Refusal.INVALID,
                        "%d names at once: send fewer".formatted(c.names().size()));
    }

    private void start(PendingBatch batch, Subscriber subscriber, String name, LiteStart start) {
        int topicId = subscriber.topicId();
        int groupId = subscriber.groupId();
        int queueId = state.lites.queueId(topicId, name);
        Queue queue = state.queues.queue(topicId, queueId);
        if (queue == null) {
            return; // what is not there yet begins with its first message
        }
        long before = state.offsets.committed(groupId, topicId, queueId);
        long current = before == Offsets.NONE ? queue.first() : before;
        long wanted =
                switch (start.from()) {
                    case FIRST -> queue.first();
                    case END -> queue.next();
                    case OFFSET -> start.value();
                    case BACK -> current - Math.max(0, start.value());
                };
        long target = Math.clamp(wanted, queue.first(), queue.next());
        if (state.leases.open(groupId, topicId, queueId) > 0) {
            writer.small(batch, new Record.LeasesForgotten(groupId, topicId, queueId));
        }
        if (target != before) {
            writer.small(batch, new Record.OffsetCommitted(groupId, topicId, queueId, target));
        }
        leasing.changed(groupId, new QueueRef(topicId, queueId));
    }

    private void carryOut(Plan plan, Subscriber subscriber) {
        for (LiteTaken taken : plan.taken) {
            subscriptions.remove(
                    new Subscriber(subscriber.groupId(), subscriber.topicId(), taken.clientId()),
                    taken.name());
        }
        plan.removed.forEach(name -> subscriptions.remove(subscriber, name));
        plan.added.forEach(name -> subscriptions.add(subscriber, name));
        leasing.subscribed(subscriber);
    }
}
