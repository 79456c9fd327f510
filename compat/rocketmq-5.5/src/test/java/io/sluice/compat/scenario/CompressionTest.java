package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Feature;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only the clients from 5.0 on know: other methods than zlib. */
@Scenario
@Feature("Messages: compressed bodies")
class CompressionTest {

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldPassEveryMethodThrough(CompressionType method, Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        producer.setCompressType(method);
        byte[] body = Clients.bytes("easily compressed ".repeat(4_000));

        producer.send(new Message(topic, body));

        Inbox inbox = new Inbox();
        clients.consume(clients.freshName(), topic, inbox);
        MessageExt received = inbox.awaitOne();
        assertArrayEquals(body, received.getBody());
        assertEquals(method, MessageSysFlag.getCompressionType(received.getSysFlag()));
        assertTrue(received.getStoreSize() < body.length / 10, "stored as it was sent");
    }
}
