package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** A clean stop and start of the server while clients go on. */
@Scenario
@Feature("Durability: restart in the middle of it all")
class RestartTest {

    @Test
    void shouldGoOnAfterARestartInTheMiddleOfSendingAndConsuming() throws Exception {
        try (Target server = Target.launch("restart");
                Clients clients = new Clients(server, "restart")) {
            String topic = clients.topic(4);
            String group = clients.freshName();
            Inbox inbox = new Inbox();
            clients.consume(group, topic, inbox);
            Sender sender = new Sender(clients.producer(), topic);

            sender.awaitMore(200);
            server.stop();
            server.start();
            sender.awaitMore(200);
            sender.finish();

            Await.until(
                    "all that was acknowledged has come",
                    () -> new HashSet<>(inbox.bodies()).containsAll(sender.acknowledged));
        }
    }

    @Test
    void shouldKeepMessagesOffsetsAndTopicsOverARestart() throws Exception {
        try (Target server = Target.launch("restart-quiet");
                Clients clients = new Clients(server, "quiet")) {
            String topic = clients.topic(3);
            String group = clients.freshName();
            DefaultMQProducer producer = clients.producer();
            Clients.send(producer, topic, 30);
            Inbox before = new Inbox();
            DefaultMQPushConsumer consumer = clients.consume(group, topic, before);
            before.await(30);
            Await.until("all is committed", () -> Clients.lag(consumer, topic) == 0);
            consumer.shutdown();
            Clients.send(producer, topic, 3);

            server.stop();
            server.start();

            DefaultMQProducer later = clients.producer();
            List<MessageQueue> queues = Clients.queues(later, topic);
            assertEquals(3, queues.size());
            assertEquals(33, queues.stream().mapToLong(queue -> maxOffset(later, queue)).sum());
            Inbox after = new Inbox();
            clients.consume(group, topic, after);
            after.awaitExactly(IntStream.range(0, 3).mapToObj(Integer::toString).toList());
        }
    }

    private static long maxOffset(DefaultMQProducer producer, MessageQueue queue) {
        try {
            return producer.maxOffset(queue);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Sends without pause from a thread of its own, through errors too. */
    private static final class Sender {

        private static final long PAUSE_AFTER_ERROR_NS = 20_000_000;

        private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean isRunning = new AtomicBoolean(true);
        private final Thread thread;

        Sender(DefaultMQProducer producer, String topic) {
            thread = Thread.ofPlatform().start(() -> run(producer, topic));
        }

        private void run(DefaultMQProducer producer, String topic) {
            for (int i = 0; isRunning.get(); i++) {
                String body = "m" + i;
                try {
                    SendResult result = producer.send(Clients.message(topic, body));
                    if (result.getSendStatus() == SendStatus.SEND_OK) {
                        acknowledged.add(body);
                    }
                } catch (Exception serverIsDown) {
                    LockSupport.parkNanos(PAUSE_AFTER_ERROR_NS);
                }
            }
        }

        void awaitMore(int count) {
            int goal = acknowledged.size() + count;
            Await.until(count + " more are sent", () -> acknowledged.size() >= goal);
        }

        void finish() throws InterruptedException {
            isRunning.set(false);
            thread.join();
            Set<String> unique = new HashSet<>(acknowledged);
            assertTrue(unique.size() == acknowledged.size());
        }
    }
}
