package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.broker.Pull.Pulled;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.protocol.ConsumeStats;
import io.sluice.protocol.ConsumeStats.Progress;
import io.sluice.protocol.MessageQueue;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks for a group's progress queue by queue, one after the other, so that however many queues
 * there are, one question at a time is under way. Goes from step to step on whatever thread
 * answers.
 */
final class ConsumeStatsSurvey {
    private final Broker broker;
    private final Group group;
    private final List<Topic> topics;
    private final boolean named;
    private final Request request;
    private final Map<MessageQueue, Progress> found = new LinkedHashMap<>();
    private final Map<MessageQueue, Progress> ofTopic = new LinkedHashMap<>();
    private boolean consumed;
    private int topicIndex;
    private int queueId = -1;

    /**
     * @param named whether the client asked for these topics; else those that the group has no
     *     offset for in any queue are left out
     */
    ConsumeStatsSurvey(
            Broker broker, Group group, List<Topic> topics, boolean named, Request request) {
        this.broker = broker;
        this.group = group;
        this.topics = topics;
        this.named = named;
        this.request = request;
    }

    void run() {
        queueId++;
        while (topicIndex < topics.size() && queueId >= topics.get(topicIndex).queues()) {
            endTopic();
            topicIndex++;
            queueId = 0;
        }
        if (topicIndex == topics.size()) {
            request.answer(Answer.ok(new ConsumeStats(found).encode()));
            return;
        }
        Topic topic = topics.get(topicIndex);
        broker.startOffset(
                group, topic, queueId, false, request.then(offset -> committed(topic, offset)));
    }

    private void committed(Topic topic, long offset) {
        if (offset > broker.firstOffset(topic, queueId)) {
            broker.pull(lastConsumed(topic, offset - 1));
        } else {
            add(topic, offset, 0);
        }
    }

    /** Reads the last message consumed, for its time. */
    private Pull lastConsumed(Topic topic, long offset) {
        return new Pull(
                topic,
                queueId,
                offset,
                1,
                1,
                TagFilter.ALL,
                0,
                ByteBuffer::allocate,
                Runnable::run,
                outcome -> request.guarded(() -> add(topic, offset + 1, storeMs(outcome))));
    }

    private static long storeMs(Outcome<Pulled> outcome) {
        return outcome instanceof Outcome.Done<Pulled>(Pulled pulled) && pulled.count() > 0
                ? StoredMessage.storeMs(pulled.messages(), 0)
                : 0;
    }

    private void add(Topic topic, long offset, long lastMs) {
        consumed |= offset >= 0;
        long end = broker.endOffset(topic, queueId);
        ofTopic.put(
                new MessageQueue(topic.name(), RouteHandler.BROKER_NAME, queueId),
                new Progress(end, offset >= 0 ? offset : Progress.NONE, lastMs));
        run();
    }

    /** A topic with an offset for one queue counts with all of them: lag may be in the others. */
    private void endTopic() {
        if (named || consumed) {
            found.putAll(ofTopic);
        }
        ofTopic.clear();
        consumed = false;
    }
}
