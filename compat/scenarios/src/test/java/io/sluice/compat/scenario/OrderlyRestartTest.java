package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** The server is killed while two clients consume in order. */
@Scenario
@Feature("Order: through a kill of the server")
class OrderlyRestartTest {
    private static final int QUEUES = 4;
    private static final int EACH = 60;

    /** What was consumed of each queue, by whichever client. */
    private final Map<Integer, ConcurrentLinkedQueue<Integer>> seen = new ConcurrentHashMap<>();

    private MessageListenerOrderly listener() {
        return (batch, context) -> {
            batch.forEach(message ->
                    seen.computeIfAbsent(message.getQueueId(), id -> new ConcurrentLinkedQueue<>())
                            .add(Integer.parseInt(Inbox.body(message))));
            return ConsumeOrderlyStatus.SUCCESS;
        };
    }

    private static void send(DefaultMQProducer producer, String topic, int from, int to)
            throws Exception {
        List<MessageQueue> queues = Clients.queues(producer, topic);
        for (int i = from; i < to; i++) {
            for (MessageQueue queue : queues) {
                producer.send(Clients.message(topic, Integer.toString(i)), queue);
            }
        }
    }

    private boolean haveCome(int count) {
        return seen.size() == QUEUES
                && seen.values().stream().allMatch(of -> of.contains(count - 1));
    }

    @Test
    void shouldNotOvertakeWhenTheServerIsKilled() throws Exception {
        try (Target server = Target.launch("orderly-kill");
                Clients clients = new Clients(server, "orderly-kill")) {
            String topic = clients.topic(QUEUES);
            String group = clients.freshName();
            clients.consume(group, topic, listener());
            clients.consume(group, topic, listener());
            send(clients.producer(), topic, 0, EACH);
            Await.until("the first have come", () -> haveCome(EACH));

            server.kill();
            server.start();
            send(clients.producer(), topic, EACH, 2 * EACH);

            Await.until("the rest have come", () -> haveCome(2 * EACH));
            seen.forEach((queueId, numbers) -> {
                int next = 0;
                for (int number : numbers) {
                    assertEquals(Math.min(number, next), number, "queue " + queueId);
                    next = Math.max(next, number + 1);
                }
            });
        }
    }
}
