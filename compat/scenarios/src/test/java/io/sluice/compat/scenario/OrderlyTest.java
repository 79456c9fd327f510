package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Order: orderly push")
class OrderlyTest {

    /** What was attempted in each queue, in order; message bodies told by {@code fails} fail. */
    private static final class OrderedInbox implements MessageListenerOrderly {

        private final Map<Integer, List<String>> attempts = new ConcurrentHashMap<>();
        private final Map<String, Integer> failuresLeft = new ConcurrentHashMap<>();

        OrderedInbox(Map<String, Integer> failures) {
            failuresLeft.putAll(failures);
        }

        @Override
        public ConsumeOrderlyStatus consumeMessage(
                List<MessageExt> batch, ConsumeOrderlyContext context) {
            context.setSuspendCurrentQueueTimeMillis(50);
            String body = Inbox.body(batch.get(0));
            attempts.computeIfAbsent(batch.get(0).getQueueId(), id -> new ArrayList<>()).add(body);
            int left = failuresLeft.merge(body, -1, Integer::sum);
            return left < 0
                    ? ConsumeOrderlyStatus.SUCCESS
                    : ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT;
        }

        List<String> attempts(int queueId) {
            return List.copyOf(attempts.getOrDefault(queueId, List.of()));
        }

        int count() {
            return attempts.values().stream().mapToInt(List::size).sum();
        }
    }

    @Test
    void shouldDeliverEachQueueInOrder(Clients clients) throws Exception {
        String topic = clients.topic(4);
        OrderedInbox inbox = new OrderedInbox(Map.of());
        clients.consume(clients.freshName(), topic, inbox);

        sendToEachQueue(clients.producer(), topic, 50);

        Await.until("all have come", () -> inbox.count() >= 200);
        for (int queueId = 0; queueId < 4; queueId++) {
            assertEquals(bodies(0, 50), inbox.attempts(queueId));
        }
    }

    @Test
    void shouldRetryAFailingMessageInPlaceWithoutOvertaking(Clients clients) throws Exception {
        String topic = clients.topic(1);
        sendToEachQueue(clients.producer(), topic, 5);
        OrderedInbox inbox = new OrderedInbox(Map.of("m2", 2));
        clients.consume(clients.freshName(), topic, inbox);
        Await.until("all have come", () -> inbox.count() >= 7);
        assertEquals(List.of("m0", "m1", "m2", "m2", "m2", "m3", "m4"), inbox.attempts(0));
    }

    @Test
    void shouldKeepOrderWhenQueuesMoveToAnotherConsumer(Clients clients) throws Exception {
        String topic = clients.topic(4);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        OrderedInbox inbox = new OrderedInbox(Map.of());
        DefaultMQPushConsumer one = clients.consume(group, topic, inbox);
        sendToEachQueue(producer, topic, 20);
        Await.until("the first has read all", () -> inbox.count() >= 80);

        OrderedInbox later = new OrderedInbox(Map.of());
        clients.consume(group, topic, later);
        Await.until("the first has given up half", () -> Clients.assigned(one, topic).size() == 2);
        one.shutdown();
        sendToEachQueue(producer, topic, 20);

        Await.until("the second has read the rest", () -> later.count() >= 80);
        for (int queueId = 0; queueId < 4; queueId++) {
            List<String> seen = later.attempts(queueId);
            assertEquals(bodies(0, 20), seen.subList(seen.size() - 20, seen.size()));
        }
    }

    @Test
    void shouldPutAMessageAsideThatHasFailedTooOften(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        sendToEachQueue(clients.producer(), topic, 3);
        OrderedInbox inbox = new OrderedInbox(Map.of("m1", 100));
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setMaxReconsumeTimes(2);
        clients.consume(consumer, topic, "*", inbox);

        Await.until("the queue goes on", () -> inbox.attempts(0).contains("m2"));

        assertEquals(List.of("m0", "m1", "m1", "m1", "m2"), inbox.attempts(0));
        DefaultMQPullConsumer reader = clients.pullConsumer(clients.freshName());
        Await.until(
                "it is in the dead-letter queue",
                () -> {
                    MessageQueue dead =
                            reader.fetchSubscribeMessageQueues("%DLQ%" + group).iterator().next();
                    var result = reader.pull(dead, "*", 0, 32);
                    return result.getPullStatus() == PullStatus.FOUND
                            && Inbox.body(result.getMsgFoundList().get(0)).equals("m1");
                });
    }

    private static void sendToEachQueue(DefaultMQProducer producer, String topic, int count)
            throws Exception {
        List<MessageQueue> queues = Clients.queues(producer, topic);
        assertTrue(!queues.isEmpty());
        for (String body : bodies(0, count)) {
            for (MessageQueue queue : queues) {
                producer.send(Clients.message(topic, body), queue);
            }
        }
    }

    private static List<String> bodies(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }
}
