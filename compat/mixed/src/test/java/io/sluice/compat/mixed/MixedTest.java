package io.sluice.compat.mixed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Fields;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

/** What clients of one protocol send, clients of the other receive. */
@AgainstServer
@Feature("gRPC: messages from and to remoting clients")
class MixedTest {
    private static final ClientServiceProvider CLIENTS = ClientServiceProvider.loadService();
    private static final Duration INVISIBLE = Duration.ofSeconds(30);

    private static ClientConfiguration configuration(Target server) {
        return ClientConfiguration.newBuilder()
                .setEndpoints("127.0.0.1:" + server.grpcPort())
                .enableSsl(false)
                .setRequestTimeout(Duration.ofSeconds(30))
                .build();
    }

    private static String topic(Target server, String topic) {
        return topic(server, topic, 2);
    }

    private static String topic(Target server, String topic, int queues) {
        try (RawConnection broker = server.connect()) {
            Map<String, String> fields = new HashMap<>(Fields.createTopic(topic, queues));
            assertTrue(broker.request(RequestCode.UPDATE_AND_CREATE_TOPIC, fields).isOk());
        }
        return topic;
    }

    /** Where a group stands in a topic's first queue; -1 if it has committed nothing. */
    private static long committed(Target server, String group, String topic) {
        try (RawConnection broker = server.connect()) {
            Map<String, String> fields =
                    Map.of("consumerGroup", group, "topic", topic, "queueId", "0");
            Reply reply = broker.request(RequestCode.QUERY_CONSUMER_OFFSET, fields);
            return reply.isOk() ? reply.number("offset") : -1;
        }
    }

    private static SimpleConsumer grpcConsumer(Target server, String group, String topic)
            throws Exception {
        return CLIENTS.newSimpleConsumerBuilder()
                .setClientConfiguration(configuration(server))
                .setConsumerGroup(group)
                .setAwaitDuration(Duration.ofSeconds(20))
                .setSubscriptionExpressions(
                        new HashMap<>(Map.of(topic, FilterExpression.SUB_ALL)))
                .build();
    }

    private static Producer grpcProducer(Target server, String topic) throws Exception {
        return CLIENTS.newProducerBuilder()
                .setClientConfiguration(configuration(server))
                .setTopics(topic)
                .build();
    }

    private static MessageBuilder grpcMessage(String topic, String body) {
        return CLIENTS.newMessageBuilder().setTopic(topic).setBody(body.getBytes(UTF_8));
    }

    private static List<MessageView> receive(SimpleConsumer consumer, int count)
            throws Exception {
        List<MessageView> messages = new ArrayList<>();
        while (messages.size() < count) {
            List<MessageView> more = consumer.receive(count - messages.size(), INVISIBLE);
            assertTrue(!more.isEmpty(), () -> "only " + messages);
            messages.addAll(more);
        }
        return messages;
    }

