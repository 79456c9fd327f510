package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.apache.rocketmq.client.java.exception.BadRequestException;
import org.junit.jupiter.api.Test;

/** The 5.x client receives, and says what becomes of each message. */
@AgainstServer
@Feature("gRPC: simple consumers")
class SimpleConsumerTest {
    @Test
    void shouldReceiveWhatWasSentWithAllThatItSays(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-all", 4, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-all-g", topic);
                Producer producer = Grpc.producer(server, topic)) {
            long before = System.currentTimeMillis();
            SendReceipt receipt =
                    producer.send(
                            Grpc.message(topic, "hello")
                                    .setTag("red")
                                    .setKeys("k1", "k2")
                                    .addProperty("colour", "blue")
                                    .build());

            MessageView message = Grpc.receive(consumer, 1).getFirst();

            assertEquals("hello", Grpc.body(message));
            assertEquals(receipt.getMessageId(), message.getMessageId());
            assertEquals(Optional.of("red"), message.getTag());
            assertEquals(List.of("k1", "k2"), List.copyOf(message.getKeys()));
            assertEquals(Map.of("colour", "blue"), message.getProperties());
            assertEquals(1, message.getDeliveryAttempt());
            assertTrue(message.getBornTimestamp() >= before);
            assertTrue(!message.getBornHost().isEmpty());
            assertEquals(Optional.empty(), message.getMessageGroup());
            consumer.ack(message);
            BadRequestException stale =
                    assertThrows(BadRequestException.class, () -> consumer.ack(message));
            assertTrue(stale.getMessage().contains("40013"), stale::getMessage);
        }
    }

    @Test
    @Feature("gRPC: order by message group")
    void shouldHoldUpAMessageGroupAndNotItsQueue(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-groups", 1, "FIFO");
        String group = Grpc.group(server, "simple-groups-g", true, 16);
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, group, topic);
                Producer producer = Grpc.producer(server, topic)) {
            for (String body : List.of("slow 1", "slow 2", "quick 1", "slow 3", "quick 2")) {
                String key = body.substring(0, body.indexOf(' '));
                producer.send(Grpc.message(topic, body).setMessageGroup(key).build());
            }
            List<MessageView> held = Grpc.receive(consumer, 1);
            assertEquals(List.of("slow 1"), held.stream().map(Grpc::body).toList());
            for (String body : List.of("quick 1", "quick 2")) {
                MessageView message = consumer.receive(1, Grpc.INVISIBLE).getFirst();
                assertEquals(body, Grpc.body(message));
                consumer.ack(message);
            }
            assertEquals(List.of(), consumer.receive(1, Grpc.INVISIBLE));
            consumer.ack(held.getFirst());
            for (String body : List.of("slow 2", "slow 3")) {
                MessageView message = consumer.receive(1, Grpc.INVISIBLE).getFirst();
                assertEquals(body, Grpc.body(message));
                consumer.ack(message);
            }
        }
    }

    @Test
    void shouldReceiveAllOfManyQueuesOnceEach(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-many", 8, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-many-g", topic);
                Producer producer = Grpc.producer(server, topic)) {
            Set<String> sent = new TreeSet<>();
            List<CompletableFuture<SendReceipt>> sending = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sending.add(producer.sendAsync(Grpc.message(topic, "body " + i).build()));
                sent.add("body " + i);
            }
            for (CompletableFuture<SendReceipt> each : sending) {
                each.get(30, TimeUnit.SECONDS);
            }
            List<String> got = new ArrayList<>();
            while (got.size() < 200) {
                List<MessageView> more = consumer.receive(32, Grpc.INVISIBLE);
                for (MessageView message : more) {
                    got.add(Grpc.body(message));
                    consumer.ack(message);
                }
            }
            assertEquals(200, got.size());
            assertEquals(sent, new TreeSet<>(got));
        }
    }

    @Test
    void shouldAnswerSeveralReceivesAtATime(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-flight", 4, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-flight-g", topic);
                Producer producer = Grpc.producer(server, topic)) {
            List<CompletableFuture<List<MessageView>>> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(consumer.receiveAsync(1, Grpc.INVISIBLE));
            }
            Set<String> got = new TreeSet<>();
            for (int i = 0; i < 4; i++) {
                producer.send(Grpc.message(topic, "body " + i).build());
            }
            for (CompletableFuture<List<MessageView>> each : waiting) {
                each.get(30, TimeUnit.SECONDS).forEach(message -> got.add(Grpc.body(message)));
            }
            assertEquals(Set.of("body 0", "body 1", "body 2", "body 3"), got);
        }
    }

    @Test
    void shouldCountAttemptsOfWhatIsGivenBack(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-again", 1, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-again-g", topic);
                Producer producer = Grpc.producer(server, topic)) {
            producer.send(Grpc.message(topic, "again").build());
            MessageView first = Grpc.receive(consumer, 1).getFirst();
            consumer.changeInvisibleDuration(first, Duration.ofMillis(100));
            MessageView second = Grpc.receive(consumer, 1).getFirst();
            assertEquals(first.getMessageId(), second.getMessageId());
            assertEquals(2, second.getDeliveryAttempt());
            assertThrows(BadRequestException.class, () -> consumer.ack(first));
            consumer.ack(second);
            assertEquals(List.of(), consumer.receive(1, Grpc.INVISIBLE));
        }
    }

    @Test
    void shouldDeliverAgainWhatIsNotAcknowledgedInTime(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-late", 1, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-late-g", topic);
                Producer producer = Grpc.producer(server, topic)) {
            producer.send(Grpc.message(topic, "late").build());
            List<MessageView> first = consumer.receive(1, Duration.ofSeconds(10));
            assertEquals(1, first.size());
            List<MessageView> second = consumer.receive(1, Grpc.INVISIBLE);
            assertEquals(List.of(), second, "it is invisible for 10 s");
            while (second.isEmpty()) {
                second = consumer.receive(1, Grpc.INVISIBLE);
            }
            assertEquals(2, second.getFirst().getDeliveryAttempt());
        }
    }

    @Test
    void shouldRefuseInvisibleTimesThatAreTooShortOrTooLong(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-times", 1, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-times-g", topic)) {
            for (Duration wrong : List.of(Duration.ofSeconds(9), Duration.ofHours(13))) {
                BadRequestException refused =
                        assertThrows(BadRequestException.class, () -> consumer.receive(1, wrong));
                assertTrue(refused.getMessage().contains("40011"), refused::getMessage);
            }
        }
    }

    @Test
    void shouldReceiveWhatAnExpressionAsksFor(Target server) throws Exception {
        String topic = Grpc.topic(server, "simple-filter", 2, "NORMAL");
        try (SimpleConsumer tags =
                        Grpc.simpleConsumer(
                                server,
                                "simple-tags-g",
                                Map.of(topic, new FilterExpression("a || b")));
                SimpleConsumer sql =
                        Grpc.simpleConsumer(
                                server, "simple-sql-g", Map.of(topic, Grpc.sql("n > 1")));
                Producer producer = Grpc.producer(server, topic)) {
            for (int n = 0; n < 4; n++) {
                producer.send(
                        Grpc.message(topic, "" + n)
                                .setTag(List.of("a", "b", "c", "d").get(n))
                                .addProperty("n", "" + n)
                                .build());
            }
            assertEquals(Set.of("0", "1"), bodies(Grpc.receive(tags, 2)));
            assertEquals(Set.of("2", "3"), bodies(Grpc.receive(sql, 2)));
        }
    }

    private static Set<String> bodies(List<MessageView> messages) {
        Set<String> bodies = new TreeSet<>();
        messages.forEach(message -> bodies.add(Grpc.body(message)));
        return bodies;
    }

    @Test
    void shouldChangeItsSubscriptionsWhileItRuns(Target server) throws Exception {
        String one = Grpc.topic(server, "simple-one", 1, "NORMAL");
        String two = Grpc.topic(server, "simple-two", 1, "NORMAL");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "simple-subs-g", one);
                Producer producer = Grpc.producer(server, one)) {
            consumer.subscribe(two, FilterExpression.SUB_ALL);
            consumer.unsubscribe(one);
            assertEquals(List.of(), consumer.receive(1, Grpc.INVISIBLE));
            producer.send(Grpc.message(one, "one").build());
            producer.send(Grpc.message(two, "two").build());
            assertEquals(Set.of("two"), bodies(Grpc.receive(consumer, 1)));
            consumer.subscribe(one, FilterExpression.SUB_ALL);
            consumer.unsubscribe(two);
            assertEquals(Set.of("one"), bodies(Grpc.receive(consumer, 1)));
        }
    }
}
