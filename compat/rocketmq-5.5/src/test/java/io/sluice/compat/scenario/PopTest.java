package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

/**
 * Push consumers that leave balancing to the server and were told to pop. (Clients before 5.0
 * cannot.)
 */
@Scenario
@Feature("Consuming: pop, leases and receipts")
class PopTest {
    private static final int SET_MESSAGE_REQUEST_MODE = 401;
    private static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;

    private record Attempt(String body, int reconsumeTimes) {}

    /** As `mqadmin setConsumeMode` does it. */
    static void tellToPop(Clients clients, String topic, String group) {
        call(
                clients,
                SET_MESSAGE_REQUEST_MODE,
                "{\"topic\":\"%s\",\"consumerGroup\":\"%s\",\"mode\":\"POP\",\"popShareQueueNum\":0}"
                        .formatted(topic, group));
    }

    static void createGroup(Clients clients, String group, int retryMax) {
        call(
                clients,
                UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
                "{\"groupName\":\"%s\",\"retryMaxTimes\":%d}".formatted(group, retryMax));
    }

    private static void call(Clients clients, int code, String body) {
        try (RawConnection connection = RawConnection.open(clients.target().brokerPort())) {
            Reply reply = connection.request(code, Map.of(), body.getBytes(StandardCharsets.UTF_8));
            assertEquals(0, reply.code(), reply::toString);
        }
    }

    private static DefaultMQPushConsumer popConsumer(Clients clients, String group)
            throws ReflectiveOperationException {
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setClientRebalance(false);
        retryAfterOneSecond(consumer);
        return consumer;
    }

    /** The client's own schedule begins with 10 s and 30 s, and there is no setter for it. */
    private static void retryAfterOneSecond(DefaultMQPushConsumer consumer)
            throws ReflectiveOperationException {
        Object client = consumer.getDefaultMQPushConsumerImpl();
        Method schedule = client.getClass().getDeclaredMethod("getPopDelayLevel");
        schedule.setAccessible(true);
        Arrays.fill((int[]) schedule.invoke(client), 1);
    }

    private static boolean pops(DefaultMQPushConsumer consumer) {
        return !consumer.getDefaultMQPushConsumerImpl()
                .getRebalanceImpl()
                .getPopProcessQueueTable()
                .isEmpty();
    }

    @Test
    void shouldConsumeEverythingOnceAndAcknowledgeIt(Clients clients) throws Exception {
        String topic = clients.topic(4);
        String group = clients.freshName();
        createGroup(clients, group, 16);
        tellToPop(clients, topic, group);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 40);
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer one = clients.consume(popConsumer(clients, group), topic, "*", inbox);
        DefaultMQPushConsumer other =
                clients.consume(popConsumer(clients, group), topic, "*", inbox);
        Await.until("both pop", () -> pops(one) && pops(other));
        for (int i = 40; i < 80; i++) {
            producer.send(Clients.message(topic, Integer.toString(i)));
        }
        inbox.awaitExactly(IntStream.range(0, 80).mapToObj(Integer::toString).toList());
        MessageExt message = inbox.messages().get(0);
        assertTrue(message.getProperty(MessageConst.PROPERTY_POP_CK).split(" ").length == 8);
        Await.until("all is acknowledged", () -> lag(clients, producer, topic, group) == 0);
    }

    /** What the group has not committed: popping and pulling groups have it in the same place. */
    private static long lag(Clients clients, DefaultMQProducer producer, String topic, String group)
            throws Exception {
        long lag = 0;
        try (RawConnection connection = RawConnection.open(clients.target().brokerPort())) {
            for (var queue : Clients.queues(producer, topic)) {
                Reply reply =
                        connection.request(
                                14,
                                Map.of(
                                        "consumerGroup", group,
                                        "topic", topic,
                                        "queueId", Integer.toString(queue.getQueueId())));
                long committed = Long.parseLong(reply.fields().get("offset"));
                lag += producer.maxOffset(queue) - committed;
            }
        }
        return lag;
    }

    @Test
    void shouldGetOnlyTheTagsItWants(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        createGroup(clients, group, 16);
        tellToPop(clients, topic, group);
        Inbox inbox = new Inbox();
        clients.consume(popConsumer(clients, group), topic, "red || blue", inbox);
        DefaultMQProducer producer = clients.producer();
        for (String tag : List.of("green", "red", "green", "blue", "red")) {
            producer.send(Clients.message(topic, tag, tag));
        }
        inbox.awaitExactly(List.of("red", "blue", "red"));
    }

    @Test
    void shouldGetAFailedMessageAgainAndThenFindItAmongTheDeadLetters(Clients clients)
            throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        createGroup(clients, group, 2);
        tellToPop(clients, topic, group);
        Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
        MessageListenerConcurrently failing =
                (batch, context) -> {
                    MessageExt message = batch.get(0);
                    attempts.add(new Attempt(Inbox.body(message), message.getReconsumeTimes()));
                    return Inbox.body(message).equals("poison")
                            ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                            : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                };
        clients.consume(popConsumer(clients, group), topic, "*", failing);
        DefaultMQProducer producer = clients.producer();
        producer.send(Clients.message(topic, "poison"));
        Await.until("three attempts", () -> attempts.size() >= 3);
        Inbox dead = new Inbox();
        clients.consume(clients.freshName(), "%DLQ%" + group, dead);
        MessageExt letter = dead.awaitOne();
        assertEquals("poison", Inbox.body(letter));
        assertEquals(topic, letter.getProperty("DLQ_ORIGIN_TOPIC"));
        assertEquals(3, letter.getReconsumeTimes());
        assertEquals(
                List.of(
                        new Attempt("poison", 0),
                        new Attempt("poison", 1),
                        new Attempt("poison", 2)),
                List.copyOf(attempts));
        Await.until("the group goes on", () -> lag(clients, producer, topic, group) == 0);
    }

    /** What another member popped and never acknowledged comes to this one when its time is up. */
    @Test
    void shouldGetWhatAnotherMemberHeldWhenItVanished(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        createGroup(clients, group, 16);
        tellToPop(clients, topic, group);
        clients.producer().send(Clients.message(topic, "held"));
        try (RawConnection vanishing = RawConnection.open(clients.target().brokerPort())) {
            Reply popped =
                    vanishing.request(
                            200_050,
                            Map.of(
                                    "consumerGroup", group,
                                    "topic", topic,
                                    "queueId", "-1",
                                    "maxMsgNums", "1",
                                    "invisibleTime", "3000",
                                    "pollTime", "0",
                                    "bornTime", "0",
                                    "initMode", "0"));
            assertEquals(0, popped.code(), popped::toString);
        }
        Inbox inbox = new Inbox();
        clients.consume(popConsumer(clients, group), topic, "*", inbox);
        MessageExt message = inbox.awaitOne();
        assertEquals("held", Inbox.body(message));
        assertEquals(1, message.getReconsumeTimes());
    }
}
