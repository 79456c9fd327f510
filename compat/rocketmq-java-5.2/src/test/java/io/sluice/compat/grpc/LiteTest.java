package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.LitePushConsumer;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.java.exception.LiteSubscriptionQuotaExceededException;
import org.junit.jupiter.api.Test;

/** The 5.x client sends to lite topics, and has their messages pushed to a listener. */
@AgainstServer
@Feature("gRPC: lite topics")
class LiteTest {
    private static LitePushConsumer consumer(
            Target server, String group, String topic, MessageListener listener)
            throws ClientException {
        return Grpc.CLIENTS
                .newLitePushConsumerBuilder()
                .setClientConfiguration(Grpc.configuration(server))
                .setConsumerGroup(group)
                .bindTopic(topic)
                .setMessageListener(listener)
                .build();
    }

    /** Closing waits until the last long poll is over, which no test has to. */
    private static void end(LitePushConsumer consumer) {
        Thread.startVirtualThread(() -> {
            try {
                consumer.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void send(Producer producer, String topic, String lite, String body)
            throws ClientException {
        producer.send(Grpc.message(topic, body).setLiteTopic(lite).build());
    }

    private static String lite(MessageView message) {
        return message.getLiteTopic().orElseThrow();
    }

    @Test
    void shouldPushWhatIsSubscribedToInTheOrderOfEachLiteTopic(Target server) throws Exception {
        String topic = Grpc.topic(server, "lite-push", 1, "LITE");
        Grpc.group(server, "lite-push-g", true, 16);
        Map<String, List<String>> got = new ConcurrentHashMap<>();
        LitePushConsumer consumer =
                consumer(
                        server,
                        "lite-push-g",
                        topic,
                        message -> {
                            got.computeIfAbsent(lite(message), name -> new ArrayList<>())
                                    .add(Grpc.body(message));
                            return ConsumeResult.SUCCESS;
                        });
        List<String> all = IntStream.range(0, 50).mapToObj(i -> "body " + i).toList();
        try (Producer producer = Grpc.producer(server, topic)) {
            consumer.subscribeLite("a");
            consumer.subscribeLite("b");
            for (String body : all) {
                send(producer, topic, "a", body);
                send(producer, topic, "b", body);
                send(producer, topic, "c", body);
            }
            Await.until("all of a and b are there", () -> Map.of("a", all, "b", all).equals(got));
            consumer.unsubscribeLite("a");
            consumer.subscribeLite("c");
            send(producer, topic, "a", "nobody's");
            Await.until(
                    "all of c is there", () -> Map.of("a", all, "b", all, "c", all).equals(got));
        }
        end(consumer);
    }

    @Test
    void shouldRetryInPlaceWhatAListenerFailedToConsume(Target server) throws Exception {
        String topic = Grpc.topic(server, "lite-retry", 1, "LITE");
        Grpc.group(server, "lite-retry-g", true, 16);
        List<String> got = new ArrayList<>();
        LitePushConsumer consumer =
                consumer(
                        server,
                        "lite-retry-g",
                        topic,
                        message -> {
                            synchronized (got) {
                                got.add(Grpc.body(message));
                                return got.size() == 1
                                        ? ConsumeResult.FAILURE
                                        : ConsumeResult.SUCCESS;
                            }
                        });
        try (Producer producer = Grpc.producer(server, topic)) {
            consumer.subscribeLite("a");
            send(producer, topic, "a", "first");
            send(producer, topic, "a", "second");
            Await.until(
                    "the first came twice, then the second",
                    () -> {
                        synchronized (got) {
                            return got.equals(List.of("first", "first", "second"));
                        }
                    });
        }
        end(consumer);
    }

    @Test
    void shouldTellAConsumerWhatIsAnothersNow(Target server) throws Exception {
        String topic = Grpc.topic(server, "lite-exclusive", 1, "LITE");
        Grpc.group(server, "lite-exclusive-g", Map.of("+lite.sub.model", "Exclusive"));
        MessageListener listener = message -> ConsumeResult.SUCCESS;
        LitePushConsumer one = consumer(server, "lite-exclusive-g", topic, listener);
        LitePushConsumer two = consumer(server, "lite-exclusive-g", topic, listener);
        one.subscribeLite("a");
        two.subscribeLite("a");
        Await.until("the first was told", () -> one.getLiteTopicSet().isEmpty());
        assertEquals(Set.of("a"), two.getLiteTopicSet());
        end(one);
        end(two);
    }

    @Test
    void shouldRefuseMoreThanItsQuota(Target server) throws Exception {
        String topic = Grpc.topic(server, "lite-quota", 1, "LITE");
        Grpc.group(server, "lite-quota-g", Map.of("+lite.sub.client.quota", "1"));
        LitePushConsumer consumer =
                consumer(server, "lite-quota-g", topic, message -> ConsumeResult.SUCCESS);
        consumer.subscribeLite("a");
        assertThrows(
                LiteSubscriptionQuotaExceededException.class, () -> consumer.subscribeLite("b"));
        end(consumer);
    }
}
