package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Joined;
import io.sluice.engine.group.Offsets;
import io.sluice.protocol.ConsumeStats;
import io.sluice.protocol.ConsumeStats.Progress;
import io.sluice.protocol.MessageQueue;
import io.sluice.server.meter.Meters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a group's progress topic by topic, one after the other, so that however many there are,
 * one question at a time is under way. Goes from step to step on whatever thread answers.
 */
final class ConsumeStatsSurvey {
    private final Broker broker;
    private final Meters meters;
    private final Group group;
    private final @Nullable Topic named;
    private final Request request;
    private final Consumer<SortedMap<String, ConsumeStats>> done;
    private final SortedMap<String, ConsumeStats> found = new TreeMap<>();
    private final Deque<Joined> left = new ArrayDeque<>();

    /**
     * @param named the only topic that is asked for, which is told of whether the group consumes it
     *     or not; null for all that the group has an offset for in any queue
     * @param done gets what was found, by topic
     */
    ConsumeStatsSurvey(
            Broker broker,
            Meters meters,
            Group group,
            @Nullable Topic named,
            Request request,
            Consumer<SortedMap<String, ConsumeStats>> done) {
        this.broker = broker;
        this.meters = meters;
        this.group = group;
        this.named = named;
        this.request = request;
        this.done = done;
    }

    void run() {
        broker.overview().joined(group, request.then(this::begin));
    }

    private void begin(List<Joined> joined) {
        if (named == null) {
            left.addAll(joined);
        } else {
            left.add(
                    joined.stream()
                            .filter(each -> each.topicId() == named.id())
                            .findFirst()
                            .orElse(new Joined(group.id(), named.id(), named.queues(), List.of())));
        }
        next();
    }

    private void next() {
        Joined joined;
        while ((joined = left.poll()) != null) {
            Topic topic = broker.catalog().topic(joined.topicId());
            if (topic != null && (named != null || consumed(joined, topic))) {
                ask(topic, joined);
                return;
            }
        }
        done.accept(found);
    }

    /** A topic with an offset for one queue counts with all of them: lag may be in the others. */
    private static boolean consumed(Joined joined, Topic topic) {
        return starts(joined, topic).anyMatch(offset -> offset != Offsets.NONE);
    }

    private static LongStream starts(Joined joined, Topic topic) {
        return LongStream.range(0, topic.queues()).map(queue -> joined.start((int) queue));
    }

    /** The last message consumed of each queue tells its time. */
    private void ask(Topic topic, Joined joined) {
        List<Long> starts = starts(joined, topic).boxed().toList();
        List<Long> lasts = starts.stream().map(offset -> offset - 1).toList();
        broker.overview()
                .storeMs(
                        topic,
                        lasts,
                        request.then(times -> {
                            found.put(topic.name(), stats(topic, starts, times));
                            next();
                        }));
    }

    private ConsumeStats stats(Topic topic, List<Long> starts, List<Long> times) {
        Map<MessageQueue, Progress> queues = new LinkedHashMap<>();
        for (int queueId = 0; queueId < starts.size(); queueId++) {
            long offset = starts.get(queueId);
            long end = broker.endOffset(topic, queueId);
            long pulled = meters.pulledTo(topic.name(), group.name(), queueId);
            queues.put(
                    new MessageQueue(topic.name(), RouteHandler.BROKER_NAME, queueId),
                    new Progress(
                            end,
                            offset == Offsets.NONE ? Progress.NONE : offset,
                            Math.max(Math.max(offset, 0), Math.min(pulled, end)),
                            times.get(queueId)));
        }
        return new ConsumeStats(queues);
    }

    /** The progress in all of some topics. */
    static ConsumeStats merged(SortedMap<String, ConsumeStats> found) {
        Map<MessageQueue, Progress> queues = new LinkedHashMap<>();
        List<ConsumeStats> all = new ArrayList<>(found.values());
        all.forEach(stats -> queues.putAll(stats.queues()));
        return new ConsumeStats(queues);
    }
}
