package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.FilterExpressionType;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;

/** Makes clients, topics and groups for tests, and looks at queues from the other side. */
public final class Grpc {
    public static final ClientServiceProvider CLIENTS = ClientServiceProvider.loadService();
    static final Duration AWAIT = Duration.ofSeconds(5);
    static final Duration INVISIBLE = Duration.ofSeconds(30);

    private static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;

    private Grpc() {}

    public static ClientConfiguration configuration(Target server) {
        return ClientConfiguration.newBuilder()
                .setEndpoints("127.0.0.1:" + server.grpcPort())
                .enableSsl(false)
                .setRequestTimeout(Duration.ofSeconds(30))
                .build();
    }

    static Producer producer(Target server, String topic) throws ClientException {
        return CLIENTS.newProducerBuilder()
                .setClientConfiguration(configuration(server))
                .setTopics(topic)
                .build();
    }

    public static SimpleConsumer simpleConsumer(Target server, String group, String topic)
            throws ClientException {
        return simpleConsumer(server, group, Map.of(topic, FilterExpression.SUB_ALL));
    }

    static SimpleConsumer simpleConsumer(
            Target server, String group, Map<String, FilterExpression> subscriptions)
            throws ClientException {
        return CLIENTS.newSimpleConsumerBuilder()
                .setClientConfiguration(configuration(server))
                .setConsumerGroup(group)
                .setAwaitDuration(AWAIT)
                .setSubscriptionExpressions(new HashMap<>(subscriptions))
                .build();
    }

    static FilterExpression sql(String expression) {
        return new FilterExpression(expression, FilterExpressionType.SQL92);
    }

    static MessageBuilder message(String topic, String body) {
        return CLIENTS.newMessageBuilder()
                .setTopic(topic)
                .setBody(body.getBytes(StandardCharsets.UTF_8));
    }

    static String body(MessageView message) {
        return StandardCharsets.UTF_8.decode(message.getBody()).toString();
    }

    /** The next so many messages, none of them acknowledged. */
    static List<MessageView> receive(SimpleConsumer consumer, int count) throws ClientException {
        List<MessageView> messages = new ArrayList<>();
        while (messages.size() < count) {
            List<MessageView> more = consumer.receive(count - messages.size(), INVISIBLE);
            assertTrue(!more.isEmpty(), () -> "only " + messages);
            messages.addAll(more);
        }
        return messages;
    }

    /** Creates a topic as an operator does. */
    public static String topic(Target server, String topic, int queues, String type) {
        try (RawConnection broker = server.connect()) {
            Map<String, String> fields = new HashMap<>(Fields.createTopic(topic, queues));
            fields.put("attributes", "+message.type=" + type);
            assertTrue(broker.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk());
        }
        return topic;
    }

    /**
     * Creates a group as an operator does, whose retries wait 100 ms.
     *
     * @param retries how often a message is retried before it is a dead letter
     */
    public static String group(Target server, String group, boolean ordered, int retries) {
        String json =
                """
                {"groupName":"%s","consumeEnable":true,"consumeMessageOrderly":%b,
                "retryMaxTimes":%d,"groupRetryPolicy":{"type":"EXPONENTIAL",
                "exponentialRetryPolicy":{"initial":100,"max":200,"multiplier":2}}}\
                """
                        .formatted(group, ordered, retries);
        return createGroup(server, group, json);
    }

    /** Creates a group with changes of its attributes, such as "+name". */
    static String group(Target server, String group, Map<String, String> attributes) {
        String changes =
                attributes.entrySet().stream()
                        .map(each -> "\"%s\":\"%s\"".formatted(each.getKey(), each.getValue()))
                        .collect(Collectors.joining(","));
        String json =
                "{\"groupName\":\"%s\",\"consumeEnable\":true,\"attributes\":{%s}}"
                        .formatted(group, changes);
        return createGroup(server, group, json);
    }

    private static String createGroup(Target server, String group, String json) {
        try (RawConnection broker = server.connect()) {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            Reply reply = broker.request(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, Map.of(), body);
            assertTrue(reply.isOk(), reply::toString);
        }
        return group;
    }

    /** How many messages lie in all queues of a topic. */
    public static long stored(Target server, String topic, int queues) {
        return ends(server, topic, queues).sum();
    }

    /** How many messages lie in the queue that has the most. */
    static long storedMost(Target server, String topic, int queues) {
        return ends(server, topic, queues).max().orElse(0);
    }

    private static LongStream ends(Target server, String topic, int queues) {
        try (RawConnection broker = server.connect()) {
            long[] ends =
                    IntStream.range(0, queues)
                            .mapToLong(queueId -> end(broker, topic, queueId))
                            .toArray();
            return LongStream.of(ends);
        }
    }

    private static long end(RawConnection broker, String topic, int queueId) {
        Map<String, String> fields = Map.of("topic", topic, "queueId", Integer.toString(queueId));
        Reply reply = broker.request(RequestCode.GET_MAX_OFFSET, fields);
        return Long.parseLong(reply.fields().get("offset"));
    }
}
