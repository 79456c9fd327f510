import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * The official client, doing once what Sluice answers. Compiles against 4.9 and 5.5 alike. Arguments:
 * what all names begin with, and whether to send only.
 */
class Client {
    private static final String NAMESRV = "127.0.0.2:" + Ports.NAMESRV;
    private static final String BROKER = "127.0.0.2:" + Ports.BROKER;
    private static final int MESSAGES = 12;

    private final String topic;
    private final String group;
    private final DefaultMQProducer producer;

    Client(String prefix) {
        topic = prefix + "-topic";
        group = prefix + "-group";
        producer = new DefaultMQProducer(prefix + "-producer");
        producer.setNamesrvAddr(NAMESRV);
        producer.setSendMsgTimeout(10_000);
    }

    public static void main(String[] args) throws Exception {
        int status = 1;
        try {
            Client client = new Client(args[0]);
            client.producer.start();
            if (args.length > 1) {
                client.send();
            } else {
                client.everything();
            }
            client.producer.shutdown();
            status = 0;
        } catch (Exception e) {
            e.printStackTrace();
        } finally {
            Runtime.getRuntime().halt(status); // the client's threads would go on
        }
    }

    private void everything() throws Exception {
        DefaultMQAdminExt admin = new DefaultMQAdminExt(group + "-admin");
        admin.setNamesrvAddr(NAMESRV);
        admin.start();
        admin.createAndUpdateTopicConfig(BROKER, new TopicConfig(topic, 4, 4, 6));
        awaitRoute(admin);
        SendResult sent = send();
        ask(admin, sent);
        consume();
        consumeOrderly();
        consumeFiltered();
        consumeLite();
        delete(admin);
        admin.shutdown();
    }

    private void awaitRoute(DefaultMQAdminExt admin) throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                admin.examineTopicRouteInfo(topic);
                return;
            } catch (Exception e) {
                if (attempt == 100) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private SendResult send() throws Exception {
        SendResult sent = null;
        for (int i = 0; i < MESSAGES; i++) {
            sent = producer.send(message("body " + i, i));
        }
        producer.send(List.of(message("batch 0", 0), message("batch 1", 1)));
        producer.sendOneway(message("oneway", 0));
        return sent;
    }

    private Message message(String body, int i) {
        Message message = new Message(topic, i % 2 == 0 ? "even" : "odd", "key" + i, body.getBytes());
        message.setFlag(i);
        message.putUserProperty("colour", "grün \"\\/ ☃");
        return message;
    }

    private void ask(DefaultMQAdminExt admin, SendResult sent) throws Exception {
        MessageQueue queue = sent.getMessageQueue();
        producer.maxOffset(queue);
        producer.minOffset(queue);
        producer.earliestMsgStoreTime(queue);
        producer.searchOffset(queue, System.currentTimeMillis() - 60_000);
        producer.viewMessage(topic, sent.getOffsetMsgId());
        quietly(() -> producer.queryMessage(topic, "key1", 8, 0, System.currentTimeMillis() + 60_000));
        quietly(() -> producer.viewMessage(topic, sent.getMsgId()));
        quietly(() -> admin.examineTopicRouteInfo(topic + "-none"));
        admin.examineBrokerClusterInfo();
        createGroup(admin);
    }

    /** The class of a group's configuration has moved between the versions. */
    private void createGroup(DefaultMQAdminExt admin) throws Exception {
        for (var method : DefaultMQAdminExt.class.getMethods()) {
            if (method.getName().equals("createAndUpdateSubscriptionGroupConfig")) {
                Object config = method.getParameterTypes()[1].getConstructor().newInstance();
                config.getClass().getMethod("setGroupName", String.class).invoke(config, group);
                method.invoke(admin, BROKER, config);
            }
        }
    }

    private DefaultMQPushConsumer consumer(String name, String instance) {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(name);
        consumer.setNamesrvAddr(NAMESRV);
        consumer.setInstanceName(instance);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        return consumer;
    }

    /** One message fails; another member joins and leaves. */
    private void consume() throws Exception {
        CountDownLatch consumed = new CountDownLatch(MESSAGES);
        AtomicBoolean failed = new AtomicBoolean();
        DefaultMQPushConsumer first = consumer(group, "first");
        first.subscribe(topic, "even || odd");
        first.registerMessageListener(
                (MessageListenerConcurrently)
                        (messages, status) -> {
                            consumed.countDown();
                            return failed.compareAndSet(false, true)
                                    ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                                    : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                        });
        first.start();
        await(consumed);
        DefaultMQPushConsumer second = consumer(group, "second");
        second.subscribe(topic, "even || odd");
        second.registerMessageListener(
                (MessageListenerConcurrently)
                        (messages, status) -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS);
        second.start();
        Thread.sleep(6_000); // offsets are committed every five seconds
        second.shutdown();
        first.shutdown();
    }

    private void consumeOrderly() throws Exception {
        CountDownLatch consumed = new CountDownLatch(MESSAGES);
        DefaultMQPushConsumer consumer = consumer(group + "-orderly", "orderly");
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(
                (MessageListenerOrderly)
                        (messages, status) -> {
                            consumed.countDown();
                            return ConsumeOrderlyStatus.SUCCESS;
                        });
        consumer.start();
        await(consumed);
        consumer.shutdown();
    }

    private void consumeFiltered() throws Exception {
        CountDownLatch consumed = new CountDownLatch(1);
        DefaultMQPushConsumer consumer = consumer(group + "-sql", "sql");
        consumer.subscribe(topic, MessageSelector.bySql("TAGS = 'even'"));
        consumer.registerMessageListener(
                (MessageListenerConcurrently)
                        (messages, status) -> {
                            consumed.countDown();
                            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                        });
        consumer.start();
        await(consumed);
        consumer.shutdown();
    }

    private void consumeLite() throws Exception {
        DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(group + "-lite");
        consumer.setNamesrvAddr(NAMESRV);
        consumer.setAutoCommit(false);
        consumer.start();
        Collection<MessageQueue> queues = consumer.fetchMessageQueues(topic);
        consumer.assign(queues);
        for (MessageQueue queue : queues) {
            consumer.seekToBegin(queue);
        }
        for (int attempt = 0; consumer.poll(1_000).isEmpty(); attempt++) {
            if (attempt == 30) {
                throw new IllegalStateException("lite pull got nothing");
            }
        }
        consumer.commitSync();
        consumer.shutdown();
    }

    private void delete(DefaultMQAdminExt admin) throws Exception {
        admin.deleteSubscriptionGroup(BROKER, group);
        admin.deleteTopicInBroker(Set.of(BROKER), topic);
        // the versions do not agree on which of the two is the cluster
        admin.deleteTopicInNameServer(Set.of(NAMESRV), topic, topic);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("messages did not arrive");
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    /** For requests whose answer may be that nothing was found. */
    private static void quietly(Attempt attempt) {
        try {
            attempt.run();
        } catch (Exception e) {
            System.out.println("answered with " + e.getMessage());
        }
    }
}
