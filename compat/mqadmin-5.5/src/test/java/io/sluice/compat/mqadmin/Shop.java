package io.sluice.compat.mqadmin;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;

/**
 * Something for operators to look at: a topic of four queues, a producer that has sent ten messages
 * to it, and a consumer that has consumed them.
 */
final class Shop implements AutoCloseable {
    static final int MESSAGES = 10;

    private static final AtomicInteger NEXT = new AtomicInteger(1);

    final String topic;
    final String group;
    final String producers;
    final List<SendResult> sent = new CopyOnWriteArrayList<>();
    final AtomicInteger consumed = new AtomicInteger();
    final DefaultMQPushConsumer consumer;
    private final DefaultMQProducer producer;

    Shop(Target target, Mqadmin mqadmin) throws Exception {
        int number = NEXT.getAndIncrement();
        topic = "orders-" + number;
        group = "billing-" + number;
        producers = "shop-" + number;
        mqadmin.expect(
                List.of("create topic to " + target.address() + " success."),
                ("updateTopic -c sluice -r 4 -w 4 -t " + topic).split(" "));
        producer = new DefaultMQProducer(producers);
        consumer = new DefaultMQPushConsumer(group);
        configure(target, producer);
        producer.setSendMsgTimeout(30_000);
        configure(target, consumer);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPersistConsumerOffsetInterval(500);
        consumer.subscribe(topic, "paid || open");
        consumer.registerMessageListener(
                (MessageListenerConcurrently)
                        (messages, context) -> {
                            consumed.addAndGet(messages.size());
                            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                        });
        consumer.start();
        producer.start();
        for (int i = 0; i < MESSAGES; i++) {
            byte[] body = ("body " + i).getBytes(StandardCharsets.UTF_8);
            sent.add(producer.send(new Message(topic, "paid", "key-" + i, body)));
        }
        Await.until("all is consumed", () -> consumed.get() >= MESSAGES);
        awaitCommitted(mqadmin);
    }

    /** Waits until the consumer has committed all that was sent, by whomever. */
    void awaitCommitted(Mqadmin mqadmin) {
        String progress = "consumerProgress -g " + group + " -t " + topic;
        Await.until(
                "offsets are committed",
                () -> mqadmin.run(progress.split(" ")).contains("Consume Diff Total: 0"));
    }

    private static void configure(Target target, ClientConfig client) {
        client.setNamesrvAddr(target.address());
        client.setInstanceName("shop-" + NEXT.getAndIncrement());
        client.setMqClientApiTimeout(30_000);
        client.setPollNameServerInterval(1_000);
        client.setHeartbeatBrokerInterval(2_000);
    }

    String clientId() {
        return consumer.buildMQClientId();
    }

    @Override
    public void close() {
        producer.shutdown();
        consumer.shutdown();
    }
}
