package io.sluice.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;

/**
 * One thread per queue, each sending its share of the texts in order and the next only after the
 * last was acknowledged. A send that fails, as all do while the server is dead, is repeated.
 */
final class Senders {
    private static final long RETRY_AFTER_MS = 100;

    private final DefaultMQProducer producer;
    private final String topic;
    private final Input input;
    private final Ledger ledger;
    private final AtomicInteger failures = new AtomicInteger();
    private final List<MessageQueue> queues = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean cancelled;
    private volatile String lastFailure = "";

    Senders(DefaultMQProducer producer, String topic, Input input, Ledger ledger) {
        this.producer = producer;
        this.topic = topic;
        this.input = input;
        this.ledger = ledger;
    }

    /**
     * Sends the first text, which creates the topic.
     *
     * @return how many queues it has
     */
    int sendFirst(Duration patience) throws DemoException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Message message = message(0);
        while (!send(() -> producer.send(message), 0) || !knowQueues()) {
            if (System.nanoTime() > deadline) {
                throw new DemoException("the first message could not be sent: " + lastFailure);
            }
            Thread.sleep(RETRY_AFTER_MS);
        }
        return queues.size();
    }

    private boolean knowQueues() {
        try {
            queues.addAll(producer.fetchPublishMessageQueues(topic));
            return true;
        } catch (MQClientException e) {
            lastFailure = e.toString();
            return false;
        }
    }

    /** Sends all other texts; {@link #sendFirst} comes before. */
    void start() {
        for (int i = 0; i < queues.size(); i++) {
            int first = i;
            threads.add(
                    Thread.ofPlatform().daemon().name("sender-" + i).start(() -> sendAll(first)));
        }
    }

    /** How many sends came back with an error and were repeated. */
    int failures() {
        return failures.get();
    }

    void cancel() {
        cancelled = true;
        threads.forEach(Thread::interrupt);
    }

    private void sendAll(int share) {
        try {
            MessageQueue queue = queues.get(share);
            int step = queues.size();
            for (int number = share == 0 ? step : share; number < input.count(); number += step) {
                int text = number;
                Message message = message(text);
                while (!cancelled && !send(() -> producer.send(message, queue), text)) {
                    Thread.sleep(RETRY_AFTER_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Message message(int number) {
        byte[] body = input.text(number).getBytes(StandardCharsets.UTF_8);
        return new Message(topic, "demo", String.valueOf(number), body);
    }

    private boolean send(Send send, int number) throws InterruptedException {
        try {
            SendResult result = send.send();
            if (result.getSendStatus() == SendStatus.SEND_OK) {
                ledger.acknowledged(result.getMsgId(), number);
                return true;
            }
            lastFailure = result.toString();
        } catch (RemotingException | MQClientException | MQBrokerException e) {
            lastFailure = e.toString();
        } catch (IllegalStateException e) {
            lastFailure = e.toString(); // so the client says that a route could not be asked for
        }
        failures.incrementAndGet();
        return false;
    }

    private interface Send {
        SendResult send()
                throws RemotingException,
                        MQClientException,
                        MQBrokerException,
                        InterruptedException;
    }
}
