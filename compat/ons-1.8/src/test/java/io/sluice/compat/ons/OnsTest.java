package io.sluice.compat.ons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyun.openservices.ons.api.Action;
import com.aliyun.openservices.ons.api.Consumer;
import com.aliyun.openservices.ons.api.Message;
import com.aliyun.openservices.ons.api.ONSFactory;
import com.aliyun.openservices.ons.api.OnExceptionContext;
import com.aliyun.openservices.ons.api.Producer;
import com.aliyun.openservices.ons.api.PropertyKeyConst;
import com.aliyun.openservices.ons.api.PropertyValueConst;
import com.aliyun.openservices.ons.api.PullConsumer;
import com.aliyun.openservices.ons.api.SendCallback;
import com.aliyun.openservices.ons.api.SendResult;
import com.aliyun.openservices.ons.api.TopicPartition;
import com.aliyun.openservices.ons.api.batch.BatchConsumer;
import com.aliyun.openservices.ons.api.order.OrderAction;
import com.aliyun.openservices.ons.api.order.OrderConsumer;
import com.aliyun.openservices.ons.api.order.OrderProducer;
import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The commercial client, which has the protocol of RocketMQ 4 and an interface of its own. */
@AgainstServer
@Feature("Sending: sync, async and one-way")
class OnsTest {

