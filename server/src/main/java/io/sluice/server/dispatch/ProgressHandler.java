package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Joined;
import io.sluice.engine.group.Offsets;
import io.sluice.engine.time.Clock;
import io.sluice.protocol.ConsumeStats;
import io.sluice.protocol.ConsumeStatsList;
import io.sluice.protocol.ConsumeTimeSpans;
import io.sluice.protocol.CorrectionOffsets;
import io.sluice.protocol.GetBrokerConsumeStatsHeader;
import io.sluice.protocol.GetConsumeStatsHeader;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.QueryConsumeTimeSpanHeader;
import io.sluice.protocol.QueryCorrectionOffsetHeader;
import io.sluice.server.meter.Meters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How far groups are, in offsets and in time. */
final class ProgressHandler {
    private final Broker broker;
    private final Catalog catalog;
    private final Clients clients;
    private final Meters meters;
    private final Clock clock;

    ProgressHandler(Broker broker, Clients clients, Meters meters, Clock clock) {
        this.broker = broker;
        this.catalog = broker.catalog();
        this.clients = clients;
        this.meters = meters;
        this.clock = clock;
    }

    void consumeStats(Request request) {
        GetConsumeStatsHeader fields = GetConsumeStatsHeader.decode(request.header());
        Group group = group(request, fields.consumerGroup());
        if (group == null) {
            return;
        }
        Topic named = fields.topic() == null ? null : catalog.topic(fields.topic());
        if (fields.topic() != null && named == null) {
            request.answer(Answer.ok(new ConsumeStats(Map.of()).encode()));
            return;
        }
        new ConsumeStatsSurvey(
                        broker,
                        meters,
                        group,
                        named,
                        request,
                        found -> {
                            double perSecond =
                                    found.keySet().stream()
                                            .mapToDouble(topic -> perSecond(topic, group))
                                            .sum();
                            ConsumeStats all = ConsumeStatsSurvey.merged(found);
                            request.answer(Answer.ok(all.encode(perSecond)));
                        })
                .run();
    }

    private double perSecond(String topic, Group group) {
        return meters.gotPerSecond(topic, group.name());
    }

    private @Nullable Group group(Request request, String name) {
        Group group = catalog.group(name);
        if (group == null) {
            request.answer(Answer.groupUnknown(name));
        }
        return group;
    }

    private @Nullable Topic topic(Request request, String name) {
        Topic topic = catalog.topic(name);
        if (topic == null) {
            request.answer(Answer.topicUnknown(name));
        }
        return topic;
    }

    /** All groups, one after the other. */
    void allConsumeStats(Request request) {
        GetBrokerConsumeStatsHeader fields = GetBrokerConsumeStatsHeader.decode(request.header());
        SortedMap<String, List<ConsumeStatsList.Topic>> found = new TreeMap<>();
        next(request, fields.isOrder(), catalog.groups().iterator(), found);
    }

    private void next(
            Request request,
            boolean ordered,
            Iterator<Group> left,
            SortedMap<String, List<ConsumeStatsList.Topic>> found) {
        if (!left.hasNext()) {
            String address = RouteHandler.text(request.peer().localAddress());
            request.answer(Answer.ok(new ConsumeStatsList(address, found).encode()));
            return;
        }
        Group group = left.next();
        new ConsumeStatsSurvey(
                        broker,
                        meters,
                        group,
                        null,
                        request,
                        topics -> {
                            found.put(group.name(), told(group, topics, ordered));
                            next(request, ordered, left, found);
                        })
                .run();
    }

    /** Of a group that is online, only what it subscribes to. */
    private List<ConsumeStatsList.Topic> told(
            Group group, SortedMap<String, ConsumeStats> topics, boolean ordered) {
        Map<String, Subscription> wanted = clients.subscriptions(group.name());
        List<ConsumeStatsList.Topic> told = new ArrayList<>();
        topics.forEach((topic, stats) -> {
            boolean subscribed = wanted == null || wanted.containsKey(topic);
            if (subscribed && (!ordered || OrderedTopics.contains(catalog, topic))) {
                told.add(new ConsumeStatsList.Topic(stats, perSecond(topic, group)));
            }
        });
        return told;
    }

