package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Consuming: lite pull, assigned or subscribed")
class LitePullTest {

    private static final long POLL_TIMEOUT_MS = 100;

    @Test
    void shouldPollTheQueuesAssignedByHand(Clients clients) throws Exception {
        String topic = clients.topic(3);
        DefaultMQProducer producer = clients.producer();
        List<MessageQueue> queues = Clients.queues(producer, topic);
        for (MessageQueue queue : queues) {
            producer.send(Clients.message(topic, "in " + queue.getQueueId()), queue);
        }
        DefaultLitePullConsumer consumer = clients.liteConsumer(clients.freshName());
        consumer.setAutoCommit(false);
        clients.start(consumer);
        consumer.assign(queues.subList(1, 3));
        queues.subList(1, 3).forEach(queue -> seek(consumer, queue, 0));
        pollExactly(consumer, List.of("in 1", "in 2"));
    }

    @Test
    void shouldSeekToAnyPlace(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 10);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultLitePullConsumer consumer = clients.start(clients.liteConsumer(clients.freshName()));
        consumer.assign(List.of(queue));

        consumer.seek(queue, 6);
        pollExactly(consumer, List.of("6", "7", "8", "9"));
        consumer.seekToBegin(queue);
        pollExactly(consumer, IntStream.range(0, 10).mapToObj(Integer::toString).toList());
        consumer.seekToEnd(queue);
        producer.send(Clients.message(topic, "after the end"));
        pollExactly(consumer, List.of("after the end"));
    }

    @Test
    void shouldShareQueuesAmongSubscribersOfAGroup(Clients clients) throws Exception {
        String topic = clients.topic(4);
        String group = clients.freshName();
        DefaultLitePullConsumer one = subscribe(clients, group, topic);
        Await.until("it has all queues", () -> one.assignment().size() == 4);
        DefaultLitePullConsumer two = subscribe(clients, group, topic);
        Await.until(
                "each has half",
                () -> one.assignment().size() == 2 && two.assignment().size() == 2);

        Clients.send(clients.producer(), topic, 40);

        Inbox inbox = new Inbox();
        Await.until(
                "all have come",
                () -> {
                    inbox.add(one.poll(POLL_TIMEOUT_MS));
                    inbox.add(two.poll(POLL_TIMEOUT_MS));
                    return inbox.messages().size() >= 40;
                });
        inbox.awaitExactly(IntStream.range(0, 40).mapToObj(Integer::toString).toList());
    }

    private static DefaultLitePullConsumer subscribe(Clients clients, String group, String topic)
            throws Exception {
        DefaultLitePullConsumer consumer = clients.liteConsumer(group);
        consumer.subscribe(topic, "*");
        return clients.start(consumer);
    }

    @Test
    void shouldCommitWhatWasPolled(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 5);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultLitePullConsumer consumer = clients.liteConsumer(group);
        consumer.setAutoCommit(false);
        clients.start(consumer);
        consumer.assign(List.of(queue));
        consumer.seek(queue, 0);
        pollExactly(consumer, List.of("0", "1", "2", "3", "4"));

        Await.until(
                "it is committed",
                () -> {
                    consumer.commitSync();
                    return consumer.committed(queue) == 5;
                });

        consumer.shutdown();
        producer.send(Clients.message(topic, "next"));
        DefaultLitePullConsumer next = clients.start(clients.liteConsumer(group));
        next.assign(List.of(queue));
        pollExactly(next, List.of("next"));
    }

    @Test
    void shouldFindTheOffsetOfATime(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 3);
        long between = System.currentTimeMillis() + 1;
        Await.until("the clock moves on", () -> System.currentTimeMillis() > between);
        Clients.send(producer, topic, 3);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultLitePullConsumer consumer = clients.start(clients.liteConsumer(clients.freshName()));
        consumer.assign(List.of(queue));
        Await.until("it finds it", () -> consumer.offsetForTimestamp(queue, between) == 3);
    }

    @Test
    void shouldSeekToATime(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 3);
        long between = System.currentTimeMillis() + 1;
        Await.until("the clock moves on", () -> System.currentTimeMillis() > between);
        producer.send(Clients.message(topic, "later"));
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultLitePullConsumer consumer = clients.start(clients.liteConsumer(clients.freshName()));
        consumer.assign(List.of(queue));
        pollExactly(consumer, List.of("0", "1", "2", "later"));

        seek(consumer, queue, consumer.offsetForTimestamp(queue, between));

        pollExactly(consumer, List.of("later"));
    }

    @Test
    void shouldLeaveAQueueAloneWhileItIsPaused(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        List<MessageQueue> queues = Clients.queues(producer, topic);
        for (MessageQueue queue : queues) {
            producer.send(Clients.message(topic, "in " + queue.getQueueId()), queue);
        }
        DefaultLitePullConsumer consumer = clients.liteConsumer(clients.freshName());
        consumer.assign(queues);
        consumer.pause(queues.subList(0, 1));
        clients.start(consumer);
        pollExactly(consumer, List.of("in 1"));

        consumer.resume(queues.subList(0, 1));

        pollExactly(consumer, List.of("in 0"));
    }

    @Test
    void shouldSubscribeToTags(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        for (String tag : List.of("a", "b", "c")) {
            producer.send(Clients.message(topic, tag, "in " + tag));
        }
        DefaultLitePullConsumer consumer = clients.liteConsumer(clients.freshName());
        consumer.subscribe(topic, "a || c");
        clients.start(consumer);
        pollExactly(consumer, List.of("in a", "in c"));
    }

    /** Without a word of the application, what was polled is committed from time to time. */
    @Test
    void shouldCommitByItself(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 4);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultLitePullConsumer consumer = clients.liteConsumer(group);
        consumer.setAutoCommitIntervalMillis(1_000);
        consumer.subscribe(topic, "*");
        clients.start(consumer);
        pollExactly(consumer, List.of("0", "1", "2", "3"));
        Await.until(
                "it is committed",
                () -> {
                    consumer.poll(POLL_TIMEOUT_MS);
                    return consumer.committed(queue) == 4;
                });
    }

    private static void seek(DefaultLitePullConsumer consumer, MessageQueue queue, long offset) {
        Await.until(
                "it can seek",
                () -> {
                    consumer.seek(queue, offset);
                    return true;
                });
    }

    private static void pollExactly(DefaultLitePullConsumer consumer, List<String> expected) {
        Inbox inbox = new Inbox();
        Await.until(
                () -> "polled only " + inbox.bodies(),
                () -> {
                    List<MessageExt> polled = consumer.poll(POLL_TIMEOUT_MS);
                    inbox.add(polled);
                    return inbox.messages().size() >= expected.size();
                });
        inbox.awaitExactly(expected);
        assertEquals(expected.size(), inbox.messages().size());
    }
}
