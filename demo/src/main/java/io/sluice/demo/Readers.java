package io.sluice.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * The consumer group. It enters every message into the ledger, except for one text that it cannot
 * digest: that one fails each time, until the server gives it up.
 */
final class Readers {
    /** How often the bad message is tried again after its first failure. */
    static final int RETRIES = 2;

    /** RocketMQ's first delay level, one second. */
    private static final int DELAY_LEVEL = 1;

    private final DefaultMQPushConsumer consumer;
    private final Ledger ledger;
    private final String badText;
    private final AtomicInteger badAttempts = new AtomicInteger();

    Readers(String address, String group, String topic, Ledger ledger, String badText)
            throws MQClientException {
        this.ledger = ledger;
        this.badText = badText;
        consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(address);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setMaxReconsumeTimes(RETRIES);
        consumer.setPollNameServerInterval((int) Duration.ofSeconds(1).toMillis());
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) this::consume);
    }

    void start() throws MQClientException {
        consumer.start();
    }

    void stop() {
        consumer.shutdown();
    }

    /** How often the bad message has been delivered. */
    int badAttempts() {
        return badAttempts.get();
    }

    private ConsumeConcurrentlyStatus consume(
            List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        for (MessageExt message : messages) {
            String text = new String(message.getBody(), StandardCharsets.UTF_8);
            if (text.equals(badText)) {
                badAttempts.accumulateAndGet(message.getReconsumeTimes() + 1, Math::max);
                context.setDelayLevelWhenNextConsume(DELAY_LEVEL);
                return ConsumeConcurrentlyStatus.RECONSUME_LATER;
            }
            ledger.consumed(
                    message.getMsgId(), message.getQueueId(), message.getQueueOffset(), text);
        }
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    }
}