    @Test
    void shouldSendAndConsumeAMessageWithAllItsParts(Target server) {
        String topic = topic(server, "ons-parts", 2);
        Message message = message(topic, "body");
        message.setKey("order-1");
        message.putUserProperties("colour", "blue");
        Producer producer = ONSFactory.createProducer(properties(server, "GID_ons-parts"));
        producer.start();
        Queue<Message> inbox = new ConcurrentLinkedQueue<>();
        Consumer consumer = ONSFactory.createConsumer(properties(server, "GID_ons-parts"));
        consumer.subscribe(topic, "tag", (received, context) -> accept(inbox, received));
        consumer.start();
        try {
            SendResult result = producer.send(message);

            Await.until("it has come", () -> !inbox.isEmpty());
            Message received = inbox.element();
            assertEquals(topic, result.getTopic());
            assertEquals(result.getMessageId(), received.getMsgID());
            assertEquals("body", body(received));
            assertEquals("tag", received.getTag());
            assertEquals("order-1", received.getKey());
            assertEquals("blue", received.getUserProperties("colour"));
            assertEquals(0, received.getReconsumeTimes());
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    @Test
    void shouldDeliverAsyncAndOneWayMessages(Target server) {
        String topic = topic(server, "ons-async", 2);
        Producer producer = ONSFactory.createProducer(properties(server, "GID_ons-async"));
        producer.start();
        Queue<Message> inbox = new ConcurrentLinkedQueue<>();
        Consumer consumer = ONSFactory.createConsumer(properties(server, "GID_ons-async"));
        consumer.subscribe(topic, "*", (received, context) -> accept(inbox, received));
        consumer.start();
        Queue<SendResult> results = new ConcurrentLinkedQueue<>();
        try {
            for (int i = 0; i < 50; i++) {
                producer.sendAsync(message(topic, "async" + i), new Collecting(results));
                producer.sendOneway(message(topic, "oneway" + i));
            }
            Await.until("all sends are answered", () -> results.size() == 50);
            Await.until("all have come", () -> inbox.size() >= 100);
            assertEquals(100, inbox.stream().map(OnsTest::body).distinct().count());
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    private record Collecting(Queue<SendResult> results) implements SendCallback {
        @Override
        public void onSuccess(SendResult result) {
            assertNotNull(result.getMessageId());
            results.add(result);
        }

        @Override
        public void onException(OnExceptionContext failure) {
            failure.getException().printStackTrace();
        }
    }

    @Test
    @Feature("Retries: delays, attempts, dead letters")
    void shouldRetryAndDeadLetter(Target server) {
        String topic = topic(server, "ons-retry", 1);
        String group = "GID_ons-retry";
        Properties properties = properties(server, group);
        properties.setProperty(PropertyKeyConst.MaxReconsumeTimes, "2");
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        Consumer consumer = ONSFactory.createConsumer(properties);
        consumer.subscribe(
                topic,
                "*",
                (received, context) -> {
                    attempts.add(received.getReconsumeTimes());
                    return Action.ReconsumeLater;
                });
        consumer.start();
        Producer producer = ONSFactory.createProducer(properties(server, group));
        producer.start();
        try {
            producer.send(message(topic, "poison"));
            Await.until("it is a dead letter", () -> hasMessage(server, "%DLQ%" + group, "poison"));
            assertEquals(List.of(0, 1, 2), List.copyOf(attempts));
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    @Test
    @Feature("Order: orderly push")
    void shouldDeliverMessagesOfOneShardingKeyInOrder(Target server) {
        String topic = topic(server, "ons-order", 4);
        Map<String, List<String>> inbox = new ConcurrentHashMap<>();
        OrderConsumer consumer =
                ONSFactory.createOrderedConsumer(properties(server, "GID_ons-order"));
        consumer.subscribe(
                topic,
                "*",
                (received, context) -> {
                    inbox.computeIfAbsent(received.getShardingKey(), key -> new ArrayList<>())
                            .add(body(received));
                    return OrderAction.Success;
                });
        consumer.start();
        OrderProducer producer =
                ONSFactory.createOrderProducer(properties(server, "GID_ons-order"));
        producer.start();
        List<String> bodies = IntStream.range(0, 20).mapToObj(i -> "m" + i).toList();
        List<String> keys = List.of("red", "green", "blue");
        try {
            for (String body : bodies) {
                keys.forEach(key -> producer.send(message(topic, body), key));
            }
            Await.until(
                    "all have come",
                    () -> inbox.values().stream().mapToInt(List::size).sum() >= 60);
            keys.forEach(key -> assertEquals(bodies, inbox.get(key)));
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    @Test
    @Feature("Consuming: broadcast")
    void shouldDeliverEverythingToABroadcastConsumer(Target server) {
        String topic = topic(server, "ons-broadcast", 1);
        List<Queue<Message>> inboxes =
                List.of(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
        List<Consumer> consumers = new ArrayList<>();
        Producer producer = ONSFactory.createProducer(properties(server, "GID_ons-broadcast"));
        producer.start();
        try {
            for (Queue<Message> inbox : inboxes) {
                Properties properties = properties(server, "GID_ons-broadcast");
                properties.setProperty(
                        PropertyKeyConst.MessageModel, PropertyValueConst.BROADCASTING);
                properties.setProperty(
                        PropertyKeyConst.InstanceName, "instance-" + consumers.size());
                Consumer consumer = ONSFactory.createConsumer(properties);
                consumer.subscribe(topic, "*", (received, context) -> accept(inbox, received));
                consumer.start();
                consumers.add(consumer);
            }
            // Without an offset of its own a broadcast consumer starts at the end: knock first.
            Await.until(
                    "both listen",
                    () -> {
                        producer.send(message(topic, "knock"));
                        return inboxes.stream().noneMatch(Queue::isEmpty);
                    });
            for (int i = 0; i < 20; i++) {
                producer.send(message(topic, "m" + i));
            }
            for (Queue<Message> inbox : inboxes) {
                Await.until(
                        "all have come",
                        () -> inbox.stream().filter(m -> body(m).startsWith("m")).count() == 20);
            }
        } finally {
            consumers.forEach(Consumer::shutdown);
            producer.shutdown();
        }
    }

    @Test
    @Feature("Consuming: push, queues shared out in a group")
    void shouldDeliverBatches(Target server) {
        String topic = topic(server, "ons-batch", 1);
        Properties properties = properties(server, "GID_ons-batch");
        properties.setProperty(PropertyKeyConst.ConsumeMessageBatchMaxSize, "16");
        Queue<Message> inbox = new ConcurrentLinkedQueue<>();
        BatchConsumer consumer = ONSFactory.createBatchConsumer(properties);
        consumer.subscribe(
                topic,
                "*",
                (batch, context) -> {
                    inbox.addAll(batch);
                    return Action.CommitMessage;
                });
        consumer.start();
        Producer producer = ONSFactory.createProducer(properties(server, "GID_ons-batch"));
        producer.start();
        try {
            for (int i = 0; i < 40; i++) {
                producer.send(message(topic, "m" + i));
            }
            Await.until("all have come", () -> inbox.size() >= 40);
            assertEquals(40, inbox.stream().map(OnsTest::body).distinct().count());
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    @Test
    @Feature("Consuming: classic pull")
    void shouldPullFromTheBeginning(Target server) {
        String topic = topic(server, "ons-pull", 1);
        Producer producer = ONSFactory.createProducer(properties(server, "GID_ons-pull"));
        producer.start();
        PullConsumer consumer = ONSFactory.createPullConsumer(properties(server, "GID_ons-pull"));
        consumer.start();
        try {
            for (int i = 0; i < 10; i++) {
                producer.send(message(topic, "m" + i));
            }
            TopicPartition partition = consumer.topicPartitions(topic).iterator().next();
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(partition);
            List<String> polled = new ArrayList<>();
            Await.until(
                    "all are polled",
                    () -> {
                        consumer.poll(100).forEach(message -> polled.add(body(message)));
                        return polled.size() >= 10;
                    });
            assertEquals(IntStream.range(0, 10).mapToObj(i -> "m" + i).toList(), polled);
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    /** Open-source RocketMQ does not know this client's property and delivers at once. */
    @Test
    void shouldDeliverAtTheStartDeliverTime(Target server) {
        String topic = topic(server, "ons-later", 1);
        Producer producer = ONSFactory.createProducer(properties(server, "GID_ons-later"));
        producer.start();
        Queue<Message> inbox = new ConcurrentLinkedQueue<>();
        Consumer consumer = ONSFactory.createConsumer(properties(server, "GID_ons-later"));
        consumer.subscribe(topic, "*", (received, context) -> accept(inbox, received));
        consumer.start();
        try {
            long dueMs = System.currentTimeMillis() + 1_500;
            Message later = message(topic, "later");
            later.setStartDeliverTime(dueMs);
            producer.send(later);

            Await.until("it has come", () -> !inbox.isEmpty());
            long nowMs = System.currentTimeMillis();
            assertEquals("later", body(inbox.element()));
            assertTrue(!server.isSluice() || nowMs >= dueMs, "never early");
        } finally {
            consumer.shutdown();
            producer.shutdown();
        }
    }

    static Properties properties(Target server, String group) {
        Properties properties = new Properties();
        properties.setProperty(PropertyKeyConst.NAMESRV_ADDR, server.address());
        properties.setProperty(PropertyKeyConst.GROUP_ID, group);
        properties.setProperty(PropertyKeyConst.AccessKey, "any");
        properties.setProperty(PropertyKeyConst.SecretKey, "any");
        properties.setProperty(PropertyKeyConst.SendMsgTimeoutMillis, "30000");
        return properties;
    }

    /**
     * A topic of which the group {@code GID_topic} has read nothing yet. This client lets a new
     * group begin at the end, wherever that is by the time it looks: a known group has no such
     * race.
     */
    static String topic(Target server, String topic, int queues) {
        try (RawConnection broker = server.connect();
                RawConnection names = server.connectToNameService()) {
            Map<String, String> fields = Fields.createTopic(topic, queues);
            assertTrue(broker.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk());
            Await.until(
                    "the topic has a route",
                    () ->
                            names.request(
                                            RequestCode.GET_ROUTEINFO_BY_TOPIC,
                                            Map.of("topic", topic))
                                    .isOk());
            for (int queueId = 0; queueId < queues; queueId++) {
                commitZero(broker, "GID_" + topic, topic, queueId);
            }
        }
        return topic;
    }

    private static void commitZero(RawConnection broker, String group, String topic, int queueId) {
        broker.request(RequestCode.PULL_MESSAGE, Fields.pull(group, topic, queueId, 0, 1));
        Map<String, String> commit = new HashMap<>(Fields.groupAndQueue(group, topic, queueId));
        commit.put("commitOffset", "0");
        assertTrue(broker.request(RequestCode.UPDATE_CONSUMER_OFFSET, commit).isOk());
    }

    private static boolean hasMessage(Target server, String topic, String body) {
        try (RawConnection connection = server.connect()) {
            Map<String, String> fields = Fields.pull("GID_reader", topic, 0, 0, 32);
            return connection.request(RequestCode.PULL_MESSAGE, fields).bodyText().contains(body);
        }
    }

    private static Message message(String topic, String body) {
        return new Message(topic, "tag", body.getBytes(StandardCharsets.UTF_8));
    }

    private static Action accept(Queue<Message> inbox, Message message) {
        inbox.add(message);
        return Action.CommitMessage;
    }

    private static String body(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }
}
