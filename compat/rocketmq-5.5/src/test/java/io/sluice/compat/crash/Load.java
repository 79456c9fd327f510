package io.sluice.compat.crash;

import io.sluice.compat.harness.Target;
import io.sluice.compat.harness.crash.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Writers that go on sending through every crash. A send whose answer got lost may or may not be
 * stored, and is never sent again: so nothing may be stored twice.
 */
final class Load implements AutoCloseable {

    static final int SYNC_WRITERS = 3;
    private static final int ASYNC_WRITER = SYNC_WRITERS;
    static final int WRITERS = SYNC_WRITERS + 1;

    private static final int IN_FLIGHT = 32;
    private static final int SEND_TIMEOUT_MS = 3_000;
    private static final long PAUSE_AFTER_ERROR_MS = 20;

    private final List<MessageQueue> queues;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final DefaultMQProducer producer = new DefaultMQProducer("crash-load");
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore slots = new Semaphore(IN_FLIGHT);
    private final AtomicLong count = new AtomicLong();
    private final Queue<Throwable> violations = new ConcurrentLinkedQueue<>();
    private volatile boolean isRunning = true;

    /**
     * @param queues all queues of the topic, by id
     */
    Load(Target server, List<MessageQueue> queues) {
        this.queues = queues;
        queues.forEach(queue -> acknowledged.add(new Acknowledged()));
        producer.setNamesrvAddr(server.address());
        producer.setSendMsgTimeout(SEND_TIMEOUT_MS);
        producer.setRetryTimesWhenSendAsyncFailed(0);
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
    }

    void start() throws MQClientException {
        producer.start();
        for (int writer = 0; writer < SYNC_WRITERS; writer++) {
            int id = writer;
            threads.add(Thread.ofPlatform().name("sync-" + id).start(() -> writeSync(id)));
        }
        threads.add(Thread.ofPlatform().name("async").start(this::writeAsync));
    }

    /** How many messages have been acknowledged so far. */
    long count() {
        return count.get();
    }

    List<Acknowledged> acknowledged() {
        return acknowledged;
    }

    /** Fails if an acknowledgement was wrong in itself. */
    void check() {
        if (!violations.isEmpty()) {
            throw new AssertionError("a wrong acknowledgement", violations.peek());
        }
    }

    private void writeSync(int writer) {
        for (long sequence = 0; isRunning; sequence++) {
            long id = Payload.id(writer, sequence);
            MessageQueue queue = queues.get((int) (sequence % queues.size()));
            try {
                acknowledge(id, producer.send(message(queue, id), queue));
            } catch (Exception unknownOutcome) {
                pause();
            }
        }
    }

    private void writeAsync() {
        for (long sequence = 0; isRunning; sequence++) {
            long id = Payload.id(ASYNC_WRITER, sequence);
            MessageQueue queue = queues.get((int) (sequence % queues.size()));
            slots.acquireUninterruptibly();
            try {
                producer.send(message(queue, id), queue, new Answer(id));
            } catch (Exception neverSent) {
                slots.release();
                pause();
            }
        }
    }

    private static Message message(MessageQueue queue, long id) {
        return new Message(queue.getTopic(), Payload.body(id));
    }

    private void acknowledge(long id, SendResult result) {
        if (result.getSendStatus() != SendStatus.SEND_OK) {
            return;
        }
        try {
            int queueId = result.getMessageQueue().getQueueId();
            acknowledged.get(queueId).add(result.getQueueOffset(), id);
            count.incrementAndGet();
        } catch (AssertionError violation) {
            violations.add(violation);
        }
    }

    private final class Answer implements SendCallback {

        private final long id;

        Answer(long id) {
            this.id = id;
        }

        @Override
        public void onSuccess(SendResult result) {
            acknowledge(id, result);
            slots.release();
        }

        @Override
        public void onException(Throwable unknownOutcome) {
            pause();
            slots.release();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_ERROR_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops sending and waits until every answer that can come has come. */
    void finish() throws InterruptedException {
        isRunning = false;
        for (Thread thread : threads) {
            thread.join();
        }
        slots.acquire(IN_FLIGHT);
        slots.release(IN_FLIGHT);
    }

    @Override
    public void close() {
        isRunning = false;
        producer.shutdown();
    }
}
