package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.junit.jupiter.api.Test;

/** Clients before 5.3 cannot recall. */
@Scenario
@Feature("Delays: recall before it is due")
class RecallTest {
    private static SendResult sendLater(DefaultMQProducer producer, String topic, String body)
            throws Exception {
        Message message = Clients.message(topic, body);
        message.setDelayTimeMs(3_000);
        return producer.send(message);
    }

    @Test
    void shouldNotDeliverWhatIsRecalled(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        DefaultMQProducer producer = clients.producer();
        SendResult recalled = sendLater(producer, topic, "recalled");
        sendLater(producer, topic, "kept");

        String id = producer.recallMessage(topic, recalled.getRecallHandle());

        assertEquals(recalled.getMsgId(), id);
        Await.until("the other has come", () -> !inbox.messages().isEmpty());
        assertEquals(List.of("kept"), inbox.bodies());
    }

    @Test
    void shouldRefuseToRecallWhatWasDelivered(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        DefaultMQProducer producer = clients.producer();
        SendResult sent = sendLater(producer, topic, "delivered");
        Await.until("it has come", () -> !inbox.messages().isEmpty());

        MQBrokerException refused =
                assertThrows(
                        MQBrokerException.class,
                        () -> producer.recallMessage(topic, sent.getRecallHandle()));

        assertEquals(ResponseCode.ILLEGAL_OPERATION, refused.getResponseCode());
    }
}
