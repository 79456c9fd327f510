package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageId;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Sending: sync, async and one-way")
class SendTest {

    @Test
    void shouldAnswerASyncSendWithTheMessagesIdsAndItsPlace(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        Message message = Clients.message(topic, "hello");

        SendResult result = producer.send(message);

        assertEquals(SendStatus.SEND_OK, result.getSendStatus());
        assertEquals(MessageClientIDSetter.getUniqID(message), result.getMsgId());
        assertEquals(topic, result.getMessageQueue().getTopic());
        assertEquals(0, result.getQueueOffset());
        MessageId place = MessageDecoder.decodeMessageId(result.getOffsetMsgId());
        assertTrue(place.getAddress().toString().endsWith(":" + clients.target().storePort()));
        assertTrue(place.getOffset() >= 0);
    }

    @Test
    void shouldNumberTheMessagesOfEachQueueFromZeroWithoutGaps(Clients clients) throws Exception {
        String topic = clients.topic(3);
        DefaultMQProducer producer = clients.producer();
        for (MessageQueue queue : Clients.queues(producer, topic)) {
            for (int i = 0; i < 20; i++) {
                SendResult result = producer.send(Clients.message(topic, "m" + i), queue);
                assertEquals(queue, result.getMessageQueue());
                assertEquals(i, result.getQueueOffset());
            }
        }
    }

    @Test
    void shouldAnswerEveryAsyncSendOnce(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        Queue<SendResult> results = new ConcurrentLinkedQueue<>();
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 200; i++) {
            producer.send(Clients.message(topic, "m" + i), new Collector(results, errors));
        }

        Await.until("all are answered", () -> results.size() + errors.size() >= 200);

        assertEquals(List.of(), List.copyOf(errors));
        Set<String> places = new HashSet<>();
        for (SendResult result : results) {
            places.add(result.getMessageQueue().getQueueId() + "/" + result.getQueueOffset());
        }
        assertEquals(200, places.size());
    }

    private record Collector(Queue<SendResult> results, Queue<Throwable> errors)
            implements SendCallback {
        @Override
        public void onSuccess(SendResult result) {
            results.add(result);
        }

        @Override
        public void onException(Throwable error) {
            errors.add(error);
        }
    }

    @Test
    void shouldStoreOneWayMessages(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        List<String> sent = IntStream.range(0, 50).mapToObj(Integer::toString).toList();
        for (String body : sent) {
            producer.sendOneway(Clients.message(topic, body));
        }
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        inbox.awaitExactly(sent);
    }

    @Test
    @Feature("Sending: batches")
    void shouldStoreABatchAsSeparateMessagesInOrder(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        List<Message> batch = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Message message = Clients.message(topic, "tag" + i, "m" + i);
            message.putUserProperty("number", Integer.toString(i));
            batch.add(message);
        }
        producer.send(Clients.message(topic, "tag", "before"));

        SendResult result = producer.send(batch);

        assertEquals(SendStatus.SEND_OK, result.getSendStatus());
        assertEquals(1, result.getQueueOffset());
        assertEquals(10, result.getMsgId().split(",").length);
        assertEquals(10, result.getOffsetMsgId().split(",").length);
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        inbox.await(11).stream()
                .filter(message -> message.getQueueOffset() > 0)
                .forEach(
                        message -> {
                            long i = message.getQueueOffset() - 1;
                            assertEquals("m" + i, Inbox.body(message));
                            assertEquals("tag" + i, message.getTags());
                            assertEquals("" + i, message.getUserProperty("number"));
                            assertTrue(result.getMsgId().contains(message.getMsgId()));
                        });
        assertEquals(11, producer.maxOffset(result.getMessageQueue()));
    }

    @Test
    @Feature("Sending: by the VIP port")
    void shouldServeOldClientsOnTheVipPort(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.unstartedProducer();
        producer.setVipChannelEnabled(true);
        SendResult result = clients.start(producer).send(Clients.message(topic, "by the VIP port"));
        assertEquals(SendStatus.SEND_OK, result.getSendStatus());
        assertNotNull(result.getOffsetMsgId());
    }
}
