package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.compat.harness.Feature;
import java.util.List;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** A client keeps the unique key of a message that it sends again; RocketMQ stores each. */
@Scenario
@Feature("Sending: a resend is stored once")
class IdempotentSendTest {
    @Test
    void shouldStoreOnceWhatIsSentAgain(Clients clients) throws Exception {
        assumeTrue(clients.target().isSluice());
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        List<MessageQueue> queues = Clients.queues(producer, topic);
        Message message = Clients.message(topic, "once");

        SendResult first = producer.send(message, queues.get(0));
        SendResult again = producer.send(message, queues.get(1));

        assertEquals(first.getMsgId(), again.getMsgId());
        assertEquals(first.getOffsetMsgId(), again.getOffsetMsgId());
        assertEquals(queues.get(0), again.getMessageQueue());
        assertEquals(first.getQueueOffset(), again.getQueueOffset());
        assertEquals(1, producer.maxOffset(queues.get(0)));
        assertEquals(0, producer.maxOffset(queues.get(1)));
    }

    @Test
    void shouldStoreAnotherMessageUnderTheSameKey(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Message message = Clients.message(topic, "one");

        producer.send(message);
        message.setBody(Clients.bytes("two"));
        SendResult second = producer.send(message);

        assertEquals(1, second.getQueueOffset());
    }
}
