package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.compat.harness.Feature;
import java.util.Random;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Sending: what is too large is refused")
class LimitsTest {

    private static final int BODY_BYTES_MAX = 4 << 20;
    private static final int MESSAGE_ILLEGAL = 13;

    @Test
    void shouldRefuseABodyLargerThanFourMiB(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = boundless(clients);
        assertRefused(producer, new Message(topic, body(BODY_BYTES_MAX + 1)));
        assertRefused(producer, new Message(topic, body(10 << 20)));
        assertAccepted(producer, new Message(topic, body(BODY_BYTES_MAX)));
    }

    @Test
    void shouldRefusePropertiesLargerThan32KiB(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = boundless(clients);
        assertRefused(producer, withProperty(topic, 33_000));
        assertAccepted(producer, withProperty(topic, 16_000));
    }

    /** A producer whose own checks let everything through, so that the server has to refuse. */
    private static DefaultMQProducer boundless(Clients clients) throws Exception {
        DefaultMQProducer producer = clients.unstartedProducer();
        producer.setMaxMessageSize(1 << 30);
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        return clients.start(producer);
    }

    private static Message withProperty(String topic, int length) {
        Message message = Clients.message(topic, "body");
        message.putUserProperty("long", "x".repeat(length));
        return message;
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }

    private static void assertRefused(DefaultMQProducer producer, Message message) {
        MQBrokerException error =
                assertThrows(MQBrokerException.class, () -> producer.send(message));
        assertEquals(MESSAGE_ILLEGAL, error.getResponseCode());
        assertFalse(error.getErrorMessage().isBlank(), "says why");
    }

    private static void assertAccepted(DefaultMQProducer producer, Message message)
            throws Exception {
        assertEquals(SendStatus.SEND_OK, producer.send(message).getSendStatus());
    }
}
