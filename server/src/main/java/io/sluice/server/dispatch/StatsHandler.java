package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Properties;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.MessageFilter;
import io.sluice.engine.queue.TagFilter;
import io.sluice.protocol.BrokerStats;
import io.sluice.protocol.GetTopicStatsInfoHeader;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.QueryConsumeQueueHeader;
import io.sluice.protocol.QueueEntries;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.TopicStats;
import io.sluice.protocol.ViewBrokerStatsDataHeader;
import io.sluice.server.meter.Meter;
import io.sluice.server.meter.Meter.Rate;
import io.sluice.server.meter.Meters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What topics and queues hold, and how much goes in and out. */
final class StatsHandler {
    private static final int ENTRIES_MAX = 256;
    private static final int ENTRIES_SIZE_BYTES_MAX = 256 * 1024;

    private final Broker broker;
    private final Clients clients;
    private final Meters meters;

    StatsHandler(Broker broker, Clients clients, Meters meters) {
        this.broker = broker;
        this.clients = clients;
        this.meters = meters;
    }

    void topic(Request request) {
        String name = GetTopicStatsInfoHeader.decode(request.header()).topic();
        Topic topic = broker.catalog().topic(name);
        if (topic == null) {
            request.fail(
                    ResponseCode.TOPIC_NOT_EXIST,
                    "topic[" + name + "] not exist: create it, or send to it first");
            return;
        }
        List<Long> ends =
                IntStream.range(0, topic.queues())
                        .mapToObj(queueId -> broker.endOffset(topic, queueId))
                        .toList();
        List<Long> lasts = ends.stream().map(end -> end - 1).toList();
        broker.overview()
                .storeMs(
                        topic,
                        lasts,
                        request.answering(times -> Answer.ok(stats(topic, ends, times).encode())));
    }

    private TopicStats stats(Topic topic, List<Long> ends, List<Long> times) {
        Map<MessageQueue, TopicStats.Range> queues = new LinkedHashMap<>();
        for (int queueId = 0; queueId < ends.size(); queueId++) {
            queues.put(
                    new MessageQueue(topic.name(), RouteHandler.BROKER_NAME, queueId),
                    new TopicStats.Range(
                            broker.firstOffset(topic, queueId),
                            ends.get(queueId),
                            times.get(queueId)));
        }
        return new TopicStats(queues, meters.putPerSecond(topic.name()));
    }

    void counted(Request request) {
        var fields = ViewBrokerStatsDataHeader.decode(request.header());
        Meter meter = meters.meter(fields.statsName(), fields.statsKey());
        if (meter == null) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "The stats <%s> <%s> not exist: nothing of that kind was counted yet"
                            .formatted(fields.statsName(), fields.statsKey()));
            return;
        }
        var stats =
                new BrokerStats(
                        span(meters.minute(meter)),
                        span(meters.hour(meter)),
                        span(meters.day(meter)));
        request.answer(Answer.ok(stats.encode()));
    }

    private static BrokerStats.Span span(Rate rate) {
        return new BrokerStats.Span(rate.sum(), rate.perSecond());
    }

    /** The entries of a queue, by reading the messages that they stand for. */
    void queue(Request request) {
        QueryConsumeQueueHeader fields = QueryConsumeQueueHeader.decode(request.header());
        Topic topic = broker.catalog().topic(fields.topic());
        if (topic == null || fields.queueId() < 0 || fields.queueId() >= topic.queues()) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "%d@%s is not exist: see the queues of the topic"
                            .formatted(fields.queueId(), fields.topic()));
            return;
        }
        long first = broker.firstOffset(topic, fields.queueId());
        long end = broker.endOffset(topic, fields.queueId());
        request.expect(ENTRIES_SIZE_BYTES_MAX);
        broker.pull(
                new Pull(
                        topic,
                        fields.queueId(),
                        Math.clamp(fields.index(), first, end),
                        Math.clamp(fields.count(), 1, ENTRIES_MAX),
                        ENTRIES_SIZE_BYTES_MAX,
                        TagFilter.ALL,
                        0,
                        ByteBuffer::allocate,
                        request,
                        request.answering(
                                pulled -> Answer.ok(entries(fields, first, end, pulled).encode())),
                        Pull.Reader.NOBODY));
    }

    private QueueEntries entries(
            QueryConsumeQueueHeader fields, long first, long end, Pulled pulled) {
        String group = fields.consumerGroup();
        Subscription wanted = group == null ? null : subscription(group, fields.topic());
        List<QueueEntries.Entry> entries = new ArrayList<>();
        ByteBuffer messages = pulled.messages();
        int sizeBytes;
        for (int at = 0, n = 0; n < pulled.count(); n++, at += sizeBytes) {
            sizeBytes = StoredMessage.sizeBytes(messages, at);
            entries.add(entry(messages, at, sizeBytes, wanted));
        }
        return new QueueEntries(
                first,
                end,
                wanted == null ? null : wanted.data(),
                filter(group, wanted, fields.topic()),
                entries);
    }

    private @Nullable Subscription subscription(String group, String topic) {
        Map<String, Subscription> all = clients.subscriptions(group);
        return all == null ? null : all.get(topic);
    }

    private static @Nullable String filter(
            @Nullable String group, @Nullable Subscription wanted, String topic) {
        if (group == null) {
            return null;
        }
        return wanted == null ? group + "@" + topic + " is not online!" : wanted.data().subString();
    }

    private static QueueEntries.Entry entry(
            ByteBuffer messages, int at, int sizeBytes, @Nullable Subscription wanted) {
        String tag = Properties.text(StoredMessage.properties(messages, at), Properties.TAGS);
        MessageFilter filter = wanted == null ? null : wanted.filter();
        return new QueueEntries.Entry(
                StoredMessage.position(messages, at),
                sizeBytes,
                tag == null ? 0 : tag.hashCode(),
                filter == null || filter.matches(messages, at));
    }
}
