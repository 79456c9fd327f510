package io.sluice.bench.peer;

import io.sluice.bench.driver.Measured;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;

/**
 * Sends at a fixed rate and has all pushed to a listener. Latency runs from the moment at which a
 * message was to be sent, whether it could be or not, until it is with the listener.
 */
public final class GrpcLatencyDriver {
    private static final int PER_SECOND = 1_000;
    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

    private final Task task;
    private final Producer producer;
    private final Measured measured;

    private GrpcLatencyDriver(Task task, Producer producer, Measured measured) {
        this.task = task;
        this.producer = producer;
        this.measured = measured;
    }

    public static void main(String[] args) throws Exception {
        Task task = Task.of(args);
        Measured measured = new Measured();
        GrpcLatencyDriver driver = new GrpcLatencyDriver(task, task.producer(), measured);
        PushConsumer consumer =
                task.soon(
                        () ->
                                Task.CLIENTS
                                        .newPushConsumerBuilder()
                                        .setClientConfiguration(task.configuration())
                                        .setConsumerGroup(task.group())
                                        .setSubscriptionExpressions(task.everything())
                                        .setMessageListener(driver::consume)
                                        .build());
        driver.sendFor(task.warmupMs());
        measured.open();
        driver.sendFor(task.measuredMs());
        measured.close();
        measured.tell();
        System.err.println("listened as " + consumer.getConsumerGroup());
        System.exit(0);
    }

    private void sendFor(long durationMs) {
        long dueNs = System.nanoTime();
        long endNs = dueNs + TimeUnit.MILLISECONDS.toNanos(durationMs);
        for (; dueNs < endNs && !measured.isFailed(); dueNs += EVERY_NS) {
            for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; ) {
                LockSupport.parkNanos(leftNs);
                leftNs = dueNs - System.nanoTime();
            }
            send(dueNs);
        }
    }

    private void send(long dueNs) {
        byte[] body = new byte[task.bodyBytes()];
        ByteBuffer.wrap(body).putLong(dueNs);
        producer.sendAsync(
                        Task.CLIENTS
                                .newMessageBuilder()
                                .setTopic(task.topic())
                                .setTag("TagA")
                                .setBody(body)
                                .build())
                .whenComplete(
                        (receipt, failure) -> {
                            if (failure != null) {
                                measured.failed(failure);
                            }
                        });
    }

    private ConsumeResult consume(MessageView message) {
        measured.took(System.nanoTime() - message.getBody().getLong(), 1);
        return ConsumeResult.SUCCESS;
    }
}
