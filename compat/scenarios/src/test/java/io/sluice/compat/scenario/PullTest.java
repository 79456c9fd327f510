package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.MQPullConsumerScheduleService;
import org.apache.rocketmq.client.consumer.PullCallback;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Consuming: classic pull")
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

    @Test
    void shouldShareQueuesAmongPullConsumers(Clients clients) throws Exception {
        String topic = clients.topic(4);
        String group = clients.freshName();
        DefaultMQPullConsumer one = clients.unstartedPullConsumer(group);
        DefaultMQPullConsumer two = clients.unstartedPullConsumer(group);
        for (DefaultMQPullConsumer each : List.of(one, two)) {
            each.setRegisterTopics(Set.of(topic));
            clients.start(each);
        }
        Await.until(
                "each has half, and none both",
                () -> {
                    Set<MessageQueue> ofOne = one.fetchMessageQueuesInBalance(topic);
                    Set<MessageQueue> ofTwo = two.fetchMessageQueuesInBalance(topic);
                    return ofOne.size() == 2
                            && ofTwo.size() == 2
                            && ofOne.stream().noneMatch(ofTwo::contains);
                });
    }

    @Test
    void shouldGiveAMessageBackForALaterTry(Clients clients) throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        DefaultMQProducer producer = clients.producer();
        Clients.send(producer, topic, 1);
        MessageQueue queue = Clients.queues(producer, topic).get(0);
        DefaultMQPullConsumer consumer = clients.unstartedPullConsumer(group);
        consumer.setRegisterTopics(Set.of(topic));
        clients.start(consumer);
        PullResult first = consumer.pull(queue, "*", 0, 1);
        assertEquals(PullStatus.FOUND, first.getPullStatus());

        Await.until(
                "the group is known, and takes it back",
                () -> {
                    consumer.sendMessageBack(first.getMsgFoundList().get(0), 1);
                    return true;
                });

        MessageQueue retries = new MessageQueue("%RETRY%" + group, queue.getBrokerName(), 0);
        Inbox inbox = new Inbox();
        Await.until(
                "it comes again",
                () -> {
                    PullResult again = consumer.pull(retries, "*", 0, 1);
                    if (again.getPullStatus() == PullStatus.FOUND) {
                        inbox.add(again.getMsgFoundList());
                    }
                    return again.getPullStatus() == PullStatus.FOUND;
                });
        assertEquals(1, inbox.awaitOne().getReconsumeTimes());
        assertEquals("0", inbox.bodies().get(0));
    }

    @Test
    void shouldPullOnSchedule(Clients clients) throws Exception {
        String topic = clients.topic(2);
        String group = clients.freshName();
        Clients.send(clients.producer(), topic, 30);
        Inbox inbox = new Inbox();
        MQPullConsumerScheduleService schedule = clients.pullSchedule(group);
        schedule.registerPullTaskCallback(
                topic,
                (queue, context) -> {
                    context.setPullNextDelayTimeMillis(20);
                    try {
                        long offset =
                                Math.max(
                                        0,
                                        context.getPullConsumer().fetchConsumeOffset(queue, false));
                        PullResult result = context.getPullConsumer().pull(queue, "*", offset, 8);
                        if (result.getPullStatus() == PullStatus.FOUND) {
                            inbox.add(result.getMsgFoundList());
                        }
                        context.getPullConsumer()
                                .updateConsumeOffset(queue, result.getNextBeginOffset());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        clients.start(schedule);
        inbox.awaitExactly(IntStream.range(0, 30).mapToObj(Integer::toString).toList());
    }

    private static List<String> bodies(PullResult result) {
        return result.getMsgFoundList().stream().map(Inbox::body).toList();
    }
}
