package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** Operators send groups to other places of a topic. */
@Scenario
@Feature("Replay: reset of online and offline groups")
class ReplayTest {
    private static final long LATEST = -1;
    private static final int MESSAGES = 20;

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private MessageListenerConcurrently listener() {
        return (batch, context) -> {
            batch.forEach(this::saw);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        };
    }

    private void saw(MessageExt message) {
        seen.add(Inbox.body(message));
    }

    private long count(String body) {
        return seen.stream().filter(body::equals).count();
    }

    private static Map<MessageQueue, Long> reset(
            Clients clients, DefaultMQProducer operator, String topic, String group, long ms)
            throws Exception {
        return operator.getDefaultMQProducerImpl()
                .getmQClientFactory()
                .getMQClientAPIImpl()
                .invokeBrokerToResetOffset(
                        clients.target().address(), topic, group, ms, true, 30_000);
    }

    private static void awaitCommitted(DefaultMQPushConsumer consumer, String topic) {
        Await.until("all is committed", () -> Clients.lag(consumer, topic) == 0);
    }

    @Test
    void shouldConsumeAgainFromTheBeginningWhileConnected(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        DefaultMQPushConsumer consumer = clients.consume(group, topic, listener());
        Clients.send(producer, topic, MESSAGES);
        Await.until("all have come", () -> seen.size() >= MESSAGES);
        awaitCommitted(consumer, topic);

        Map<MessageQueue, Long> offsets = reset(clients, producer, topic, group, 0);

        assertEquals(List.of(0L, 0L), List.copyOf(offsets.values()));
        Await.until(
                "each has come again",
                () -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        if (count(Integer.toString(i)) < 2) {
                            return false;
                        }
                    }
                    return true;
                });
        awaitCommitted(consumer, topic);
    }

    @Test
    void shouldConsumeInOrderAgainFromTheBeginningWhileConnected(Clients clients)
            throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        DefaultMQPushConsumer consumer =
                clients.consume(
                        group,
                        topic,
                        (MessageListenerOrderly)
                                (batch, context) -> {
                                    batch.forEach(this::saw);
                                    return ConsumeOrderlyStatus.SUCCESS;
                                });
        Clients.send(producer, topic, MESSAGES);
        Await.until("all have come", () -> seen.size() >= MESSAGES);
        awaitCommitted(consumer, topic);

        reset(clients, producer, topic, group, 0);

        Await.until("each has come again", () -> seen.size() >= 2 * MESSAGES);
        List<String> all = List.copyOf(seen);
        assertEquals(all.subList(0, MESSAGES), all.subList(MESSAGES, 2 * MESSAGES));
        awaitCommitted(consumer, topic);
    }

    @Test
    void shouldConsumeAgainWhenItComes(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        DefaultMQPushConsumer consumer = clients.consume(group, topic, listener());
        Clients.send(producer, topic, MESSAGES);
        Await.until("all have come", () -> seen.size() >= MESSAGES);
        awaitCommitted(consumer, topic);
        consumer.shutdown();

        reset(clients, producer, topic, group, 0);

        assertEquals(MESSAGES, seen.size());
        clients.consume(group, topic, listener());
        Await.until("all have come again", () -> seen.size() >= 2 * MESSAGES);
    }

    @Test
    void shouldSkipWhatHasPiledUp(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        DefaultMQPushConsumer consumer = clients.consume(group, topic, listener());
        Clients.send(producer, topic, 1);
        Await.until("it has come", () -> seen.size() == 1);
        awaitCommitted(consumer, topic);
        consumer.shutdown();
        Clients.send(producer, topic, MESSAGES);

        reset(clients, producer, topic, group, LATEST);

        clients.consume(group, topic, listener());
        for (MessageQueue queue : Clients.queues(producer, topic)) {
            producer.send(Clients.message(topic, "new"), queue);
        }
        Await.until("the new ones have come", () -> count("new") == 2);
        assertEquals(3, seen.size());
    }
}
