package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Consuming: push, queues shared out in a group")
class PushTest {

    /** Well below the 20 s after which clients look for other consumers of their own accord. */
    private static final Duration NOTIFIED = Duration.ofSeconds(15);

    @Test
    void shouldDeliverEachMessageOnceToEachGroup(Clients clients) throws Exception {
        String topic = clients.topic(4);
        Inbox first = new Inbox();
        Inbox second = new Inbox();
        clients.consume(clients.freshName(), topic, first);
        clients.consume(clients.freshName(), topic, second);

        Clients.send(clients.producer(), topic, 300);

        first.awaitExactly(numbers(0, 300));
        second.awaitExactly(numbers(0, 300));
    }

    @Test
    void shouldShareQueuesAmongConsumersThatJoinAndLeave(Clients clients) throws Exception {
        String topic = clients.topic(8);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer one = clients.consume(group, topic, inbox);
        awaitQueues(one, topic, 8);
        send(producer, topic, 0, 100);
        inbox.awaitExactly(numbers(0, 100));
        awaitAllCommitted(one, topic);

        DefaultMQPushConsumer two = clients.consume(group, topic, inbox);
        awaitQueues(one, topic, 4);
        awaitQueues(two, topic, 4);
        send(producer, topic, 100, 200);
        inbox.awaitExactly(numbers(0, 200));

        one.shutdown();
        awaitQueues(two, topic, 8);
        send(producer, topic, 200, 300);
        inbox.awaitExactly(numbers(0, 300));
    }

    private static void awaitQueues(DefaultMQPushConsumer consumer, String topic, int count) {
        Await.until(
                "it reads " + count + " queues",
                NOTIFIED,
                () -> Clients.assigned(consumer, topic).size() == count);
    }

    /** So that whoever takes the queues over starts where this consumer has ended. */
    private static void awaitAllCommitted(DefaultMQPushConsumer consumer, String topic) {
        Await.until("all is committed", () -> Clients.lag(consumer, topic) == 0);
    }

    @Test
    @Feature("Consuming: broadcast")
    void shouldDeliverEverythingToEveryBroadcastConsumer(Clients clients) throws Exception {
        String topic = clients.topic(4);
        String group = clients.freshName();
        Inbox first = new Inbox();
        Inbox second = new Inbox();
        for (Inbox inbox : List.of(first, second)) {
            DefaultMQPushConsumer consumer = clients.pushConsumer(group);
            Dialect.broadcast(consumer);
            clients.consume(consumer, topic, "*", inbox);
        }

        Clients.send(clients.producer(), topic, 100);

        first.awaitExactly(numbers(0, 100));
        second.awaitExactly(numbers(0, 100));
    }

    @Test
    @Feature("Filters: tags")
    void shouldDeliverOnlyTheTagsThatWereAskedFor(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        for (String tag : List.of("a", "b", "c", "a")) {
            producer.send(Clients.message(topic, tag, "in " + tag));
        }
        producer.send(Clients.message(topic, "untagged"));
        Inbox inbox = new Inbox();
        clients.consume(clients.pushConsumer(clients.freshName()), topic, "a || b", inbox);
        inbox.awaitExactly(List.of("in a", "in b", "in a"));
        producer.send(Clients.message(topic, "c", "last c"));
        producer.send(Clients.message(topic, "b", "last b"));
        inbox.awaitExactly(List.of("in a", "in b", "in a", "last b"));
    }

    @Test
    @Feature("Filters: tags")
    void shouldTellTagsOfEqualHashApart(Clients clients) throws Exception {
        assertEquals("Aa".hashCode(), "BB".hashCode());
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        for (int i = 0; i < 20; i++) {
            producer.send(Clients.message(topic, i % 2 == 0 ? "Aa" : "BB", "m" + i));
        }
        Inbox inbox = new Inbox();
        clients.consume(clients.pushConsumer(clients.freshName()), topic, "BB", inbox);
        inbox.awaitExactly(
                IntStream.range(0, 20).filter(i -> i % 2 == 1).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void shouldDeliverAMessageThatComesWhileAPullWaits(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer = clients.consume(clients.freshName(), topic, inbox);
        awaitQueues(consumer, topic, 1);
        List<Long> latenciesMs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            producer.send(Clients.message(topic, "m" + i));
            inbox.await(i + 1);
            latenciesMs.add(System.currentTimeMillis() - inbox.messages().get(i).getBornTimestamp());
        }
        long medianMs = latenciesMs.stream().sorted().toList().get(5);
        assertTrue(medianMs < 3_000, "a waiting pull lasts 15 s, delivery took " + latenciesMs);
    }

    private static void send(DefaultMQProducer producer, String topic, int from, int to)
            throws Exception {
        for (String body : numbers(from, to)) {
            producer.send(Clients.message(topic, body));
        }
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }
}
