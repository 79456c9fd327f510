package io.sluice.server.dispatch;

import io.sluice.engine.broker.Changes;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.GroupSettings;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.shard.Refusal;
import io.sluice.protocol.AssignmentList;
import io.sluice.protocol.Header;
import io.sluice.protocol.HeartbeatData.MessageModel;
import io.sluice.protocol.JsonWriter;
import io.sluice.protocol.MessageQueue;
import io.sluice.protocol.MessageRequestMode;
import io.sluice.protocol.MessageRequestMode.Mode;
import io.sluice.protocol.QueryAssignmentBody;
import io.sluice.protocol.ResponseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients that leave it to the server which queues are theirs, and whether they pull or pop
 * them. The rules are those of RocketMQ's {@code QueryAssignmentProcessor}. What a group was told
 * is an attribute of it, one for each topic.
 */
final class AssignmentHandler {
    private static final String ATTRIBUTE = "message.request.mode.";
    private static final int ANY_QUEUE = -1;

    private final Catalog catalog;
    private final Clients clients;

    AssignmentHandler(Catalog catalog, Clients clients) {
        this.catalog = catalog;
        this.clients = clients;
    }

    void setMode(Request request) {
        Header header = request.header();
        MessageRequestMode body =
                MessageRequestMode.decode(
                        request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        if (body.topic().startsWith(Names.RETRY_PREFIX)) {
            request.fail(
                    ResponseCode.NO_PERMISSION,
                    "retry topic is not allowed to set mode: set it for the topic itself");
        } else if (catalog.topic(body.topic()) == null) {
            request.fail(
                    ResponseCode.TOPIC_NOT_EXIST,
                    "topic[" + body.topic() + "] not exist: create it first");
        } else {
            Changes.report(
                    catalog.updateGroup(body.consumerGroup(), settings -> with(settings, body)),
                    Refusal.GROUP_UNKNOWN,
                    request.answering(group -> Answer.DONE));
        }
    }

    private static GroupSettings with(GroupSettings settings, MessageRequestMode mode) {
        Map<String, String> attributes = new TreeMap<>(settings.attributes());
        attributes.put(
                ATTRIBUTE + mode.topic(), mode.mode().name() + ":" + mode.popShareQueueNum());
        return settings.withAttributes(attributes);
    }

    /** All that groups were told, by topic and group. */
    void modes(Request request) {
        Map<String, List<MessageRequestMode>> byTopic = new TreeMap<>();
        for (Group group : catalog.groups()) {
            for (String name : group.settings().attributes().keySet()) {
                if (name.startsWith(ATTRIBUTE)) {
                    String topic = name.substring(ATTRIBUTE.length());
                    byTopic.computeIfAbsent(topic, t -> new ArrayList<>()).add(mode(group, topic));
                }
            }
        }
        JsonWriter json = new JsonWriter().beginObject();
        json.name("messageRequestModeMap").beginObject();
        byTopic.forEach((topic, modes) -> {
            json.name(topic).beginObject();
            for (MessageRequestMode mode : modes) {
                mode.encode(json.name(mode.consumerGroup()));
            }
            json.endObject();
        });
        request.answer(Answer.ok(json.endObject().endObject()));
    }

    private static MessageRequestMode mode(@Nullable Group group, String topic) {
        String name = group == null ? "" : group.name();
        String told = group == null ? null : group.settings().attributes().get(ATTRIBUTE + topic);
        if (told == null || !told.startsWith(Mode.POP.name())) {
            return new MessageRequestMode(topic, name, Mode.PULL, 0);
        }
        int share = Integer.parseInt(told.substring(told.indexOf(':') + 1));
        return new MessageRequestMode(topic, name, Mode.POP, share);
    }

    void query(Request request) {
        Header header = request.header();
        QueryAssignmentBody body =
                QueryAssignmentBody.decode(
                        request.bytes(), header.bodyIndex(), header.bodySizeBytes());
        Topic topic = catalog.topic(body.topic());
        MessageRequestMode mode = mode(catalog.group(body.consumerGroup()), body.topic());
        List<MessageQueue> queues = topic == null ? null : queues(body, topic, mode);
        request.answer(Answer.ok(new AssignmentList(mode.mode(), queues).encode()));
    }

    /** The client's queues; null if they cannot be told, so that it keeps those it has. */
    private @Nullable List<MessageQueue> queues(
            QueryAssignmentBody body, Topic topic, MessageRequestMode mode) {
        List<MessageQueue> all =
                IntStream.range(0, topic.queues()).mapToObj(i -> queue(topic, i)).toList();
        if (body.messageModel() == MessageModel.BROADCASTING) {
            return all;
        }
        List<String> ids = clients.clientIds(body.consumerGroup()).stream().sorted().toList();
        if (ids.isEmpty() || !Sharing.isKnown(body.strategyName())) {
            return null;
        }
        if (mode.mode() == Mode.PULL) {
            return Sharing.share(body.strategyName(), all, ids, ids.indexOf(body.clientId()));
        }
        int share = mode.popShareQueueNum();
        if (share <= 0 || share >= ids.size() - 1) {
            return List.of(queue(topic, ANY_QUEUE));
        }
        return Sharing.shareWith(
                share, body.strategyName(), all, ids, ids.indexOf(body.clientId()));
    }

    private static MessageQueue queue(Topic topic, int queueId) {
        return new MessageQueue(topic.name(), RouteHandler.BROKER_NAME, queueId);
    }
}
