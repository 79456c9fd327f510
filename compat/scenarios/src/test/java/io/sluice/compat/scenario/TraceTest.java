package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

/** What clients trace is stored, and found by the ids and keys of the messages. */
@Scenario
@Feature("Finding: message traces")
class TraceTest {
    private static final String TRACES = "RMQ_SYS_TRACE_TOPIC";

    @Test
    void shouldKeepTheTracesOfProducersAndConsumersAndFindThemById(Clients clients)
            throws Exception {
        String topic = clients.topic(1);
        String group = clients.freshName();
        DefaultMQProducer producer =
                clients.start(
                        clients.configured(
                                new DefaultMQProducer(clients.freshName(), null, true, null)));
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer =
                clients.configured(
                        new DefaultMQPushConsumer(
                                group, null, new AllocateMessageQueueAveragely(), true, null));
        clients.consume(consumer, topic, "*", inbox);
        // Sluice marks messages for consumers' traces once it has seen that somebody traces.
        SendResult first = producer.send(Clients.message(topic, "first"));
        await(producer, first.getMsgId(), List.of("Pub"));
        SendResult sent =
                producer.send(new Message(topic, "tag", "traced-key", Clients.bytes("x")));
        inbox.await(2);
        for (String key : List.of(sent.getMsgId(), "traced-key")) {
            String traces = await(producer, key, List.of("Pub", "SubBefore", "SubAfter"));
            assertTrue(traces.contains(sent.getMsgId()), traces);
            assertTrue(traces.contains(group), traces);
        }
    }

    /** All traces under a key, once what is waited for is among them. */
    private static String await(DefaultMQProducer client, String key, List<String> steps) {
        AtomicReference<String> traces = new AtomicReference<>("");
        Await.until(
                "traces of " + steps + " are found by " + key,
                () -> {
                    traces.set(query(client, key));
                    return steps.stream().allMatch(step -> traces.get().contains(step + "\u0001"));
                });
        return traces.get();
    }

    private static String query(DefaultMQProducer client, String key) throws Exception {
        try {
            List<MessageExt> found =
                    client.queryMessage(TRACES, key, 64, 0, Long.MAX_VALUE).getMessageList();
            return found.stream().map(Inbox::body).collect(Collectors.joining());
        } catch (MQClientException e) {
            return ""; // nothing yet
        }
    }
}
