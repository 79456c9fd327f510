package io.sluice.compat.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.AgainstServer;
import io.sluice.compat.harness.Feature;
import io.sluice.compat.harness.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.apache.rocketmq.client.java.exception.NotFoundException;
import org.junit.jupiter.api.Test;

/** The 5.x client sends. */
@AgainstServer
@Feature("gRPC: sending")
class SendTest {
    private static final ClientServiceProvider CLIENTS = ClientServiceProvider.loadService();

    @Test
    void shouldStoreAMessage(Target server) throws Exception {
        String topic = Grpc.topic(server, "grpc-send", 2, "NORMAL");
        try (Producer producer = Grpc.producer(server, topic)) {
            SendReceipt receipt = producer.send(message(topic, "one").build());

            assertTrue(receipt.getMessageId().toString().length() > 0);
        }
        assertEquals(1, Grpc.stored(server, topic, 2));
    }

    @Test
    void shouldStoreWhatIsSentAsynchronously(Target server) throws Exception {
        String topic = Grpc.topic(server, "grpc-async", 4, "NORMAL");
        try (Producer producer = Grpc.producer(server, topic)) {
            List<CompletableFuture<SendReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                receipts.add(producer.sendAsync(message(topic, "body " + i).build()));
            }
            for (CompletableFuture<SendReceipt> receipt : receipts) {
                receipt.get();
            }
        }
        assertEquals(1000, Grpc.stored(server, topic, 4));
    }

    @Test
    void shouldPutMessagesOfOneGroupIntoOneQueue(Target server) throws Exception {
        String topic = Grpc.topic(server, "grpc-fifo", 8, "FIFO");
        try (Producer producer = Grpc.producer(server, topic)) {
            for (int i = 0; i < 20; i++) {
                producer.send(message(topic, "body " + i).setMessageGroup("orders").build());
            }
        }
        assertEquals(20, Grpc.storedMost(server, topic, 8));
    }

    @Test
    void shouldKeepADelayedMessageBack(Target server) throws Exception {
        String topic = Grpc.topic(server, "grpc-delay", 1, "DELAY");
        try (Producer producer = Grpc.producer(server, topic)) {
            long due = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
            producer.send(message(topic, "later").setDeliveryTimestamp(due).build());
        }
        assertEquals(0, Grpc.stored(server, topic, 1));
    }

    @Test
    void shouldSayThatATopicDoesNotExist(Target server) throws Exception {
        String topic = Grpc.topic(server, "grpc-known", 1, "NORMAL");
        try (Producer producer = Grpc.producer(server, topic)) {
            assertThrows(
                    NotFoundException.class,
                    () -> producer.send(message("grpc-unknown", "body").build()));
        }
    }

    private static MessageBuilder message(String topic, String body) {
        return CLIENTS.newMessageBuilder()
                .setTopic(topic)
                .setTag("tag")
                .setKeys("key-" + body.replace(' ', '-'))
                .addProperty("colour", "blue")
                .setBody(body.getBytes(StandardCharsets.UTF_8));
    }
}
