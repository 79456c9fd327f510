package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.apache.rocketmq.client.apis.producer.Transaction;
import org.apache.rocketmq.client.apis.producer.TransactionChecker;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;
import org.apache.rocketmq.client.java.exception.NotFoundException;
import org.junit.jupiter.api.Test;

/** Transactions, delayed messages, and what is taken back before it is due. */
@AgainstServer
@Feature("gRPC: transactions")
class TransactionTest {
    private static Producer producer(Target server, String topic, TransactionChecker checker)
            throws ClientException {
        return Grpc.CLIENTS
                .newProducerBuilder()
                .setClientConfiguration(Grpc.configuration(server))
                .setTopics(topic)
                .setTransactionChecker(checker)
                .build();
    }

    @Test
    void shouldDeliverWhatIsCommittedAndNothingThatIsRolledBack(Target server) throws Exception {
        String topic = Grpc.topic(server, "tx-decided", 1, "TRANSACTION");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "tx-decided-g", topic);
                Producer producer =
                        producer(server, topic, message -> TransactionResolution.UNKNOWN)) {
            Transaction back = producer.beginTransaction();
            producer.send(Grpc.message(topic, "no").build(), back);
            back.rollback();
            Transaction commit = producer.beginTransaction();
            SendReceipt receipt =
                    producer.send(Grpc.message(topic, "yes").addProperty("p", "v").build(), commit);
            assertEquals(0, Grpc.stored(server, topic, 1));
            commit.commit();

            MessageView message = Grpc.receive(consumer, 1).getFirst();

            assertEquals("yes", Grpc.body(message));
            assertEquals(receipt.getMessageId(), message.getMessageId());
            assertEquals(Map.of("p", "v"), message.getProperties());
            assertEquals(1, Grpc.stored(server, topic, 1));
        }
    }

    @Test
    void shouldAskWhatBecameOfATransactionThatNobodyDecided() throws Exception {
        try (Target server =
                Target.launch(
                        "grpc-orphans",
                        Map.of(
                                "transaction-check-first", "500ms",
                                "transaction-check-interval", "500ms"))) {
            String topic = Grpc.topic(server, "tx-orphan", 1, "TRANSACTION");
            ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
            TransactionChecker checker =
                    message -> {
                        asked.add(Grpc.body(message) + message.getProperties());
                        return asked.size() < 2
                                ? TransactionResolution.UNKNOWN
                                : TransactionResolution.COMMIT;
                    };
            try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "tx-orphan-g", topic);
                    Producer producer = producer(server, topic, checker)) {
                producer.send(
                        Grpc.message(topic, "orphan").addProperty("p", "v").build(),
                        producer.beginTransaction());

                assertEquals("orphan", Grpc.body(Grpc.receive(consumer, 1).getFirst()));
            }
            assertEquals(List.of("orphan{p=v}", "orphan{p=v}"), List.copyOf(asked));
        }
    }

    @Test
    @Feature("gRPC: delayed messages and recall")
    void shouldDeliverAtTheTimeAndTakeBackBeforeIt(Target server) throws Exception {
        String topic = Grpc.topic(server, "tx-delay", 1, "DELAY");
        try (SimpleConsumer consumer = Grpc.simpleConsumer(server, "tx-delay-g", topic);
                Producer producer = Grpc.producer(server, topic)) {
            long due = System.currentTimeMillis() + 1500;
            SendReceipt first =
                    producer.send(Grpc.message(topic, "soon").setDeliveryTimestamp(due).build());
            SendReceipt later =
                    producer.send(
                            Grpc.message(topic, "later")
                                    .setDeliveryTimestamp(due + Duration.ofHours(1).toMillis())
                                    .build());
            MessageView soon = Grpc.receive(consumer, 1).getFirst();
            assertEquals("soon", Grpc.body(soon));
            assertEquals(due, soon.getDeliveryTimestamp().orElseThrow());
            assertEquals(true, System.currentTimeMillis() >= due);

            assertEquals(
                    later.getMessageId(),
                    producer.recallMessage(topic, later.getRecallHandle()).getMessageId());
            assertThrows(
                    NotFoundException.class,
                    () -> producer.recallMessage(topic, first.getRecallHandle()));
        }
    }
}
