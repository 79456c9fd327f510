package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Consuming: offsets of ends and times")
class OffsetTest {

    @Test
    void shouldKnowTheEndsOfAnEmptyQueue(Clients clients) throws Exception {
        DefaultMQProducer producer = clients.producer();
        MessageQueue queue = Clients.queues(producer, clients.topic(1)).get(0);
        assertEquals(0, producer.minOffset(queue));
        assertEquals(0, producer.maxOffset(queue));
        assertEquals(0, producer.searchOffset(queue, System.currentTimeMillis()));
    }

    @Test
    void shouldKnowTheEndsOfAQueue(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        List<MessageQueue> queues = Clients.queues(producer, topic);
        for (int i = 0; i < 9; i++) {
            producer.send(Clients.message(topic, "m" + i), queues.get(1));
        }
        assertEquals(0, producer.maxOffset(queues.get(0)));
        assertEquals(0, producer.minOffset(queues.get(1)));
        assertEquals(9, producer.maxOffset(queues.get(1)));
    }

    @Test
    void shouldFindTheFirstMessageStoredAtATimeOrLater(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        final long start = System.currentTimeMillis();
        for (int i = 0; i < 10; i++) {
            long sent = System.currentTimeMillis();
            producer.send(Clients.message(topic, "m" + i), queue);
            Await.until("the clock moves on", () -> System.currentTimeMillis() > sent + 2);
        }
        List<Long> storedAt = storeTimes(clients, queue);
        assertEquals(10, storedAt.size());
        for (int i = 0; i < 10; i++) {
            assertEquals(i, producer.searchOffset(queue, storedAt.get(i)), "exactly then");
        }
        for (int i = 1; i < 10; i++) {
            if (storedAt.get(i - 1) + 1 < storedAt.get(i)) {
                assertEquals(i, producer.searchOffset(queue, storedAt.get(i) - 1), "in between");
            }
        }
        assertEquals(0, producer.searchOffset(queue, start - 60_000), "before all");
        assertEquals(10, producer.searchOffset(queue, start + 3_600_000), "after all");
    }

    @Test
    void shouldKnowWhenTheEarliestMessageWasStored(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        final long before = System.currentTimeMillis();
        Clients.send(producer, topic, 3);
        long earliest = producer.earliestMsgStoreTime(queue);
        assertEquals(storeTimes(clients, queue).get(0), earliest);
        assertTrue(before <= earliest);
    }

    private static List<Long> storeTimes(Clients clients, MessageQueue queue) throws Exception {
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());
        List<Long> times = new ArrayList<>();
        for (MessageExt message : consumer.pull(queue, "*", 0, 32).getMsgFoundList()) {
            times.add(message.getStoreTimestamp());
        }
        return times;
    }
}
