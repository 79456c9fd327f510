package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.consumer.PushConsumerBuilder;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.junit.jupiter.api.Test;

/** The 5.x client has messages pushed to a listener. */
@AgainstServer
@Feature("gRPC: push consumers")
class PushConsumerTest {
    private static PushConsumerBuilder builder(
            Target server, String group, String topic, MessageListener listener) {
        return Grpc.CLIENTS
                .newPushConsumerBuilder()
                .setClientConfiguration(Grpc.configuration(server))
                .setConsumerGroup(group)
                .setSubscriptionExpressions(new HashMap<>(Map.of(topic, FilterExpression.SUB_ALL)))
                .setMessageListener(listener);
    }

    /** Closing waits until the last long poll is over, which no test has to. */
    private static void end(PushConsumer consumer) {
        Thread.startVirtualThread(() -> {
            try {
                consumer.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void shouldPushEachMessageOnce(Target server) throws Exception {
        String topic = Grpc.topic(server, "push-once", 4, "NORMAL");
        Map<String, AtomicInteger> got = new ConcurrentHashMap<>();
        PushConsumer consumer =
                builder(
                                server,
                                "push-once-g",
                                topic,
                                message -> {
                                    got.computeIfAbsent(
                                                    Grpc.body(message), b -> new AtomicInteger())
                                            .incrementAndGet();
                                    return ConsumeResult.SUCCESS;
                                })
                        .build();
        try (Producer producer = Grpc.producer(server, topic)) {
            List<CompletableFuture<SendReceipt>> sending = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                sending.add(producer.sendAsync(Grpc.message(topic, "body " + i).build()));
            }
            for (CompletableFuture<SendReceipt> each : sending) {
                each.get(30, TimeUnit.SECONDS);
            }
            Await.until("all 500 are there", () -> got.size() == 500);
            assertTrue(got.values().stream().allMatch(times -> times.get() == 1), got::toString);
        }
        end(consumer);
    }

    @Test
    void shouldRetryAndThenMakeADeadLetter(Target server) throws Exception {
        String topic = Grpc.topic(server, "push-retry", 1, "NORMAL");
        String group = Grpc.group(server, "push-retry-g", false, 2);
        Map<String, List<Integer>> attempts = new ConcurrentHashMap<>();
        PushConsumer consumer =
                builder(
                                server,
                                group,
                                topic,
                                message -> {
                                    attempts.computeIfAbsent(
                                                    Grpc.body(message), b -> new ArrayList<>())
                                            .add(message.getDeliveryAttempt());
                                    return Grpc.body(message).equals("bad")
                                            ? ConsumeResult.FAILURE
                                            : ConsumeResult.SUCCESS;
                                })
                        .build();
        try (Producer producer = Grpc.producer(server, topic)) {
            producer.send(Grpc.message(topic, "bad").setTag("t").setKeys("k").build());
            producer.send(Grpc.message(topic, "good").build());
            Await.until(
                    "there is a dead letter", () -> Grpc.stored(server, "%DLQ%" + group, 1) == 1);
        }
        assertEquals(Map.of("bad", List.of(1, 2, 3), "good", List.of(1)), new TreeMap<>(attempts));
        end(consumer);
    }

    @Test
    @Feature("gRPC: push consumers in order")
    void shouldPushInOrderAndRetryInPlace(Target server) throws Exception {
        String topic = Grpc.topic(server, "push-fifo", 4, "FIFO");
        String group = Grpc.group(server, "push-fifo-g", true, 3);
        Map<String, ConcurrentLinkedQueue<String>> got = new ConcurrentHashMap<>();
        AtomicInteger failures = new AtomicInteger();
        PushConsumer consumer =
                builder(
                                server,
                                group,
                                topic,
                                message -> {
                                    String body = Grpc.body(message);
                                    if (body.equals("a 3") && failures.getAndIncrement() < 2) {
                                        return ConsumeResult.FAILURE;
                                    }
                                    got.computeIfAbsent(
                                                    message.getMessageGroup().orElseThrow(),
                                                    key -> new ConcurrentLinkedQueue<>())
                                            .add(body);
                                    return ConsumeResult.SUCCESS;
                                })
                        .build();
        Map<String, List<String>> wanted = new TreeMap<>();
        try (Producer producer = Grpc.producer(server, topic)) {
            for (int i = 0; i < 20; i++) {
                for (String key : List.of("a", "b", "c")) {
                    String body = key + " " + i;
                    producer.send(Grpc.message(topic, body).setMessageGroup(key).build());
                    wanted.computeIfAbsent(key, k -> new ArrayList<>()).add(body);
                }
            }
            Await.until(
                    "all 60 are there",
                    () -> got.values().stream().mapToInt(ConcurrentLinkedQueue::size).sum() >= 60);
        }
        Map<String, List<String>> ordered = new TreeMap<>();
        got.forEach((key, bodies) -> ordered.put(key, List.copyOf(bodies)));
        assertEquals(wanted, ordered);
        assertEquals(3, failures.get());
        end(consumer);
    }

    @Test
    @Feature("gRPC: push consumers in order")
    void shouldPassOverWhatCannotBeConsumedInOrder(Target server) throws Exception {
        String topic = Grpc.topic(server, "push-fifo-dead", 1, "FIFO");
        String group = Grpc.group(server, "push-fifo-dead-g", true, 1);
        ConcurrentLinkedQueue<String> got = new ConcurrentLinkedQueue<>();
        PushConsumer consumer =
                builder(
                                server,
                                group,
                                topic,
                                message -> {
                                    got.add(Grpc.body(message) + message.getDeliveryAttempt());
                                    return Grpc.body(message).equals("bad")
                                            ? ConsumeResult.FAILURE
                                            : ConsumeResult.SUCCESS;
                                })
                        .build();
        try (Producer producer = Grpc.producer(server, topic)) {
            for (String body : List.of("one", "bad", "two")) {
                producer.send(Grpc.message(topic, body).setMessageGroup("g").build());
            }
            Await.until("the last one is there", () -> got.contains("two1"));
        }
        assertEquals(List.of("one1", "bad1", "bad2", "two1"), List.copyOf(got));
        assertEquals(1, Grpc.stored(server, "%DLQ%" + group, 1));
        end(consumer);
    }

    @Test
    void shouldNotTakeMoreThanItsCacheHolds(Target server) throws Exception {
        String topic = Grpc.topic(server, "push-cache", 1, "NORMAL");
        CountDownLatch open = new CountDownLatch(1);
        PushConsumer consumer =
                builder(
                                server,
                                "push-cache-g",
                                topic,
                                message -> {
                                    await(open);
                                    return ConsumeResult.SUCCESS;
                                })
                        .setConsumptionThreadCount(1)
                        .setMaxCacheMessageCount(8)
                        .build();
        try (Producer producer = Grpc.producer(server, topic);
                SimpleConsumer other = Grpc.simpleConsumer(server, "push-cache-g", topic)) {
            for (int i = 0; i < 100; i++) {
                producer.send(Grpc.message(topic, "" + i).build());
            }
            Set<String> rest = new TreeSet<>();
            for (List<MessageView> more = Grpc.receive(other, 1);
                    !more.isEmpty();
                    more = other.receive(32, Grpc.INVISIBLE)) {
                more.forEach(message -> rest.add(Grpc.body(message)));
            }
            assertTrue(rest.size() >= 100 - 8 - 32, () -> "the other one got " + rest);
        }
        open.countDown();
        end(consumer);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(100, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldChangeItsSubscriptionsWhileItRuns(Target server) throws Exception {
        String one = Grpc.topic(server, "push-sub-one", 1, "NORMAL");
        String two = Grpc.topic(server, "push-sub-two", 1, "NORMAL");
        Set<String> got = ConcurrentHashMap.newKeySet();
        PushConsumer consumer =
                builder(
                                server,
                                "push-sub-g",
                                one,
                                message -> {
                                    got.add(Grpc.body(message));
                                    return ConsumeResult.SUCCESS;
                                })
                        .build();
        consumer.subscribe(two, new FilterExpression("wanted"));
        AtomicInteger sent = new AtomicInteger();
        try (Producer producer = Grpc.producer(server, two)) {
            Await.until(
                    "something of the second topic is pushed",
                    () -> {
                        String body = "two " + sent.incrementAndGet();
                        producer.send(Grpc.message(two, body).setTag("wanted").build());
                        producer.send(Grpc.message(two, "unwanted").setTag("other").build());
                        return got.stream().anyMatch(b -> b.startsWith("two"));
                    });
            producer.send(Grpc.message(one, "one").build());
            Await.until("the first topic goes on", () -> got.contains("one"));
        }
        assertTrue(!got.contains("unwanted"), got::toString);
        end(consumer);
    }
}