    private static DefaultMQProducer producer(Target server, String name) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer(name);
        producer.setInstanceName(name);
        producer.setNamesrvAddr(server.address());
        producer.setSendMsgTimeout(30_000); // longer than any pause of a loaded machine
        producer.start();
        return producer;
    }

    /** A consumer that fails each message at its first attempt. */
    private static DefaultMQPushConsumer failingOnce(
            Target server, String group, String topic, ConcurrentLinkedQueue<MessageExt> got)
            throws Exception {
        return consumer(server, group, topic, got, 1);
    }

    private static DefaultMQPushConsumer consumer(
            Target server,
            String group,
            String topic,
            ConcurrentLinkedQueue<MessageExt> got,
            int failures)
            throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setInstanceName(group);
        consumer.setPollNameServerInterval(1_000);
        consumer.setHeartbeatBrokerInterval(2_000);
        consumer.setPersistConsumerOffsetInterval(500);
        consumer.setNamesrvAddr(server.address());
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(
                (MessageListenerConcurrently)
                        (messages, context) -> {
                            got.addAll(messages);
                            return messages.get(0).getReconsumeTimes() < failures
                                    ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                                    : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                        });
        consumer.start();
        return consumer;
    }

    @Test
    void shouldReceiveByGrpcWhatWasSentByRemoting(Target server) throws Exception {
        String topic = topic(server, "mixed-to-grpc");
        DefaultMQProducer producer = producer(server, "mixed-to-grpc-p");
        try (SimpleConsumer consumer = grpcConsumer(server, "mixed-to-grpc-g", topic)) {
            long before = System.currentTimeMillis();
            Message message = new Message(topic, "red", "k1 k2", "hello".getBytes(UTF_8));
            message.putUserProperty("colour", "blue");
            SendResult sent = producer.send(message);

            MessageView got = receive(consumer, 1).get(0);

            assertEquals("hello", UTF_8.decode(got.getBody()).toString());
            assertEquals(sent.getMsgId(), got.getMessageId().toString());
            assertEquals(Optional.of("red"), got.getTag());
            assertEquals(List.of("k1", "k2"), List.copyOf(got.getKeys()));
            assertEquals(Map.of("colour", "blue"), got.getProperties());
            assertEquals(1, got.getDeliveryAttempt());
            assertEquals("127.0.0.1", got.getBornHost());
            assertTrue(got.getBornTimestamp() >= before);
            consumer.changeInvisibleDuration(got, Duration.ofMillis(50));
            assertEquals(2, receive(consumer, 1).get(0).getDeliveryAttempt());
        } finally {
            producer.shutdown();
        }
    }

    @Test
    void shouldReceiveByGrpcWhatWasCompressedBatchedOrDelayed(Target server) throws Exception {
        String topic = topic(server, "mixed-kinds");
        DefaultMQProducer producer = producer(server, "mixed-kinds-p");
        try (SimpleConsumer consumer = grpcConsumer(server, "mixed-kinds-g", topic)) {
            String large = "large ".repeat(2_000); // above 4 KiB clients compress
            producer.send(new Message(topic, large.getBytes(UTF_8)));
            producer.send(
                    List.of(
                            new Message(topic, "one".getBytes(UTF_8)),
                            new Message(topic, "two".getBytes(UTF_8))));
            Message delayed = new Message(topic, "delayed".getBytes(UTF_8));
            delayed.setDelayTimeLevel(1);
            producer.send(delayed);
            List<String> bodies = new ArrayList<>();
            for (MessageView message : receive(consumer, 4)) {
                bodies.add(UTF_8.decode(message.getBody()).toString());
            }
            assertTrue(
                    bodies.containsAll(List.of(large, "one", "two", "delayed")),
                    bodies::toString);
        } finally {
            producer.shutdown();
        }
    }

    @Test
    void shouldReceiveByRemotingWhatWasSentByGrpc(Target server) throws Exception {
        String topic = topic(server, "mixed-to-remoting");
        ConcurrentLinkedQueue<MessageExt> got = new ConcurrentLinkedQueue<>();
        DefaultMQPushConsumer consumer =
                failingOnce(server, "mixed-to-remoting-g", topic, got);
        try (Producer producer = grpcProducer(server, topic)) {
            long before = System.currentTimeMillis();
            SendReceipt sent =
                    producer.send(
                            grpcMessage(topic, "hello")
                                    .setTag("red")
                                    .setKeys("k1", "k2")
                                    .addProperty("colour", "blue")
                                    .build());
            Await.until("it was retried", () -> got.size() == 2);
            List<Integer> times = new ArrayList<>();
            for (MessageExt message : got) {
                times.add(message.getReconsumeTimes());
                assertEquals("hello", new String(message.getBody(), UTF_8));
                assertEquals("red", message.getTags());
                assertEquals("k1 k2", message.getKeys());
                assertEquals("blue", message.getUserProperty("colour"));
                assertEquals(sent.getMessageId().toString(), message.getMsgId());
                assertTrue(message.getBornTimestamp() >= before);
                assertTrue(message.getStoreTimestamp() >= before);
            }
            assertEquals(List.of(0, 1), times);
        } finally {
            consumer.shutdown();
        }
    }

    @Test
    void shouldReceiveByRemotingWhatGrpcDelayedOrCommitted(Target server) throws Exception {
        String topic = topic(server, "mixed-grpc-kinds");
        ConcurrentLinkedQueue<MessageExt> got = new ConcurrentLinkedQueue<>();
        DefaultMQPushConsumer consumer = failingOnce(server, "mixed-grpc-kinds-g", topic, got);
        try (Producer producer =
                CLIENTS.newProducerBuilder()
                        .setClientConfiguration(configuration(server))
                        .setTopics(topic)
                        .setTransactionChecker(
                                message ->
                                        org.apache.rocketmq.client.apis.producer
                                                .TransactionResolution.UNKNOWN)
                        .build()) {
            long due = System.currentTimeMillis() + 500;
            producer.send(grpcMessage(topic, "delayed").setDeliveryTimestamp(due).build());
            producer.send(grpcMessage(topic, "grouped").setMessageGroup("g").build());
            var transaction = producer.beginTransaction();
            producer.send(grpcMessage(topic, "committed").build(), transaction);
            transaction.commit();
            Await.until(
                    "all three are there, twice",
                    () ->
                            got.stream()
                                            .filter(message -> message.getReconsumeTimes() == 1)
                                            .map(message -> new String(message.getBody(), UTF_8))
                                            .distinct()
                                            .count()
                                    == 3);
            for (MessageExt message : got) {
                if (new String(message.getBody(), UTF_8).equals("delayed")) {
                    assertTrue(message.getStoreTimestamp() >= due);
                }
            }
        } finally {
            consumer.shutdown();
        }
    }

    @Test
    void shouldGoOnByGrpcWhereAGroupWasByRemoting(Target server) throws Exception {
        String topic = topic(server, "mixed-group", 1);
        String group = "mixed-group-g";
        ConcurrentLinkedQueue<MessageExt> got = new ConcurrentLinkedQueue<>();
        DefaultMQProducer producer = producer(server, "mixed-group-p");
        DefaultMQPushConsumer remoting = consumer(server, group, topic, got, 0);
        producer.send(new Message(topic, "first".getBytes(UTF_8)));
        Await.until("it was consumed", () -> got.size() == 1);
        Await.until("that was committed", () -> committed(server, group, topic) == 1);
        remoting.shutdown();
        producer.send(new Message(topic, "second".getBytes(UTF_8)));
        producer.shutdown();
        try (SimpleConsumer consumer = grpcConsumer(server, group, topic)) {
            MessageView next = receive(consumer, 1).get(0);
            assertEquals("second", UTF_8.decode(next.getBody()).toString());
            consumer.ack(next);
        }
    }
}
