package io.sluice.compat.scenario;

import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;

/** The few calls that changed between the major versions of the client, as 5.5 has them. */
final class Dialect {

    private Dialect() {}

    /** Creates a topic as the client does it: like the topic that is the template of all others. */
    static void createTopic(DefaultMQProducer producer, String topic, int queues)
            throws MQClientException {
        producer.createTopic(producer.getCreateTopicKey(), topic, queues, Map.of());
    }

    /** Makes every consumer of the group receive everything. */
    static void broadcast(DefaultMQPushConsumer consumer) {
        consumer.setMessageModel(MessageModel.BROADCASTING);
    }

    /** Lets a message be delivered at a time of the wall clock. */
    static void deliverAtMs(Message message, long ms) {
        message.setDeliverTimeMs(ms);
    }

    static void delayMs(Message message, long ms) {
        message.setDelayTimeMs(ms);
    }

    static void delaySec(Message message, long seconds) {
        message.setDelayTimeSec(seconds);
    }
}
