package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.Test;

/** Messages with priorities, which a consumer that pops gets from a backlog, the highest first. */
@Scenario
@Feature("Consuming: pop by priority")
class PriorityTest {
    private static final int SET_MESSAGE_REQUEST_MODE = 401;

    private static void createTopic(DefaultMQProducer admin, String topic) throws Exception {
        admin.createTopic(
                admin.getCreateTopicKey(), topic, 1, Map.of("+message.type", "PRIORITY"));
        Await.until(
                "the topic is there", () -> admin.fetchPublishMessageQueues(topic).size() == 1);
    }

    /** As `mqadmin setConsumeMode` does it. */
    private static void tellToPop(Clients clients, String topic, String group) {
        String body =
                "{\"topic\":\"%s\",\"consumerGroup\":\"%s\",\"mode\":\"POP\",\"popShareQueueNum\":0}"
                        .formatted(topic, group);
        try (RawConnection connection = RawConnection.open(clients.target().brokerPort())) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            Reply reply = connection.request(SET_MESSAGE_REQUEST_MODE, Map.of(), bytes);
            assertEquals(0, reply.code(), reply::toString);
        }
    }

    @Test
    void shouldConsumeTheHighestOfABacklogFirst(Clients clients) throws Exception {
        String topic = clients.freshName();
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        createTopic(producer, topic);
        tellToPop(clients, topic, group);
        for (int i = 0; i < 100; i++) {
            Message message = Clients.message(topic, Integer.toString(i));
            if (i % 4 > 0) {
                message.setPriority(i % 4);
            }
            producer.send(message);
        }
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer = clients.pushConsumer(group);
        consumer.setClientRebalance(false);
        consumer.setConsumeThreadMin(1);
        consumer.setConsumeThreadMax(1);
        clients.consume(consumer, topic, "*", inbox);
        List<Integer> highestFirst =
                IntStream.range(0, 100)
                        .boxed()
                        .sorted((a, b) -> a % 4 == b % 4 ? a - b : b % 4 - a % 4)
                        .toList();
        inbox.await(100);
        assertEquals(highestFirst, inbox.bodies().stream().map(Integer::valueOf).toList());
        assertEquals(3, inbox.messages().get(0).getPriority());
    }
}
