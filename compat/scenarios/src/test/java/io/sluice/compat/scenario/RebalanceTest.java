package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** Clients share queues out among themselves: the server tells each who else is there. */
@Scenario
@Feature("Consuming: client-side rebalance, many groups, members come and go")
class RebalanceTest {

    private static final int GROUPS = 50;
    private static final int QUEUES = 4;

    @Test
    void shouldGiveEachQueueOneOwnerInEachOfFiftyGroups(Clients clients) throws Exception {
        String topic = clients.topic(QUEUES);
        List<Pair> pairs = new ArrayList<>();
        // Two processes, each with a consumer of every group.
        String first = clients.freshName();
        String second = clients.freshName();
        for (int i = 0; i < GROUPS; i++) {
            String group = clients.freshName();
            Inbox inbox = new Inbox();
            pairs.add(
                    new Pair(
                            consume(clients, first, group, topic, inbox),
                            consume(clients, second, group, topic, inbox),
                            inbox));
        }
        for (Pair pair : pairs) {
            Await.until("each reads half, and none both", () -> pair.isShared(topic));
        }

        Clients.send(clients.producer(), topic, 40);

        List<String> sent = IntStream.range(0, 40).mapToObj(Integer::toString).toList();
        for (Pair pair : pairs) {
            pair.inbox.awaitExactly(sent);
            assertEquals(true, pair.isShared(topic));
        }
    }

    private record Pair(DefaultMQPushConsumer one, DefaultMQPushConsumer two, Inbox inbox) {
        boolean isShared(String topic) {
            List<MessageQueue> ofOne = Clients.assigned(one, topic);
            List<MessageQueue> ofTwo = Clients.assigned(two, topic);
            Set<MessageQueue> all = new HashSet<>(ofOne);
            all.addAll(ofTwo);
            return ofOne.size() == QUEUES / 2 && ofTwo.size() == QUEUES / 2 && all.size() == QUEUES;
        }
    }

    private static DefaultMQPushConsumer consume(
            Clients clients, String process, String group, String topic, Inbox inbox)
            throws Exception {
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setInstanceName(process);
        consumer.setConsumeThreadMin(1);
        consumer.setConsumeThreadMax(1);
        return clients.consume(consumer, topic, "*", inbox);
    }

    @Test
    void shouldLoseNothingWhileConsumersJoinAndLeave(Clients clients) throws Exception {
        String topic = clients.topic(8);
        String group = clients.freshName();
        Inbox inbox = new Inbox();
        Deque<DefaultMQPushConsumer> members = new ArrayDeque<>();
        members.add(clients.consume(group, topic, inbox));
        Queue<String> sent = new ConcurrentLinkedQueue<>();
        AtomicBoolean isRunning = new AtomicBoolean(true);
        DefaultMQProducer producer = clients.producer();
        Thread sender = Thread.ofPlatform().start(() -> sendOn(producer, topic, sent, isRunning));
        try {
            for (int change = 0; change < 6; change++) {
                if (change % 3 < 2) {
                    members.add(clients.consume(group, topic, inbox));
                } else {
                    members.pop().shutdown();
                }
                awaitMore(sent, 200);
            }
            members.pop().shutdown();
            awaitShared(members, topic, 8);
        } finally {
            isRunning.set(false);
            sender.join();
        }
        // A queue that moves may bring again what its last owner had not committed.
        Await.until(
                () -> "all has come but " + missing(sent, inbox),
                () -> missing(sent, inbox).isEmpty());
    }

    private static void sendOn(
            DefaultMQProducer producer, String topic, Queue<String> sent, AtomicBoolean isRunning) {
        for (int i = 0; isRunning.get(); i++) {
            String body = "m" + i;
            try {
                producer.send(Clients.message(topic, body));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            sent.add(body);
        }
    }

    private static void awaitMore(Queue<String> sent, int count) {
        int goal = sent.size() + count;
        Await.until(count + " more are sent", () -> sent.size() >= goal);
    }

    private static void awaitShared(Deque<DefaultMQPushConsumer> members, String topic, int count) {
        Await.until(
                "each queue has one owner",
                () -> {
                    List<MessageQueue> owned = new ArrayList<>();
                    members.forEach(member -> owned.addAll(Clients.assigned(member, topic)));
                    return owned.size() == count && new HashSet<>(owned).size() == count;
                });
    }

    private static Set<String> missing(Queue<String> sent, Inbox inbox) {
        Set<String> missing = new HashSet<>(sent);
        inbox.bodies().forEach(missing::remove);
        return missing;
    }
}
