package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.junit.jupiter.api.Test;

/** Clients from 5.2 on can gather single messages into batches. */
@Scenario
@Feature("Sending: batches that the client gathers itself")
class AutoBatchTest {

    @Test
    void shouldStoreEachGatheredMessageOnce(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        producer.setAutoBatch(true);
        Queue<SendResult> results = new ConcurrentLinkedQueue<>();
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        List<String> sent = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
        for (String body : sent) {
            producer.send(
                    Clients.message(topic, body),
                    new SendCallback() {
                        @Override
                        public void onSuccess(SendResult result) {
                            results.add(result);
                        }

                        @Override
                        public void onException(Throwable error) {
                            errors.add(error);
                        }
                    });
        }
        Await.until("all are answered", () -> results.size() + errors.size() == 300);
        assertEquals(List.of(), List.copyOf(errors));
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        inbox.awaitExactly(sent);
    }
}
