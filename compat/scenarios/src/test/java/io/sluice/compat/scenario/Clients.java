package io.sluice.compat.scenario;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MQPullConsumerScheduleService;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.listener.MessageListener;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.consumer.store.ReadOffsetType;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Official clients for one test, each an instance of its own as if in a process of its own, and
 * names that no other test uses. Closing it shuts all of them down.
 */
final class Clients implements AutoCloseable {

    /** Longer than any pause of a loaded machine; no test waits for it to pass. */
    private static final int REQUEST_TIMEOUT_MS = 30_000;

    private static final AtomicInteger NEXT = new AtomicInteger(1);

    private final Target target;
    private final String name;
    private final ConcurrentLinkedDeque<Runnable> shutdowns = new ConcurrentLinkedDeque<>();

    /**
     * @param name prefix of topics, groups and instances
     */
    Clients(Target target, String name) {
        this.target = target;
        this.name = name.length() > 60 ? name.substring(0, 60) : name;
    }

    Target target() {
        return target;
    }

    /** A name that nobody has used: of a topic that does not exist yet, or of a group. */
    String freshName() {
        return name + "-" + NEXT.getAndIncrement();
    }

    /** A new topic, created by the client. */
    String topic(int queues) throws MQClientException {
        String topic = freshName();
        createTopic(topic, queues);
        return topic;
    }

    void createTopic(String topic, int queues) throws MQClientException {
        DefaultMQProducer admin = unstartedProducer();
        admin.start();
        try {
            Dialect.createTopic(admin, topic, queues);
            Await.until(
                    topic + " has " + queues + " queues",
                    () -> admin.fetchPublishMessageQueues(topic).size() == queues);
        } finally {
            admin.shutdown();
        }
    }

    DefaultMQProducer producer() throws MQClientException {
        return start(unstartedProducer());
    }

    DefaultMQProducer unstartedProducer() {
        DefaultMQProducer producer = new DefaultMQProducer(freshName());
        configure(producer);
        return producer;
    }

    /** A producer of transactional messages; not started. */
    TransactionMQProducer transactionProducer(String group) {
        TransactionMQProducer producer = new TransactionMQProducer(group);
        configure(producer);
        return producer;
    }

    DefaultMQProducer start(DefaultMQProducer producer) throws MQClientException {
        producer.start();
        shutdowns.push(producer::shutdown);
        return producer;
    }

    /** A consumer that reads new groups' queues from the first message on; not started. */
    DefaultMQPushConsumer pushConsumer(String group) {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        configure(consumer);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPersistConsumerOffsetInterval(500);
        consumer.setConsumeThreadMin(2);
        consumer.setConsumeThreadMax(4);
        return consumer;
    }

    /** A started consumer of everything in {@code topic}. */
    DefaultMQPushConsumer consume(String group, String topic, MessageListener listener)
            throws MQClientException {
        return consume(pushConsumer(group), topic, "*", listener);
    }

    DefaultMQPushConsumer consume(
            DefaultMQPushConsumer consumer, String topic, String tags, MessageListener listener)
            throws MQClientException {
        return consume(consumer, topic, MessageSelector.byTag(tags), listener);
    }

    DefaultMQPushConsumer consume(
            DefaultMQPushConsumer consumer,
            String topic,
            MessageSelector wanted,
            MessageListener listener)
            throws MQClientException {
        consumer.subscribe(topic, wanted);
        switch (listener) {
            case MessageListenerConcurrently any -> consumer.registerMessageListener(any);
            case MessageListenerOrderly ordered -> consumer.registerMessageListener(ordered);
            default -> throw new IllegalArgumentException("what listener is " + listener);
        }
        shutdowns.push(consumer::shutdown);
        consumer.start();
        return consumer;
    }

    DefaultMQPullConsumer pullConsumer(String group) throws MQClientException {
        return start(unstartedPullConsumer(group));
    }

    DefaultMQPullConsumer unstartedPullConsumer(String group) {
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(group);
        configure(consumer);
        return consumer;
    }

    DefaultMQPullConsumer start(DefaultMQPullConsumer consumer) throws MQClientException {
        consumer.start();
        shutdowns.push(consumer::shutdown);
        return consumer;
    }

    DefaultLitePullConsumer liteConsumer(String group) {
        DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(group);
        configure(consumer);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        return consumer;
    }

    DefaultLitePullConsumer start(DefaultLitePullConsumer consumer) throws MQClientException {
        consumer.start();
        shutdowns.push(consumer::shutdown);
        return consumer;
    }

    MQPullConsumerScheduleService pullSchedule(String group) {
        MQPullConsumerScheduleService schedule = new MQPullConsumerScheduleService(group);
        configure(schedule.getDefaultMQPullConsumer());
        return schedule;
    }

    void start(MQPullConsumerScheduleService schedule) throws MQClientException {
        schedule.start();
        shutdowns.push(schedule::shutdown);
    }

    /** A client that a test made itself, pointed at the server; a consumer begins at the first. */
    <T extends ClientConfig> T configured(T client) {
        configure(client);
        if (client instanceof DefaultMQPushConsumer consumer) {
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        }
        return client;
    }

    private void configure(ClientConfig client) {
        client.setNamesrvAddr(target.address());
        client.setInstanceName(freshName());
        client.setMqClientApiTimeout(REQUEST_TIMEOUT_MS);
        client.setPollNameServerInterval(1_000);
        client.setHeartbeatBrokerInterval(2_000);
        if (client instanceof DefaultMQProducer producer) {
            producer.setSendMsgTimeout(REQUEST_TIMEOUT_MS);
        }
    }

    /** Sends {@code count} messages with bodies "0", "1", ... to all queues of a topic in turn. */
    static List<SendResult> send(DefaultMQProducer producer, String topic, int count)
            throws Exception {
        List<SendResult> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(producer.send(message(topic, Integer.toString(i))));
        }
        return results;
    }

    static Message message(String topic, String body) {
        return new Message(topic, bytes(body));
    }

    static Message message(String topic, String tag, String body) {
        return new Message(topic, tag, bytes(body));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The queues of a topic in the order of their ids. */
    static List<MessageQueue> queues(DefaultMQProducer producer, String topic)
            throws MQClientException {
        return producer.fetchPublishMessageQueues(topic).stream()
                .sorted(Comparator.comparingInt(MessageQueue::getQueueId))
                .toList();
    }

    /** The queues that a consumer reads at present. */
    static List<MessageQueue> assigned(DefaultMQPushConsumer consumer, String topic) {
        return consumer
                .getDefaultMQPushConsumerImpl()
                .getRebalanceImpl()
                .getProcessQueueTable()
                .keySet()
                .stream()
                .filter(queue -> queue.getTopic().equals(topic))
                .toList();
    }

    /** How many messages of its queues the consumer has not yet committed at the server. */
    static long lag(DefaultMQPushConsumer consumer, String topic) throws MQClientException {
        OffsetStore offsets = consumer.getDefaultMQPushConsumerImpl().getOffsetStore();
        long lag = 0;
        for (MessageQueue queue : assigned(consumer, topic)) {
            long committed = offsets.readOffset(queue, ReadOffsetType.READ_FROM_STORE);
            lag += consumer.maxOffset(queue) - Math.max(0, committed);
        }
        return lag;
    }

    @Override
    public void close() {
        while (!shutdowns.isEmpty()) {
            shutdowns.pop().run();
        }
    }
}
