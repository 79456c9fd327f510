package io.sluice.compat.scenario;

import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.protocol.heartbeat.MessageModel;

/** The few calls that changed between the major versions of the client, as 4.9 has them. */
final class Dialect {

    private Dialect() {}

    /** Creates a topic as the client does it: like the topic that is the template of all others. */
    static void createTopic(DefaultMQProducer producer, String topic, int queues)
            throws MQClientException {
        producer.createTopic(producer.getCreateTopicKey(), topic, queues);
    }

    /** Makes every consumer of the group receive everything. */
    static void broadcast(DefaultMQPushConsumer consumer) {
        consumer.setMessageModel(MessageModel.BROADCASTING);
    }

    /** This client has no method for it; the server looks at the property. */
    static void deliverAtMs(Message message, long ms) {
        MessageAccessor.putProperty(message, "TIMER_DELIVER_MS", Long.toString(ms));
    }

    static void delayMs(Message message, long ms) {
        MessageAccessor.putProperty(message, "TIMER_DELAY_MS", Long.toString(ms));
    }

    static void delaySec(Message message, long seconds) {
        MessageAccessor.putProperty(message, "TIMER_DELAY_SEC", Long.toString(seconds));
    }
}
