package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.junit.jupiter.api.Test;

/** A topic gets more queues while producers spread keys over them and a group consumes in order. */
@Scenario
@Feature("Order: while a topic gets more queues")
class GrowthTest {
    private static final int KEYS = 12;
    private static final int ROUNDS = 6;
    private static final int SLOW_MS = 10;

    private final Map<String, List<Integer>> seen = new ConcurrentHashMap<>();

    private MessageListenerOrderly listener() {
        return (batch, context) -> {
            batch.forEach(message -> {
                String[] parts = Inbox.body(message).split("/");
                List<Integer> of = seen.computeIfAbsent(parts[0], key -> new ArrayList<>());
                synchronized (of) {
                    of.add(Integer.parseInt(parts[1]));
                }
            });
            pause();
            return ConsumeOrderlyStatus.SUCCESS;
        };
    }

    /** Slower than they are sent, so that much lies in the queues when the topic grows. */
    private static void pause() {
        try {
            Thread.sleep(SLOW_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sendRound(DefaultMQProducer producer, String topic, int round)
            throws Exception {
        for (int key = 0; key < KEYS; key++) {
            producer.send(
                    Clients.message(topic, "k" + key + "/" + round),
                    (queues, message, k) -> queues.get((Integer) k % queues.size()),
                    key);
        }
    }

    @Test
    void shouldKeepTheOrderOfEachKey(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        clients.consume(clients.freshName(), topic, listener());
        sendRound(producer, topic, 0);
        Await.until("it consumes", () -> !seen.isEmpty());
        int round = 1;
        for (; round <= ROUNDS; round++) {
            sendRound(producer, topic, round);
        }

        clients.createTopic(topic, 5);
        Await.until(
                "the producer knows", () -> Clients.queues(producer, topic).size() == 5);
        for (int left = ROUNDS; left > 0; left--) {
            sendRound(producer, topic, round++);
        }

        int rounds = round;
        Await.until(
                "all have come",
                () -> seen.values().stream().mapToInt(List::size).sum() >= KEYS * rounds);
        seen.forEach((key, numbers) ->
                assertEquals(IntStream.range(0, rounds).boxed().toList(), numbers, key));
    }
}
