package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** Many messages in one request, all of them stored or none. */
@Scenario
@Feature("Sending: batches")
class BatchTest {

    private static final int MESSAGE_ILLEGAL = 13;

    @Test
    void shouldStoreAThousandMessagesAtOnce(Clients clients) throws Exception {
        String topic = clients.topic(3);
        DefaultMQProducer producer = clients.producer();
        MessageQueue queue = Clients.queues(producer, topic).get(2);

        SendResult result = producer.send(batch(topic, 1_000), queue);

        assertEquals(0, result.getQueueOffset());
        assertEquals(queue, result.getMessageQueue());
        assertEquals(1_000, result.getOffsetMsgId().split(",").length);
        assertEquals(1_000, producer.maxOffset(queue));
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        inbox.awaitExactly(IntStream.range(0, 1_000).mapToObj(Integer::toString).toList());
        inbox.messages()
                .forEach(message ->
                        assertEquals("" + message.getQueueOffset(), Inbox.body(message)));
    }

    @Test
    void shouldCreateATopicWithABatch(Clients clients) throws Exception {
        String topic = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        SendResult result = producer.send(batch(topic, 10));
        assertEquals(10, producer.maxOffset(result.getMessageQueue()));
    }

    @Test
    void shouldStoreNothingOfABatchThatIsTooLarge(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.unstartedProducer();
        producer.setMaxMessageSize(1 << 30);
        clients.start(producer);
        List<Message> batch = batch(topic, 3);
        byte[] large = new byte[5 << 20];
        new Random(1).nextBytes(large);
        batch.add(new Message(topic, large));

        MQBrokerException error = assertThrows(MQBrokerException.class, () -> producer.send(batch));

        assertEquals(MESSAGE_ILLEGAL, error.getResponseCode());
        assertEquals(0, producer.maxOffset(Clients.queues(producer, topic).get(0)));
    }

    /** The client sees to it; that the server does too is tested with raw frames. */
    @Test
    void shouldNotSendABatchOfSeveralTopicsOrWithADelay(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        List<Message> mixed = batch(topic, 1);
        mixed.add(Clients.message(clients.freshName(), "elsewhere"));
        List<Message> delayed = batch(topic, 2);
        delayed.get(1).setDelayTimeLevel(1);
        for (List<Message> batch : List.of(mixed, delayed)) {
            Exception error = assertThrows(MQClientException.class, () -> producer.send(batch));
            assertTrue(error.getCause() instanceof UnsupportedOperationException, "" + error);
        }
        assertEquals(0, producer.maxOffset(Clients.queues(producer, topic).get(0)));
    }

    private static List<Message> batch(String topic, int count) {
        List<Message> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(Clients.message(topic, Integer.toString(i)));
        }
        return batch;
    }
}
