package io.sluice.compat.ons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyun.openservices.ons.api.Action;
import com.aliyun.openservices.ons.api.Consumer;
import com.aliyun.openservices.ons.api.Message;
import com.aliyun.openservices.ons.api.ONSFactory;
import com.aliyun.openservices.ons.api.transaction.LocalTransactionChecker;
import com.aliyun.openservices.ons.api.transaction.TransactionProducer;
import com.aliyun.openservices.ons.api.transaction.TransactionStatus;
import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Transactions with the commercial client; checks come soon on this server. */
class OnsTransactionTest {

    @Test
    void shouldDeliverWhatIsCommittedAtOnceOrWhenAsked() {
        Map<String, String> settings =
                Map.of(
                        "transaction-check-first", "1s",
                        "transaction-check-interval", "1s",
                        "transaction-checks", "1000");
        try (Target server = Target.launch("ons-transaction", settings)) {
            String topic = OnsTest.topic(server, "ons-transaction", 2);
            String group = "GID_ons-transaction";
            Queue<String> asked = new ConcurrentLinkedQueue<>();
            LocalTransactionChecker checker =
                    message -> {
                        asked.add(body(message));
                        return asked.size() < 2
                                ? TransactionStatus.Unknow
                                : TransactionStatus.CommitTransaction;
                    };
            TransactionProducer producer =
                    ONSFactory.createTransactionProducer(
                            OnsTest.properties(server, group), checker);
            producer.start();
            Queue<String> inbox = new ConcurrentLinkedQueue<>();
            Consumer consumer = ONSFactory.createConsumer(OnsTest.properties(server, group));
            consumer.subscribe(
                    topic,
                    "*",
                    (received, context) -> {
                        inbox.add(body(received));
                        return Action.CommitMessage;
                    });
            consumer.start();
            try {
                send(producer, topic, "paid", TransactionStatus.CommitTransaction);
                assertThrows(
                        RuntimeException.class,
                        () ->
                                send(
                                        producer,
                                        topic,
                                        "not paid",
                                        TransactionStatus.RollbackTransaction));
                send(producer, topic, "asked", TransactionStatus.Unknow);

                Await.until("both have come", () -> inbox.size() >= 2);
                assertEquals(List.of("asked", "asked"), List.copyOf(asked));
                assertEquals(List.of("asked", "paid"), inbox.stream().sorted().toList());
            } finally {
                consumer.shutdown();
                producer.shutdown();
            }
        }
    }

    private static void send(
            TransactionProducer producer, String topic, String body, TransactionStatus status) {
        Message message = new Message(topic, "tag", body.getBytes(StandardCharsets.UTF_8));
        assertTrue(
                !producer.send(message, (half, argument) -> status, null).getMessageId().isEmpty());
    }

    private static String body(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }
}
