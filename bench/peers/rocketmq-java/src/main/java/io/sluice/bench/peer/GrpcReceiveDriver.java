package io.sluice.bench.peer;

import io.sluice.bench.driver.Measured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;

/**
 * Receives and acknowledges a backlog, with several receives under way, each of which is followed
 * by the acknowledgements of what it brought and then by the next one. A message's latency is that
 * of its receive and all acknowledgements of that: what a consumer waits for.
 *
 * <p>The backlog is sent before; a slow server gets a smaller one, so that sending does not take
 * for ever. The window closes early when it is nearly used up.
 */
public final class GrpcReceiveDriver {
    private static final int BACKLOG_MAX = 400_000;
    private static final int BATCH = 32;
    private static final double WARMUP_SHARE_MAX = 0.4;
    private static final double SHARE_MAX = 0.95;
    private static final long WINDOW_MS_MIN = 2_000;
    private static final Duration INVISIBLE = Duration.ofMinutes(5);
    private static final Duration AWAIT = Duration.ofSeconds(5);

    /** Receives that ask each queue at least once: clients ask one after the other. */
    private static final int JOINING = 16;

    private static final long POLL_MS = 5;
    private static final long SILENCE_MAX_NS = TimeUnit.SECONDS.toNanos(20);

    private final SimpleConsumer consumer;
    private final Measured measured;
    private final AtomicInteger done = new AtomicInteger();

    private GrpcReceiveDriver(SimpleConsumer consumer, Measured measured) {
        this.consumer = consumer;
        this.measured = measured;
    }

    public static void main(String[] args) throws Exception {
        Task task = Task.of(args);
        Measured measured = new Measured();
        SimpleConsumer consumer =
                task.soon(
                        () ->
                                Task.CLIENTS
                                        .newSimpleConsumerBuilder()
                                        .setClientConfiguration(task.configuration())
                                        .setConsumerGroup(task.group())
                                        .setAwaitDuration(AWAIT)
                                        .setSubscriptionExpressions(task.everything())
                                        .build());
        join(consumer);
        int backlog = fill(task, measured);
        GrpcReceiveDriver driver = new GrpcReceiveDriver(consumer, measured);
        for (int i = 0; i < Math.max(1, task.inFlight() / BATCH); i++) {
            driver.receive();
        }
        driver.waitFor(task.warmupMs(), (int) (backlog * WARMUP_SHARE_MAX));
        measured.open();
        driver.waitFor(task.measuredMs(), (int) (backlog * SHARE_MAX));
        measured.close();
        if (measured.elapsedMs() < Math.min(task.measuredMs(), WINDOW_MS_MIN)) {
            throw new IllegalStateException(
                    "A backlog of %d messages lasts for %d ms only: measure for longer"
                            .formatted(backlog, measured.elapsedMs()));
        }
        measured.tell();
        System.exit(0);
    }

    /** New groups begin at the end of a queue when they first ask for it: before it is filled. */
    private static void join(SimpleConsumer consumer) {
        List<CompletableFuture<List<MessageView>>> asked = new ArrayList<>();
        for (int i = 0; i < JOINING; i++) {
            asked.add(consumer.receiveAsync(1, INVISIBLE));
        }
        asked.forEach(CompletableFuture::join);
    }

    private static int fill(Task task, Measured measured) throws Exception {
        try (Producer producer = task.producer()) {
            Sender sender = new Sender(task, producer, measured);
            int sent = sender.send(2 * (task.warmupMs() + task.measuredMs()), BACKLOG_MAX);
            sender.drain();
            return sent;
        }
    }

    private void receive() {
        long beganNs = System.nanoTime();
        consumer.receiveAsync(BATCH, INVISIBLE)
                .thenCompose(this::acknowledge)
                .whenComplete(
                        (count, failure) -> {
                            if (failure != null) {
                                measured.failed(failure);
                                return;
                            }
                            measured.took(System.nanoTime() - beganNs, count);
                            done.addAndGet(count);
                            receive();
                        });
    }

    private CompletableFuture<Integer> acknowledge(List<MessageView> messages) {
        return CompletableFuture.allOf(
                        messages.stream()
                                .map(consumer::ackAsync)
                                .toArray(CompletableFuture[]::new))
                .thenApply(all -> messages.size());
    }

    private void waitFor(long durationMs, int count) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        int before = done.get();
        long changedNs = System.nanoTime();
        while (System.nanoTime() < endNs && done.get() < count && !measured.isFailed()) {
            Thread.sleep(POLL_MS);
            if (done.get() != before) {
                before = done.get();
                changedNs = System.nanoTime();
            } else if (System.nanoTime() - changedNs > SILENCE_MAX_NS) {
                measured.failed(new IllegalStateException("Nothing received for 20 s"));
            }
        }
    }
}
