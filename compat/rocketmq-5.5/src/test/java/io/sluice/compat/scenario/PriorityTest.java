package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.Reply;
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
    private static final int UPDATE_AND_CREATE_TOPIC = 17;

    /**
     * As `mqadmin updateTopic -a` does it; a producer leaves the attributes out that it is given.
     */
    private static void createTopic(Clients clients, String topic) {
        Map<String, String> fields =
                Map.of(
                        "topic", topic,
                        "defaultTopic", "TBW102",
                        "readQueueNums", "1",
                        "writeQueueNums", "1",
                        "perm", "6",
                        "topicFilterType", "SINGLE_TAG",
                        "topicSysFlag", "0",
                        "order", "false",
                        "attributes", "+message.type=PRIORITY");
        try (RawConnection connection = RawConnection.open(clients.target().brokerPort())) {
            Reply reply = connection.request(UPDATE_AND_CREATE_TOPIC, fields, new byte[0]);
            assertEquals(0, reply.code(), reply::toString);
        }
    }

    @Test
    void shouldConsumeTheHighestOfABacklogFirst(Clients clients) throws Exception {
        String topic = clients.freshName();
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        createTopic(clients, topic);
        PopTest.createGroup(clients, group, 16);
        PopTest.tellToPop(clients, topic, group);
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
