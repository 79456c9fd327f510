package io.sluice.server.dispatch;

import io.netty.buffer.Unpooled;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Change;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.AllTopics;
import io.sluice.protocol.CreateTopicHeader;
import io.sluice.protocol.DeleteTopicHeader;
import io.sluice.protocol.DeleteTopicInNamesrvHeader;
import io.sluice.protocol.GetTopicConfigHeader;
import io.sluice.protocol.Header;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.TopicConfig;
import io.sluice.protocol.TopicConfigList;
import io.sluice.protocol.TopicList;
import java.util.Iterator;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Creates, changes, deletes, describes and lists topics. */
final class TopicHandler {
    private final Broker broker;
    private final Catalog catalog;

    TopicHandler(Broker broker) {
        this.broker = broker;
        this.catalog = broker.catalog();
    }

    /**
     * Creates a topic or changes it. No queues, which RocketMQ has no use for, leaves their number
     * to the server: a new topic has the default, another keeps its own.
     */
    void createOrUpdate(Request request) {
        CreateTopicHeader fields = CreateTopicHeader.decode(request.header());
        String fault = fault(fields);
        if (fault != null) {
            request.fail(ResponseCode.INVALID_PARAMETER, fault);
        } else {
            createOrUpdate(fields, request.answering(topic -> Answer.DONE));
        }
    }

    /** Creates or changes several, none of them if one cannot be; stops at the first failure. */
    void createOrUpdateAll(Request request) {
        Header header = request.header();
        List<CreateTopicHeader> all =
                TopicConfigList.decode(request.bytes(), header.bodyIndex(), header.bodySizeBytes())
                        .topics()
                        .stream()
                        .map(TopicHandler::header)
                        .toList();
        for (CreateTopicHeader fields : all) {
            String fault = fault(fields);
            if (fault != null) {
                request.fail(ResponseCode.INVALID_PARAMETER, fields.topic() + ": " + fault);
                return;
            }
        }
        next(request, all.iterator());
    }

    private void next(Request request, Iterator<CreateTopicHeader> left) {
        if (left.hasNext()) {
            createOrUpdate(left.next(), request.then(topic -> next(request, left)));
        } else {
            request.answer(Answer.DONE);
        }
    }

    private static CreateTopicHeader header(TopicConfig config) {
        StringJoiner changes = new StringJoiner(",");
        config.attributes()
                .forEach((name, value) ->
                        changes.add(name.startsWith("-") ? name : name + "=" + value));
        return new CreateTopicHeader(
                config.topicName(),
                Names.AUTO_CREATE_TOPIC,
                config.readQueueNums(),
                config.writeQueueNums(),
                config.perm(),
                "SINGLE_TAG",
                0,
                config.order(),
                changes.toString());
    }

    /** Why a topic cannot be so; null if it can, as far as the wish alone tells. */
    private @Nullable String fault(CreateTopicHeader fields) {
        if (fields.readQueueNums() != fields.writeQueueNums()) {
            return "a topic has one number of queues here, not %d to read and %d to write"
                    .formatted(fields.readQueueNums(), fields.writeQueueNums());
        }
        try {
            var _ = settings(fields, fresh());
            return Names.topicFault(fields.topic());
        } catch (IllegalArgumentException e) {
            return "" + e.getMessage();
        }
    }

    private TopicSettings fresh() {
        return TopicSettings.of(broker.config().defaultQueues());
    }

    private void createOrUpdate(CreateTopicHeader fields, Consumer<Outcome<Topic>> done) {
        UnaryOperator<TopicSettings> wanted = settings -> settings(fields, settings);
        var created = catalog.createTopic(fields.topic(), wanted.apply(fresh()));
        var updated =
                created.thenCompose(change ->
                        change instanceof Change.Exists<Topic>
                                ? catalog.updateTopic(fields.topic(), wanted)
                                : created);
        Changes.report(updated, Refusal.TOPIC_UNKNOWN, done);
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
        request.answer(Answer.ok(config(topic).encode()));
    }

    private TopicConfig config(Topic topic) {
        return new TopicConfig(
                topic.name(),
                topic.queues(),
                topic.queues(),
                topic.settings().permissions(),
                new TreeMap<>(topic.settings().attributes()),
                OrderedTopics.contains(catalog, topic.name()));
    }

    void configs(Request request) {
        var all = new AllTopics(catalog.topics().stream().map(this::config).toList());
        request.answer(Answer.ok(all::encode, Unpooled.wrappedBuffer(all.encode().toBytes())));
    }

    void list(Request request) {
        var names = catalog.topics().stream().map(Topic::name).toList();
        request.answer(Answer.ok(new TopicList(names).encode()));
    }
}
