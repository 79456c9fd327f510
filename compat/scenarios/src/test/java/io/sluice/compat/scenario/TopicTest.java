package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.RawConnection;
import io.sluice.compat.harness.RequestCode;
import io.sluice.compat.harness.Target;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Topics: create, extend, delete, by the first message")
class TopicTest {

    @Test
    void shouldCreateATopicWithAsManyQueuesAsAsked(Clients clients) throws Exception {
        String topic = clients.topic(5);
        DefaultMQProducer producer = clients.producer();
        List<Integer> ids =
                Clients.queues(producer, topic).stream().map(MessageQueue::getQueueId).toList();
        assertEquals(List.of(0, 1, 2, 3, 4), ids);
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());
        assertEquals(5, consumer.fetchSubscribeMessageQueues(topic).size());
    }

    /** RocketMQ gives as many as the client's own default says, which is 4. */
    @Test
    void shouldCreateATopicOfEightQueuesWithItsFirstMessage(Clients clients) throws Exception {
        String topic = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        int queues = clients.target().isSluice() ? 8 : producer.getDefaultTopicQueueNums();

        SendResult result = producer.send(Clients.message(topic, "first"));

        assertEquals(SendStatus.SEND_OK, result.getSendStatus());
        assertEquals(0, result.getQueueOffset());
        Await.until(
                "the topic has its queues",
                () -> producer.fetchPublishMessageQueues(topic).size() == queues);
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        inbox.awaitExactly(List.of("first"));
    }

    @Test
    void shouldTellThatATopicDoesNotExist(Clients clients) throws Exception {
        String topic = clients.freshName();
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());
        assertThrows(MQClientException.class, () -> consumer.fetchSubscribeMessageQueues(topic));
    }

    @Test
    void shouldStartCleanWhenATopicIsDeletedAndCreatedAgain(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        for (String body : List.of("old1", "old2", "old3")) {
            producer.send(Clients.message(topic, body));
        }
        Inbox before = new Inbox();
        DefaultMQPushConsumer first = clients.consume(group, topic, before);
        before.await(3);
        Await.until("all is committed", () -> Clients.lag(first, topic) == 0);
        first.shutdown();

        delete(clients.target(), topic);
        clients.createTopic(topic, 1);

        DefaultMQProducer other = clients.producer();
        MessageQueue queue = Clients.queues(other, topic).get(0);
        assertEquals(0, other.maxOffset(queue));
        assertEquals(0, other.send(Clients.message(topic, "new1")).getQueueOffset());
        assertEquals(1, other.send(Clients.message(topic, "new2")).getQueueOffset());
        Inbox after = new Inbox();
        clients.consume(group, topic, after);
        after.awaitExactly(List.of("new1", "new2"));
    }

    private static void delete(Target server, String topic) {
        try (RawConnection broker = server.connect();
                RawConnection names = server.connectToNameService()) {
            Map<String, String> fields = Map.of("topic", topic);
            assertEquals(0, broker.request(RequestCode.DELETE_TOPIC_IN_BROKER, fields).code());
            assertEquals(0, names.request(RequestCode.DELETE_TOPIC_IN_NAMESRV, fields).code());
            Await.until(
                    "the topic is gone",
                    () -> !names.request(RequestCode.GET_ROUTEINFO_BY_TOPIC, fields).isOk());
        }
    }
}
