package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** Every member of the group gets everything, and remembers on its own disk how far it is. */
@Scenario
@Feature("Consuming: broadcast")
class BroadcastTest {

    @Test
    void shouldLeaveOffsetsToTheMembers(Clients clients) throws Exception {
        String topic = clients.topic(2);
        // Files of an earlier run bear the names of that run.
        String group = clients.freshName() + "-" + System.nanoTime();
        DefaultMQProducer producer = clients.producer();
        Inbox stays = new Inbox();
        Inbox before = new Inbox();
        broadcast(clients, group, group + "-stays", topic, stays);
        DefaultMQPushConsumer leaving = broadcast(clients, group, group + "-leaves", topic, before);
        Clients.send(producer, topic, 20);
        stays.awaitExactly(numbers(0, 20));
        before.awaitExactly(numbers(0, 20));

        leaving.shutdown();
        for (String body : numbers(20, 30)) {
            producer.send(Clients.message(topic, body));
        }

        Inbox after = new Inbox();
        broadcast(clients, group, group + "-leaves", topic, after);
        after.awaitExactly(numbers(20, 30));
        stays.awaitExactly(numbers(0, 30));
        assertNothingCommitted(clients, group, Clients.queues(producer, topic));
    }

    private static void assertNothingCommitted(
            Clients clients, String group, List<MessageQueue> queues) throws Exception {
        DefaultMQPullConsumer asking = clients.pullConsumer(group);
        // RocketMQ starts a new group at 0 as long as offset 0 is in memory.
        int unknown = clients.target().isSluice() ? -1 : 0;
        for (MessageQueue queue : queues) {
            assertEquals(unknown, asking.fetchConsumeOffset(queue, true));
        }
    }

    @Test
    void shouldNotShareQueuesOut(Clients clients) throws Exception {
        String topic = clients.topic(4);
        String group = clients.freshName() + "-" + System.nanoTime();
        DefaultMQPushConsumer one = broadcast(clients, group, group + "-1", topic, new Inbox());
        DefaultMQPushConsumer two = broadcast(clients, group, group + "-2", topic, new Inbox());
        for (DefaultMQPushConsumer each : List.of(one, two)) {
            Await.until("it reads all", () -> Clients.assigned(each, topic).size() == 4);
        }
    }

    /**
     * @param member under which name it finds its offsets again
     */
    private static DefaultMQPushConsumer broadcast(
            Clients clients, String group, String member, String topic, Inbox inbox)
            throws Exception {
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setInstanceName(member);
        Dialect.broadcast(consumer);
        return clients.consume(consumer, topic, "*", inbox);
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }
}
