package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToIntFunction;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** The server of these tests waits 1 s before a retry and 4 s at level 9 and above. */
@Scenario
@Feature("Retries: delays, attempts, dead letters")
class RetryTest {

    private static final int SUCCEED = Integer.MIN_VALUE;

    private record Attempt(MessageExt message, int reconsumeTimes, long atMs) {}

    /** Answers each attempt with a delay level, or with success. */
    private static final class Failing implements MessageListenerConcurrently {

        private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
        private final ToIntFunction<MessageExt> levels;

        Failing(ToIntFunction<MessageExt> levels) {
            this.levels = levels;
        }

        @Override
        public ConsumeConcurrentlyStatus consumeMessage(
                List<MessageExt> batch, ConsumeConcurrentlyContext context) {
            MessageExt message = batch.get(0);
            int times = message.getReconsumeTimes();
            attempts.add(new Attempt(message, times, System.currentTimeMillis()));
            int level = levels.applyAsInt(message);
            if (level == SUCCEED) {
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            }
            context.setDelayLevelWhenNextConsume(level);
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }

        List<Attempt> await(int count) {
            Await.until(count + " attempts", () -> attempts.size() >= count);
            return List.copyOf(attempts);
        }
    }

    @Test
    void shouldDeliverAFailedMessageAgainAsItWas(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Failing listener = new Failing(m -> m.getReconsumeTimes() < 2 ? 0 : SUCCEED);
        String group = clients.freshName();
        clients.consume(group, topic, listener);
        Message message = new Message(topic, "tag", "key", Clients.bytes("body"));
        message.putUserProperty("colour", "blue");
        message.setFlag(5);

        SendResult sent = clients.producer().send(message);

        List<Attempt> attempts = listener.await(3);
        for (int i = 0; i < 3; i++) {
            MessageExt received = attempts.get(i).message();
            assertEquals(i, attempts.get(i).reconsumeTimes());
            assertEquals(topic, received.getTopic());
            assertEquals("tag", received.getTags());
            assertEquals("key", received.getKeys());
            assertEquals("body", Inbox.body(received));
            assertEquals("blue", received.getUserProperty("colour"));
            assertEquals(5, received.getFlag());
            assertEquals(sent.getMsgId(), received.getMsgId());
            assertEquals(
                    attempts.get(0).message().getBornTimestamp(), received.getBornTimestamp());
        }
        for (Attempt retry : attempts.subList(1, 3)) {
            MessageExt received = retry.message();
            assertEquals(topic, received.getProperty(MessageConst.PROPERTY_RETRY_TOPIC));
            assertEquals(
                    sent.getOffsetMsgId(),
                    received.getProperty(MessageConst.PROPERTY_ORIGIN_MESSAGE_ID));
        }
    }

    @Test
    void shouldNeverRetryBeforeTheDelayOfItsLevel(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Failing listener =
                new Failing(
                        m ->
                                switch (m.getReconsumeTimes()) {
                                    case 0 -> 9;
                                    case 1 -> 0;
                                    default -> SUCCEED;
                                });
        clients.consume(clients.freshName(), topic, listener);

        Clients.send(clients.producer(), topic, 1);

        List<Attempt> attempts = listener.await(3);
        assertTrue(attempts.get(1).atMs() - attempts.get(0).atMs() >= 4_000, "level 9");
        assertTrue(attempts.get(2).atMs() - attempts.get(1).atMs() >= 1_000, "level 4");
    }

    @Test
    void shouldDeadLetterAMessageThatFailsForTheLastTime(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        Failing listener = new Failing(m -> 0);
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setMaxReconsumeTimes(2);
        clients.consume(consumer, topic, "*", listener);
        Message message = new Message(topic, "tag", "key", Clients.bytes("poison"));
        message.putUserProperty("colour", "black");

        SendResult sent = clients.producer().send(message);

        MessageExt dead = awaitDead(clients, group);
        assertEquals(List.of(0, 1, 2), reconsumeTimes(listener));
        assertEquals("poison", Inbox.body(dead));
        assertEquals("tag", dead.getTags());
        assertEquals("key", dead.getKeys());
        assertEquals("black", dead.getUserProperty("colour"));
        assertEquals(sent.getMsgId(), dead.getMsgId());
        assertEquals(topic, dead.getProperty(MessageConst.PROPERTY_RETRY_TOPIC));
        assertEquals(
                sent.getOffsetMsgId(), dead.getProperty(MessageConst.PROPERTY_ORIGIN_MESSAGE_ID));
        assertEquals(3, dead.getReconsumeTimes());
    }

    @Test
    void shouldDeadLetterAtOnceWhenTheConsumerAsksForIt(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        Failing listener = new Failing(m -> -1);
        clients.consume(group, topic, listener);

        Clients.send(clients.producer(), topic, 1);

        assertEquals("0", Inbox.body(awaitDead(clients, group)));
        assertEquals(List.of(0), reconsumeTimes(listener));
    }

    @Test
    void shouldRetryOnlyInTheGroupThatFailed(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Failing failing = new Failing(m -> m.getReconsumeTimes() == 0 ? 0 : SUCCEED);
        Inbox content = new Inbox();
        clients.consume(clients.freshName(), topic, failing);
        clients.consume(clients.freshName(), topic, content);

        Clients.send(clients.producer(), topic, 1);

        failing.await(2);
        content.awaitExactly(List.of("0"));
    }

    @Test
    void shouldNotHoldUpOthersWhileAMessageWaitsForItsRetry(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Set<String> others = ConcurrentHashMap.newKeySet();
        Failing listener =
                new Failing(
                        m -> {
                            if (!Inbox.body(m).equals("0")) {
                                others.add(Inbox.body(m));
                                return SUCCEED;
                            }
                            // It fails until all others have come, so they do not wait for it.
                            return m.getReconsumeTimes() > 0 && others.size() == 19 ? SUCCEED : 9;
                        });
        clients.consume(clients.freshName(), topic, listener);

        Clients.send(clients.producer(), topic, 20);

        Await.until(
                "all others and a retry",
                () -> others.size() == 19 && listener.attempts.size() > 20);
        assertEquals(20, listener.attempts.stream().filter(a -> a.reconsumeTimes() == 0).count());
    }

    private static List<Integer> reconsumeTimes(Failing listener) {
        return listener.attempts.stream().map(Attempt::reconsumeTimes).toList();
    }

    private static MessageExt awaitDead(Clients clients, String group) throws Exception {
        DefaultMQPullConsumer reader = clients.pullConsumer(clients.freshName());
        Inbox inbox = new Inbox();
        Await.until(
                "there is a dead letter",
                () -> {
                    for (MessageQueue queue :
                            reader.fetchSubscribeMessageQueues("%DLQ%" + group)) {
                        PullResult result = reader.pull(queue, "*", 0, 32);
                        if (result.getPullStatus() == PullStatus.FOUND) {
                            inbox.add(result.getMsgFoundList());
                        }
                    }
                    return !inbox.messages().isEmpty();
                });
        return inbox.messages().get(0);
    }
}
