package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Feature;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Messages: every part comes back as it was sent")
class RoundTripTest {

    @Test
    void shouldKeepEveryPartOfAMessage(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        Message message = new Message(topic, "tag", "key1 key2", 77, everyByte(), true);
        message.putUserProperty("colour", "grün");
        message.putUserProperty("json", "{\"a\":[1,2],\"b\":\"c\\d\"}");
        message.setBuyerId("buyer");
        final long before = System.currentTimeMillis();

        SendResult result = producer.send(message);

        final long after = System.currentTimeMillis();
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        MessageExt received = inbox.awaitOne();
        assertEquals(topic, received.getTopic());
        assertEquals("tag", received.getTags());
        assertEquals("key1 key2", received.getKeys());
        assertEquals(77, received.getFlag());
        assertArrayEquals(everyByte(), received.getBody());
        assertEquals("grün", received.getUserProperty("colour"));
        assertEquals("{\"a\":[1,2],\"b\":\"c\\d\"}", received.getUserProperty("json"));
        assertEquals("buyer", received.getBuyerId());
        assertEquals(result.getMsgId(), received.getMsgId());
        assertEquals(result.getQueueOffset(), received.getQueueOffset());
        assertEquals(0, received.getReconsumeTimes());
        assertTrue(before <= received.getBornTimestamp());
        assertTrue(received.getBornTimestamp() <= received.getStoreTimestamp());
        assertTrue(received.getStoreTimestamp() <= after);
        InetSocketAddress born = (InetSocketAddress) received.getBornHost();
        assertTrue(born.getAddress().isLoopbackAddress());
        InetSocketAddress store = (InetSocketAddress) received.getStoreHost();
        assertEquals(clients.target().storePort(), store.getPort());
    }

    private static byte[] everyByte() {
        byte[] body = new byte[256];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        return body;
    }

    @Test
    @Feature("Messages: compressed bodies")
    void shouldPassCompressedBodiesThroughUntouched(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        byte[] body = Clients.bytes("easily compressed ".repeat(4_000));

        producer.send(new Message(topic, body));

        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        MessageExt received = inbox.awaitOne();
        assertArrayEquals(body, received.getBody());
        assertTrue(received.getStoreSize() < body.length / 10, "stored as it was sent");
    }

    @Test
    void shouldKeepMessagesOfAllSizes(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        List<Integer> sizes = List.of(1, 4_095, 4_096, 65_535, 65_536, 1_000_000, 4 << 20);
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        for (int size : sizes) {
            producer.send(new Message(topic, bodyOf(size)));
        }
        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        for (MessageExt received : inbox.await(sizes.size())) {
            int size = sizes.get((int) received.getQueueOffset());
            assertArrayEquals(bodyOf(size), received.getBody());
        }
    }

    private static byte[] bodyOf(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }
}
