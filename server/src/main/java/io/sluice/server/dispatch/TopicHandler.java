package io.sluice.server.dispatch;

import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.DeleteTopicHeader;
import io.sluice.protocol.DeleteTopicInNamesrvHeader;
import io.sluice.protocol.GetTopicConfigHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.TopicConfig;
import io.sluice.protocol.TopicList;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Creates, changes, deletes, describes and lists topics. */
final class TopicHandler {
    private final Catalog catalog;
    private final int defaultQueues;

    /**
     * @param defaultQueues queues of a topic created without saying how many
     */
    TopicHandler(Catalog catalog, int defaultQueues) {
        this.catalog = catalog;
        this.defaultQueues = defaultQueues;
    }

    /**
     * Creates a topic or changes it. No queues, which RocketMQ has no use for, leaves their number
     * to the server: a new topic has the default, another keeps its own.
     */
    void createOrUpdate(Request request) {
        CreateTopicHeader fields = CreateTopicHeader.decode(request.header());
        if (fields.readQueueNums() != fields.writeQueueNums()) {
            request.fail(
                    ResponseCode.INVALID_PARAMETER,
                    "a topic has one number of queues here, not %d to read and %d to write"
                            .formatted(fields.readQueueNums(), fields.writeQueueNums()));
            return;
        }
        UnaryOperator<TopicSettings> wanted = settings -> settings(fields, settings);
        TopicSettings fresh;
        try {
            fresh = wanted.apply(TopicSettings.of(defaultQueues));
        } catch (IllegalArgumentException e) {
            request.fail(ResponseCode.INVALID_PARAMETER, "" + e.getMessage());
            return;
        }
        var created = catalog.createTopic(fields.topic(), fresh);
        var done =
                created.thenCompose(change ->
                        change instanceof Change.Exists<Topic>
                                ? catalog.updateTopic(fields.topic(), wanted)
                                : created);
        Changes.report(done, Refusal.TOPIC_UNKNOWN, request.answering(topic -> Answer.DONE));
    }

    private static TopicSettings settings(CreateTopicHeader fields, TopicSettings before) {
        int queues = fields.readQueueNums() == 0 ? before.queues() : fields.readQueueNums();
        TopicSettings wanted = before.withQueues(queues).withPermissions(fields.perm());
        return TopicAttributes.change(wanted, fields.attributes());
    }

    /** Deletes a topic; that it is gone already is as good. */
    void delete(Request request) {
        String name = DeleteTopicHeader.decode(request.header()).topic();
        if (catalog.topic(name) == null) {
            request.answer(Answer.DONE);
            return;
        }
        Changes.report(
                catalog.deleteTopic(name),
                Refusal.TOPIC_UNKNOWN,
                request.answeringGone(Refusal.TOPIC_UNKNOWN));
    }

    /** Routes are made from the topics that exist: there is nothing more to forget. */
    void forgetRoute(Request request) {
        var _ = DeleteTopicInNamesrvHeader.decode(request.header());
        request.answer(Answer.DONE);
    }

    void config(Request request) {
        String name = GetTopicConfigHeader.decode(request.header()).topic();
        Topic topic = catalog.topic(name);
        if (topic == null) {
            request.answer(Answer.topicUnknown(name));
            return;
        }
        var config =
                new TopicConfig(
                        name,
                        topic.queues(),
                        topic.queues(),
                        topic.settings().permissions(),
                        new TreeMap<>(topic.settings().attributes()));
        request.answer(Answer.ok(config.encode()));
    }

    void list(Request request) {
        var names = catalog.topics().stream().map(Topic::name).toList();
        request.answer(Answer.ok(new TopicList(names).encode()));
    }
}
