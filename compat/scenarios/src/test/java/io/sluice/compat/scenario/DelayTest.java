package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Delays: levels and any time")
class DelayTest {
    private static final int MESSAGE_ILLEGAL = 13;

    /** RocketMQ cuts a time down to its whole second, or one less. */
    private static long earlyMsMax(Clients clients) {
        return clients.target().isSluice() ? 0 : 1_000;
    }

    @Test
    void shouldDeliverAtTheTimeAskedFor(Clients clients) throws Exception {
        String topic = clients.topic(2);
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        DefaultMQProducer producer = clients.producer();
        Map<String, Long> dueMs = new TreeMap<>();
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            messages.add(Clients.message(topic, "m" + i));
        }
        long nowMs = System.currentTimeMillis();
        Dialect.deliverAtMs(messages.get(0), nowMs + 2_500);
        Dialect.delayMs(messages.get(1), 1_700);
        Dialect.delaySec(messages.get(2), 2);
        dueMs.put("m0", nowMs + 2_500);
        dueMs.put("m1", nowMs + 1_700);
        dueMs.put("m2", nowMs + 2_000);

        for (Message message : messages) {
            producer.send(message);
        }

        Await.until("all have come", () -> inbox.messages().size() == 3);
        for (MessageExt received : inbox.messages()) {
            long due = dueMs.get(Inbox.body(received)) - earlyMsMax(clients);
            assertTrue(received.getStoreTimestamp() >= due, "never early");
        }
    }

    @Test
    void shouldDeliverAtOnceWhatIsDueAlready(Clients clients) throws Exception {
        String topic = clients.topic(1);
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        Message message = Clients.message(topic, "late");
        Dialect.deliverAtMs(message, System.currentTimeMillis() - 60_000);

        clients.producer().send(message);

        Await.until("it has come", () -> inbox.bodies().equals(List.of("late")));
    }

    @Test
    void shouldRefuseWhatIsDueTooFarAhead(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Message message = Clients.message(topic, "far");
        Dialect.delaySec(message, 400L * 24 * 3600);

        MQBrokerException refused =
                assertThrows(MQBrokerException.class, () -> producer.send(message));

        assertEquals(MESSAGE_ILLEGAL, refused.getResponseCode());
    }
}
