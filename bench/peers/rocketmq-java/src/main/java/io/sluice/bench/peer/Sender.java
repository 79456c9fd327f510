package io.sluice.bench.peer;

import io.sluice.bench.driver.Measured;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.apis.producer.Producer;

/** Sends asynchronously with a fixed number in flight. */
final class Sender {
    private final Task task;
    private final Producer producer;
    private final Measured measured;
    private final byte[] body;
    private final Semaphore permits;

    Sender(Task task, Producer producer, Measured measured) {
        this.task = task;
        this.producer = producer;
        this.measured = measured;
        permits = new Semaphore(task.inFlight());
        body = new byte[task.bodyBytes()];
        new Random(body.length).nextBytes(body);
    }

    /** Sends for so long, or until so many are sent; returns how many. */
    int send(long durationMs, int most) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        int sent = 0;
        while (System.nanoTime() < endNs && sent < most && !measured.isFailed()) {
            if (permits.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                send();
                sent++;
            }
        }
        return sent;
    }

    private void send() {
        long sentNs = System.nanoTime();
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
                            measured.took(System.nanoTime() - sentNs, 1);
                            permits.release();
                        });
    }

    /** Waits for all answers. */
    void drain() throws InterruptedException {
        if (!permits.tryAcquire(task.inFlight(), 20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("No answer for 20 s");
        }
        permits.release(task.inFlight());
    }
}