    void timeSpans(Request request) {
        var fields = QueryConsumeTimeSpanHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        Group group = topic == null ? null : group(request, fields.group());
        if (topic == null || group == null) {
            return;
        }
        broker.overview()
                .joined(
                        group,
                        request.then(joined -> {
                            Joined here =
                                    joined.stream()
                                            .filter(each -> each.topicId() == topic.id())
                                            .findFirst()
                                            .orElse(null);
                            timeSpans(request, topic, queue -> start(topic, here, queue));
                        }));
    }

    /** Where nothing was committed, all that is there is left. */
    private long start(Topic topic, @Nullable Joined joined, int queueId) {
        long start = joined == null ? Offsets.NONE : joined.start(queueId);
        return Math.max(start, broker.firstOffset(topic, queueId));
    }

    private interface ByQueue {
        long of(int queueId);
    }

    private static List<Long> offsets(Topic topic, ByQueue offset) {
        return IntStream.range(0, topic.queues()).mapToObj(offset::of).toList();
    }

    private void timeSpans(Request request, Topic topic, ByQueue start) {
        List<Long> next = offsets(topic, start);
        var asked =
                List.of(
                        offsets(topic, queue -> broker.firstOffset(topic, queue)),
                        offsets(topic, queue -> broker.endOffset(topic, queue) - 1),
                        next.stream().map(offset -> offset - 1).toList(),
                        next);
        ask(request, topic, asked, new ArrayList<>());
    }

    /** Asks for the times of some offsets by queue, one list after the other. */
    private void ask(
            Request request, Topic topic, List<List<Long>> offsets, List<List<Long>> times) {
        if (times.size() == offsets.size()) {
            spans(request, topic, times);
            return;
        }
        broker.overview()
                .storeMs(
                        topic,
                        offsets.get(times.size()),
                        request.then(found -> {
                            times.add(found);
                            ask(request, topic, offsets, times);
                        }));
    }

    /**
     * @param times of the first message, the last, the last consumed and the next, by queue id
     */
    private void spans(Request request, Topic topic, List<List<Long>> times) {
        List<ConsumeTimeSpans.Span> spans = new ArrayList<>();
        for (int queueId = 0; queueId < topic.queues(); queueId++) {
            long firstMs = times.get(0).get(queueId);
            long consumedMs = times.get(2).get(queueId);
            long nextMs = times.get(3).get(queueId);
            spans.add(
                    new ConsumeTimeSpans.Span(
                            new MessageQueue(topic.name(), RouteHandler.BROKER_NAME, queueId),
                            firstMs,
                            times.get(1).get(queueId),
                            consumedMs == 0 ? firstMs : consumedMs,
                            nextMs == 0 ? 0 : Math.max(0, clock.wallMs() - nextMs)));
        }
        request.answer(Answer.ok(new ConsumeTimeSpans(spans).encode()));
    }

    /**
     * The lowest offset of all groups by queue; the highest number there is where the group that is
     * compared with is still below it.
     */
    void correctionOffsets(Request request) {
        var fields = QueryCorrectionOffsetHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        if (topic == null) {
            return;
        }
        String filtered = fields.filterGroups();
        Set<String> leftOut =
                filtered == null ? Set.of() : Set.copyOf(Arrays.asList(filtered.split(",")));
        broker.overview()
                .joined(
                        topic,
                        request.then(joined -> {
                            SortedMap<Integer, Long> lowest = new TreeMap<>();
                            SortedMap<Integer, Long> compared = new TreeMap<>();
                            for (Joined each : joined) {
                                Group group = catalog.group(each.groupId());
                                if (group != null && !leftOut.contains(group.name())) {
                                    lower(lowest, topic, each);
                                }
                                if (group != null && group.name().equals(fields.compareGroup())) {
                                    lower(compared, topic, each);
                                }
                            }
                            compared.forEach((queue, offset) ->
                                    lowest.computeIfPresent(
                                            queue,
                                            (q, low) -> low > offset ? Long.MAX_VALUE : low));
                            request.answer(Answer.ok(new CorrectionOffsets(lowest).encode()));
                        }));
    }

    private void lower(SortedMap<Integer, Long> lowest, Topic topic, Joined joined) {
        for (int queueId = 0; queueId < topic.queues(); queueId++) {
            long offset = joined.start(queueId);
            if (offset >= broker.firstOffset(topic, queueId)) {
                lowest.merge(queueId, offset, Math::min);
            }
        }
    }
}
