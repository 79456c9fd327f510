package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** Where a group begins to read a queue. */
@Scenario
@Feature("Consuming: where a new group begins")
class StartingPointTest {

    @Test
    void shouldSkipHistoryForANewGroup(Clients clients) throws Exception {
        assumeTrue(
                clients.target().isSluice(),
                "RocketMQ delivers history that it still has in memory");
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, "old1", "old2", "old3");
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer =
                starting(clients, clients.freshName(), ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
        clients.consume(consumer, topic, "*", inbox);
        awaitStarted(consumer, topic, 2);

        send(producer, topic, "new1", "new2", "new3");

        inbox.awaitExactly(List.of("new1", "new2", "new3"));
    }

    @Test
    void shouldReadAllHistoryWhenANewGroupAsksForIt(Clients clients) throws Exception {
        String topic = clients.topic(2);
        send(clients.producer(), topic, "old1", "old2", "old3");
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer =
                starting(clients, clients.freshName(), ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        clients.consume(consumer, topic, "*", inbox);
        inbox.awaitExactly(List.of("old1", "old2", "old3"));
    }

    @Test
    void shouldReadFromAPointInTimeWhenANewGroupAsksForIt(Clients clients) throws Exception {
        assumeTrue(
                clients.target().isSluice(),
                "RocketMQ delivers history that it still has in memory");
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, "old1", "old2");
        long sinceS = System.currentTimeMillis() / 1_000 + 1;
        Await.until("the next second", () -> System.currentTimeMillis() / 1_000 >= sinceS);
        send(producer, topic, "new1", "new2");
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer =
                starting(clients, clients.freshName(), ConsumeFromWhere.CONSUME_FROM_TIMESTAMP);
        consumer.setConsumeTimestamp(
                DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
                        .withZone(ZoneId.systemDefault())
                        .format(Instant.ofEpochSecond(sinceS)));
        clients.consume(consumer, topic, "*", inbox);
        inbox.awaitExactly(List.of("new1", "new2"));
    }

    @Test
    void shouldResumeWhereAKnownGroupHasStopped(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, "1", "2", "3");
        Inbox before = new Inbox();
        DefaultMQPushConsumer first = clients.consume(group, topic, before);
        before.awaitExactly(List.of("1", "2", "3"));
        Await.until("all is committed", () -> Clients.lag(first, topic) == 0);
        first.shutdown();

        send(producer, topic, "4", "5", "6");

        Inbox after = new Inbox();
        DefaultMQPushConsumer second =
                starting(clients, group, ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
        clients.consume(second, topic, "*", after);
        after.awaitExactly(List.of("4", "5", "6"));
    }

    @Test
    void shouldReadQueuesAddedToAKnownTopicFromTheirBeginning(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, "1", "2", "3", "4");
        Inbox before = new Inbox();
        DefaultMQPushConsumer first = clients.consume(group, topic, before);
        before.awaitExactly(List.of("1", "2", "3", "4"));
        Await.until("all is committed", () -> Clients.lag(first, topic) == 0);
        first.shutdown();

        clients.createTopic(topic, 4);
        for (MessageQueue queue : Clients.queues(producer, topic)) {
            producer.send(Clients.message(topic, "queue " + queue.getQueueId()), queue);
        }

        Inbox after = new Inbox();
        DefaultMQPushConsumer second =
                starting(clients, group, ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
        clients.consume(second, topic, "*", after);
        after.awaitExactly(List.of("queue 0", "queue 1", "queue 2", "queue 3"));
    }

    private static DefaultMQPushConsumer starting(
            Clients clients, String group, ConsumeFromWhere where) {
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setConsumeFromWhere(where);
        return consumer;
    }

    private static void awaitStarted(DefaultMQPushConsumer consumer, String topic, int queues) {
        Await.until(
                "it has chosen where to start",
                () -> Clients.assigned(consumer, topic).size() == queues);
    }

    private static void send(DefaultMQProducer producer, String topic, String... bodies)
            throws Exception {
        for (String body : bodies) {
            producer.send(Clients.message(topic, body));
        }
    }
}
