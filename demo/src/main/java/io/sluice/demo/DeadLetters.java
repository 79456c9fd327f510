package io.sluice.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** Reads a group's dead-letter queue from its beginning. */
final class DeadLetters {
    private static final long POLL_MS = 200;

    private DeadLetters() {}

    /**
     * Waits for the message with this text.
     *
     * @return empty if it has not come within {@code patience}
     */
    static Optional<MessageExt> await(String address, String group, String text, Duration patience)
            throws MQClientException, InterruptedException {
        DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(group + "-inspector");
        consumer.setNamesrvAddr(address);
        consumer.setAutoCommit(false);
        consumer.start();
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            boolean assigned = false;
            while (System.nanoTime() < deadline) {
                assigned = assigned || assign(consumer, MixAll.getDLQTopic(group));
                for (MessageExt message : consumer.poll(POLL_MS)) {
                    if (new String(message.getBody(), StandardCharsets.UTF_8).equals(text)) {
                        return Optional.of(message);
                    }
                }
            }
            return Optional.empty();
        } finally {
            consumer.shutdown();
        }
    }

    /** False while the dead-letter topic does not exist yet. */
    private static boolean assign(DefaultLitePullConsumer consumer, String topic)
            throws InterruptedException {
        try {
            Collection<MessageQueue> queues = consumer.fetchMessageQueues(topic);
            consumer.assign(queues);
            for (MessageQueue queue : queues) {
                consumer.seekToBegin(queue);
            }
            return true;
        } catch (MQClientException e) {
            Thread.sleep(POLL_MS);
            return false;
        }
    }
}
