package io.sluice.server.dispatch;

import io.sluice.engine.broker.Broker;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.group.Joined;
import io.sluice.protocol.ClientConnection;
import io.sluice.protocol.ConsumerConnection;
import io.sluice.protocol.GetConsumerConnectionListHeader;
import io.sluice.protocol.GetProducerConnectionListHeader;
import io.sluice.protocol.GroupList;
import io.sluice.protocol.GroupSubscription;
import io.sluice.protocol.ProducerConnection;
import io.sluice.protocol.ProducerTable;
import io.sluice.protocol.QuerySubscriptionByConsumerHeader;
import io.sluice.protocol.QueryTopicConsumeByWhoHeader;
import io.sluice.protocol.QueryTopicsByConsumerHeader;
import io.sluice.protocol.ResponseCode;
import io.sluice.protocol.TopicList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who is connected, and which groups have to do with which topics. */
final class ConnectionHandler {
    private final Broker broker;
    private final Catalog catalog;
    private final Clients clients;

    ConnectionHandler(Broker broker, Clients clients) {
        this.broker = broker;
        this.catalog = broker.catalog();
        this.clients = clients;
    }

    void consumers(Request request) {
        String group = GetConsumerConnectionListHeader.decode(request.header()).consumerGroup();
        ConsumerConnection connection = clients.consumers(group);
        if (connection == null) {
            request.fail(
                    ResponseCode.CONSUMER_NOT_ONLINE,
                    "the consumer group[" + group + "] not online: start a consumer of it");
        } else {
            request.answer(Answer.ok(connection.encode()));
        }
    }

    void producers(Request request) {
        String group = GetProducerConnectionListHeader.decode(request.header()).producerGroup();
        List<ClientConnection> members = clients.producers().get(group);
        if (members == null) {
            request.fail(
                    ResponseCode.SYSTEM_ERROR,
                    "the producer group[" + group + "] not exist: start a producer of it");
        } else {
            request.answer(Answer.ok(new ProducerConnection(members).encode()));
        }
    }

    void allProducers(Request request) {
        request.answer(Answer.ok(new ProducerTable(clients.producers()).encode()));
    }

    /** Groups whose clients subscribe to the topic, and those that have ever consumed it. */
    void groupsOfTopic(Request request) {
        String name = QueryTopicConsumeByWhoHeader.decode(request.header()).topic();
        SortedSet<String> groups = new TreeSet<>(clients.subscribedTo(name));
        Topic topic = catalog.topic(name);
        if (topic == null) {
            request.answer(Answer.ok(new GroupList(groups).encode()));
            return;
        }
        broker.overview()
                .joined(
                        topic,
                        request.answering(joined -> {
                            for (Joined each : joined) {
                                Group group = catalog.group(each.groupId());
                                if (group != null) {
                                    groups.add(group.name());
                                }
                            }
                            return Answer.ok(new GroupList(groups).encode());
                        }));
    }

    void topicsOfGroup(Request request) {
        String name = QueryTopicsByConsumerHeader.decode(request.header()).group();
        Group group = catalog.group(name);
        if (group == null) {
            request.answer(Answer.ok(new TopicList(List.of()).encode()));
            return;
        }
        broker.overview()
                .joined(
                        group,
                        request.answering(joined -> {
                            SortedSet<String> topics = new TreeSet<>();
                            for (Joined each : joined) {
                                Topic topic = catalog.topic(each.topicId());
                                if (topic != null) {
                                    topics.add(topic.name());
                                }
                            }
                            return Answer.ok(new TopicList(List.copyOf(topics)).encode());
                        }));
    }

    void subscription(Request request) {
        var fields = QuerySubscriptionByConsumerHeader.decode(request.header());
        Map<String, Subscription> all = clients.subscriptions(fields.group());
        Subscription wanted = all == null ? null : all.get(fields.topic());
        var answer =
                new GroupSubscription(
                        fields.group(), fields.topic(), wanted == null ? null : wanted.data());
        request.answer(Answer.ok(answer.encode()));
    }
}
