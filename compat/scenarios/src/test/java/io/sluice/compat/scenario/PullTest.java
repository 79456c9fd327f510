package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullCallback;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
class PullTest {

    @Test
    void shouldPullFromAnyOffset(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 50);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());

        PullResult result = consumer.pull(queue, "*", 10, 5);

        assertEquals(PullStatus.FOUND, result.getPullStatus());
        assertEquals(List.of("10", "11", "12", "13", "14"), bodies(result));
        assertEquals(15, result.getNextBeginOffset());
        assertEquals(0, result.getMinOffset());
        assertEquals(50, result.getMaxOffset());
    }

    @Test
    void shouldTellThatTheEndIsReached(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 3);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        PullResult result = clients.pullConsumer(clients.freshName()).pull(queue, "*", 3, 32);
        assertEquals(PullStatus.NO_NEW_MSG, result.getPullStatus());
        assertEquals(3, result.getNextBeginOffset());
    }

    @Test
    void shouldLeadBackFromAnOffsetBeyondTheEnd(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 3);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        PullResult result = clients.pullConsumer(clients.freshName()).pull(queue, "*", 100, 32);
        assertEquals(PullStatus.OFFSET_ILLEGAL, result.getPullStatus());
        assertEquals(3, result.getNextBeginOffset());
    }

    @Test
    void shouldGoPastMessagesOfOtherTags(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        for (int i = 0; i < 20; i++) {
            producer.send(Clients.message(topic, i == 19 ? "rare" : "common", "m" + i));
        }
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());

        PullResult rare = consumer.pull(queue, "rare", 0, 32);
        PullResult none = consumer.pull(queue, "none", 0, 32);

        assertEquals(PullStatus.FOUND, rare.getPullStatus());
        assertEquals(List.of("m19"), bodies(rare));
        assertEquals(PullStatus.NO_MATCHED_MSG, none.getPullStatus());
        assertEquals(20, none.getNextBeginOffset());
    }

    @Test
    void shouldAnswerAWaitingPullWhenAMessageComes(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());
        CompletableFuture<PullResult> waiting = new CompletableFuture<>();
        consumer.pullBlockIfNotFound(queue, "*", 0, 32, new Completing(waiting));
        // Answered on the same connection and later: by now the pull has been seen.
        assertEquals(0, consumer.maxOffset(queue));
        assertTrue(!waiting.isDone());

        producer.send(Clients.message(topic, "at last"));

        Await.until("it is answered", waiting::isDone);
        assertEquals(PullStatus.FOUND, waiting.join().getPullStatus());
        assertEquals(List.of("at last"), bodies(waiting.join()));
    }

    private record Completing(CompletableFuture<PullResult> future) implements PullCallback {
        @Override
        public void onSuccess(PullResult result) {
            future.complete(result);
        }

        @Override
        public void onException(Throwable error) {
            future.completeExceptionally(error);
        }
    }

    @Test
    void shouldPullTheLargestBatchesWhole(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 100);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultMQPullConsumer consumer = clients.pullConsumer(clients.freshName());
        Inbox inbox = new Inbox();
        while (inbox.messages().size() < 100) {
            PullResult result = consumer.pull(queue, "*", inbox.messages().size(), 1_000);
            assertEquals(PullStatus.FOUND, result.getPullStatus());
            inbox.add(result.getMsgFoundList());
        }
        assertEquals(IntStream.range(0, 100).mapToObj(i -> "" + i).toList(), inbox.bodies());
    }

    @Test
    void shouldKeepTheOffsetsThatAPullConsumerCommits(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 20);
        DefaultMQPullConsumer first = clients.pullConsumer(group);
        Set<MessageQueue> queues = first.fetchSubscribeMessageQueues(topic);
        assertEquals(2, queues.size());
        // RocketMQ starts a new group at 0 as long as offset 0 is in memory.
        int unknown = clients.target().isSluice() ? -1 : 0;
        for (MessageQueue queue : queues) {
            assertEquals(unknown, first.fetchConsumeOffset(queue, true));
            first.pull(queue, "*", 0, 1); // Makes the group known: RocketMQ commits for no other.
            first.updateConsumeOffset(queue, 7 + queue.getQueueId());
            first.getDefaultMQPullConsumerImpl().getOffsetStore().persist(queue);
        }
        DefaultMQPullConsumer second = clients.pullConsumer(group);
        for (MessageQueue queue : queues) {
            Await.until(
                    "the offset is committed",
                    () -> second.fetchConsumeOffset(queue, true) == 7 + queue.getQueueId());
        }
    }

    private static List<String> bodies(PullResult result) {
        return result.getMsgFoundList().stream().map(Inbox::body).toList();
    }
}
