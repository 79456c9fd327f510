package io.sluice.bench.peer;

import io.sluice.bench.driver.Measured;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/**
 * Sends with the official client, asynchronously, with a fixed number in flight. Runs in a JVM of
 * its own and tells the benchmark about its window in lines that begin with {@code bench:}.
 *
 * <p>Arguments: name server address, topic, queues, body bytes, in flight, warm-up ms, measured ms.
 */
public final class SendDriver {
    private static final long ROUTE_MAX_NS = TimeUnit.SECONDS.toNanos(30);

    private final DefaultMQProducer producer;
    private final String topic;
    private final byte[] body;
    private final int inFlight;
    private final Semaphore permits;
    private final Measured measured = new Measured();

    private SendDriver(DefaultMQProducer producer, String topic, int bodyBytes, int inFlight) {
        this.producer = producer;
        this.topic = topic;
        this.inFlight = inFlight;
        this.permits = new Semaphore(inFlight);
        this.body = new byte[bodyBytes];
        new Random(bodyBytes).nextBytes(body);
    }

    public static void main(String[] args) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer("bench-client-producers");
        producer.setNamesrvAddr(args[0]);
        producer.setDefaultTopicQueueNums(Integer.parseInt(args[2]));
        producer.setRetryTimesWhenSendAsyncFailed(0);
        producer.start();
        SendDriver driver =
                new SendDriver(
                        producer, args[1], Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        driver.createTopic(Integer.parseInt(args[2]));
        driver.run(Long.parseLong(args[5]), Long.parseLong(args[6]));
        System.exit(0);
    }

    /** Sends until the route is known everywhere and has as many queues as were asked for. */
    private void createTopic(int queues) throws Exception {
        long endNs = System.nanoTime() + ROUTE_MAX_NS;
        while (true) {
            try {
                producer.send(new Message(topic, "TagA", body));
                int found = producer.fetchPublishMessageQueues(topic).size();
                if (found == queues) {
                    return;
                }
                requireBefore(endNs, new IllegalStateException(topic + " has queues: " + found));
            } catch (MQClientException e) {
                requireBefore(endNs, e);
            }
            Thread.sleep(200);
        }
    }

    private static void requireBefore(long endNs, Exception otherwise) throws Exception {
        if (System.nanoTime() > endNs) {
            throw otherwise;
        }
    }

    private void run(long warmupMs, long measuredMs) throws Exception {
        sendFor(warmupMs);
        measured.open();
        sendFor(measuredMs);
        measured.close();
        if (!permits.tryAcquire(inFlight, 20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("No answer for 20 s");
        }
        measured.tell();
    }

    private void sendFor(long durationMs) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        while (System.nanoTime() < endNs) {
            if (permits.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                send();
            }
        }
    }

    private void send() throws Exception {
        long sentNs = System.nanoTime();
        producer.send(
                new Message(topic, "TagA", body),
                new SendCallback() {
                    @Override
                    public void onSuccess(SendResult result) {
                        if (result.getSendStatus() != SendStatus.SEND_OK) {
                            measured.failed(
                                    new IllegalStateException("Not SEND_OK: " + result));
                        }
                        measured.took(System.nanoTime() - sentNs, 1);
                        permits.release();
                    }

                    @Override
                    public void onException(Throwable e) {
                        measured.failed(e);
                        permits.release();
                    }
                });
    }
}
