package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL92, which RocketMQ has off by default, and members of a group that differ in what they want. */
@Scenario
@Feature("Filters: SQL92")
class FilterTest {
    private static final int SUBSCRIPTION_PARSE_FAILED = 23;
    private static final long POLL_TIMEOUT_MS = 100;

    @BeforeEach
    void onlySluice(Clients clients) {
        assumeTrue(clients.target().isSluice());
    }

    /** Numbers as bodies, as property n, and as tags whether they are even. */
    private static void send(DefaultMQProducer producer, String topic, int from, int to)
            throws Exception {
        for (int i = from; i < to; i++) {
            Message message = Clients.message(topic, i % 2 == 0 ? "even" : "odd", "" + i);
            message.putUserProperty("n", "" + i);
            producer.send(message);
        }
    }

    private static List<String> numbers(int from, int to, int step) {
        return IntStream.range(from, to).filter(i -> (i - from) % step == 0).mapToObj(i -> "" + i)
                .toList();
    }

    @Test
    void shouldPushWhatAnExpressionIsTrueOf(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, 0, 40);
        Inbox inbox = new Inbox();
        clients.consume(
                clients.pushConsumer(clients.freshName()),
                topic,
                MessageSelector.bySql("TAGS = 'even' AND (n BETWEEN 10 AND 19 OR n > 90)"),
                inbox);
        inbox.awaitExactly(numbers(10, 20, 2));
        send(producer, topic, 80, 100);
        inbox.awaitExactly(
                IntStream.of(10, 12, 14, 16, 18, 92, 94, 96, 98).mapToObj(i -> "" + i).toList());
    }

    @Test
    void shouldRetryWhatWasFiltered(Clients clients) throws Exception {
        String topic = clients.topic(1);
        send(clients.producer(), topic, 0, 6);
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer = clients.pushConsumer(clients.freshName());
        MessageListenerConcurrently failOnce =
                (messages, context) -> {
                    inbox.add(messages);
                    context.setDelayLevelWhenNextConsume(1);
                    return messages.get(0).getReconsumeTimes() == 0
                            ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                            : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                };
        clients.consume(consumer, topic, MessageSelector.bySql("n = 3"), failOnce);
        assertEquals(List.of("3", "3"), inbox.await(2).stream().map(Inbox::body).toList());
    }

    @Test
    void shouldPullAndPollWhatAnExpressionIsTrueOf(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, 0, 20);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultMQPullConsumer puller = clients.pullConsumer(clients.freshName());
        MessageSelector nothing = MessageSelector.bySql("n IS NULL");
        Await.until(
                "a heartbeat has told the client that the server is new enough for SQL92",
                () -> puller.pull(queue, nothing, 0, 1).getPullStatus() != null);
        PullResult some =
                puller.pull(queue, MessageSelector.bySql("n IN ('3', '17', 'x')"), 0, 32);
        assertEquals(List.of("3", "17"), some.getMsgFoundList().stream().map(Inbox::body).toList());
        assertEquals(20, some.getNextBeginOffset());
        PullResult none = puller.pull(queue, nothing, 5, 32);
        assertEquals(PullStatus.NO_MATCHED_MSG, none.getPullStatus());
        assertEquals(20, none.getNextBeginOffset());

        DefaultLitePullConsumer lite = clients.liteConsumer(clients.freshName());
        lite.subscribe(topic, MessageSelector.bySql("n >= 15 AND TAGS <> 'odd'"));
        clients.start(lite);
        Inbox inbox = new Inbox();
        Await.until(
                () -> "polled only " + inbox.bodies(),
                () -> {
                    inbox.add(lite.poll(POLL_TIMEOUT_MS));
                    return inbox.messages().size() >= 2;
                });
        inbox.awaitExactly(List.of("16", "18"));
    }

    @Test
    void shouldRefuseAMalformedExpressionWithItsPlace(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQPushConsumer consumer = clients.pushConsumer(clients.freshName());
        MQClientException refused =
                assertThrows(
                        MQClientException.class,
                        () ->
                                clients.consume(
                                        consumer,
                                        topic,
                                        MessageSelector.bySql("n > 1 AND OR n < 3"),
                                        new Inbox()));
        assertEquals(SUBSCRIPTION_PARSE_FAILED, refused.getResponseCode());
        String message = refused.getErrorMessage();
        assertTrue(message.contains("at character 11: expected a property"), message);
    }

    @Test
    @Feature("Filters: members that differ in what they want")
    void shouldGiveEachMemberWhatItAsksFor(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        Inbox evens = new Inbox();
        Inbox odds = new Inbox();
        DefaultMQPushConsumer one =
                clients.consume(clients.pushConsumer(group), topic, "even", evens);
        DefaultMQPushConsumer other =
                clients.consume(clients.pushConsumer(group), topic, "odd", odds);
        Await.until(
                "each reads one queue",
                () ->
                        Clients.assigned(one, topic).size() == 1
                                && Clients.assigned(other, topic).size() == 1
                                && !Clients.assigned(one, topic)
                                        .equals(Clients.assigned(other, topic)));
        MessageQueue evenQueue = Clients.assigned(one, topic).get(0);
        MessageQueue oddQueue = Clients.assigned(other, topic).get(0);
        DefaultMQProducer producer = clients.producer();
        for (int i = 0; i < 40; i++) {
            String tag = i % 2 == 0 ? "even" : "odd";
            Message message = Clients.message(topic, tag, "" + i);
            producer.send(message, i < 20 ? evenQueue : oddQueue);
        }
        evens.awaitExactly(numbers(0, 20, 2));
        odds.awaitExactly(numbers(21, 40, 2));
    }
}
