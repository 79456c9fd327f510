package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Replay;
import io.sluice.engine.broker.Replay.Step;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.CloneGroupOffsetHeader;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.ResetOffsetBody;
import io.sluice.protocol.ResetOffsetHeader;
import io.sluice.protocol.ResponseCode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operators send groups to other places of a topic.
 *
 * <p>As RocketMQ 5 does by default, and for groups without a client as for others: the offsets are
 * changed here, and a connected consumer is told by its next pull. RocketMQ 4's request to the
 * clients (220) is not sent besides: it makes a consumer stand still for 10 s, and one that is told
 * in both ways may read a queue twice at a time.
 */
final class ReplayHandler {
    private final Broker broker;
    private final Catalog catalog;

    ReplayHandler(Broker broker) {
        this.broker = broker;
        this.catalog = broker.catalog();
    }

    void reset(Request request) {
        ResetOffsetHeader fields = ResetOffsetHeader.decode(request.header());
        Topic topic = topic(request, fields.topic());
        Group group = topic == null ? null : group(request, fields.group());
        if (topic == null || group == null) {
            return;
        }
        if (fields.queueId() >= topic.queues()) {
            request.answer(
                    Answer.refused(
                            Outcome.refused(
                                    Refusal.QUEUE_UNKNOWN,
                                    "topic %s has queues 0 to %d, not %d"
                                            .formatted(
                                                    topic.name(),
                                                    topic.queues() - 1,
                                                    fields.queueId()))));
            return;
        }
        broker.replay()
                .plan(
                        group,
                        topic,
                        fields.timestampMs() < 0 ? Replay.LATEST : fields.timestampMs(),
                        request.then(plan -> reset(request, fields, group, topic, plan)));
    }

    private void reset(
            Request request, ResetOffsetHeader fields, Group group, Topic topic, List<Step> plan) {
        List<Step> wanted =
                plan.stream()
                        .filter(step -> fields.queueId() < 0 || step.queueId() == fields.queueId())
                        .map(step -> fields.queueId() < 0 ? step : exactly(step, fields.offset()))
                        .toList();
        for (Step step : wanted) {
            if (step.target() < step.first() || step.target() > step.end()) {
                request.fail(
                        ResponseCode.SYSTEM_ERROR,
                        "Target offset %d not in consume queue range [%d-%d]: choose one in it"
                                .formatted(step.target(), step.first(), step.end()));
                return;
            }
        }
        List<Step> moved =
                wanted.stream()
                        .filter(step -> fields.force() || step.target() < step.committed())
                        .toList();
        broker.replay()
                .reset(
                        group,
                        topic,
                        moved,
                        request.answering(
                                count -> Answer.ok(offsets(topic, wanted, moved).encode())));
    }

    private static Step exactly(Step step, long offset) {
        return offset == ResetOffsetHeader.NONE
                ? step
                : new Step(step.queueId(), step.first(), step.end(), step.committed(), offset);
    }

    private static ResetOffsetBody offsets(Topic topic, List<Step> wanted, List<Step> moved) {
        Map<MessageQueue, Long> offsets = new LinkedHashMap<>();
        for (Step step : wanted) {
            offsets.put(
                    new MessageQueue(topic.name(), RouteHandler.BROKER_NAME, step.queueId()),
                    moved.contains(step) ? step.target() : Math.max(0, step.committed()));
        }
        return new ResetOffsetBody(offsets);
    }

    /** A topic that {@code from} does not consume changes nothing, as in RocketMQ. */
    void copy(Request request) {
        CloneGroupOffsetHeader fields = CloneGroupOffsetHeader.decode(request.header());
        Group from = group(request, fields.from());
        Group to = from == null ? null : group(request, fields.to());
        if (from == null || to == null) {
            return;
        }
        String name = fields.topic();
        Topic topic = name == null ? null : topic(request, name);
        if (name == null || topic != null) {
            List<Topic> topics = topic == null ? catalog.topics() : List.of(topic);
            copy(request, from, to, topics.iterator());
        }
    }

    private void copy(Request request, Group from, Group to, Iterator<Topic> left) {
        if (!left.hasNext()) {
            request.answer(Answer.DONE);
            return;
        }
        Topic topic = left.next();
        broker.replay()
                .planCopy(
                        from,
                        to,
                        topic,
                        request.then(plan ->
                                broker.replay()
                                        .reset(
                                                to,
                                                topic,
                                                plan,
                                                request.then(
                                                        count -> copy(request, from, to, left)))));
    }

    private @Nullable Topic topic(Request request, String name) {
        Topic topic = catalog.topic(name);
        if (topic == null) {
            request.answer(Answer.topicUnknown(name));
        }
        return topic;
    }

    private @Nullable Group group(Request request, String name) {
        Group group = catalog.group(name);
        if (group == null) {
            request.answer(Answer.groupUnknown(name));
        }
        return group;
    }
}
