package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compat.harness.Await;
import io.sluice.compat.harness.Feature;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

@Scenario
@Feature("Finding: by key, unique key and message id")
class QueryTest {

    private static final long MINUTE_MS = 60_000;

    @Test
    void shouldFindMessagesByEachOfTheirKeys(Clients clients) throws Exception {
        String topic = clients.topic(2);
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, "order-1 customer-7", "a");
        send(producer, topic, "order-2 customer-7", "b");
        send(producer, topic, "order-3 customer-8", "c");
        assertEquals(List.of("a", "b"), await(producer, topic, "customer-7", 2));
        assertEquals(List.of("c"), await(producer, topic, "order-3", 1));
        assertThrows(MQClientException.class, () -> query(producer, topic, "order-4", 32));
    }

    @Test
    void shouldFindKeysOnlyInTheirOwnTopic(Clients clients) throws Exception {
        DefaultMQProducer producer = clients.producer();
        String topic = clients.topic(1);
        String other = clients.topic(1);
        send(producer, topic, "shared-key", "here");
        send(producer, other, "shared-key", "there");
        assertEquals(List.of("here"), await(producer, topic, "shared-key", 1));
        assertEquals(List.of("there"), await(producer, other, "shared-key", 1));
    }

    @Test
    void shouldReturnNoMoreThanAsked(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        for (int i = 0; i < 10; i++) {
            send(producer, topic, "same", "m" + i);
        }
        await(producer, topic, "same", 10);
        assertEquals(4, query(producer, topic, "same", 4).size());
    }

    /** RocketMQ gives 64 at most. The older ones are asked for by an earlier end. */
    @Test
    void shouldGiveMoreThan64AtOnceOrPageByPage(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        for (int i = 0; i < 150; i++) {
            send(producer, topic, "same", "m" + i);
        }
        await(producer, topic, "same", 32);
        if (clients.target().isSluice()) {
            assertEquals(150, query(producer, topic, "same", 200).size());
        }
        Set<String> got = new HashSet<>();
        long end = Long.MAX_VALUE;
        while (got.size() < 150) {
            List<MessageExt> page =
                    producer.queryMessage(topic, "same", 64, 0, end).getMessageList();
            int before = got.size();
            page.forEach(message -> got.add(Inbox.body(message)));
            assertTrue(got.size() > before, "a page brought nothing new after " + before);
            end = page.stream().mapToLong(MessageExt::getStoreTimestamp).min().orElseThrow();
        }
    }

    @Test
    void shouldTellKeysOfEqualHashApart(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        send(producer, topic, "key-Aa", "first");
        send(producer, topic, "key-BB", "second");
        assertEquals("key-Aa".hashCode(), "key-BB".hashCode());
        assertEquals(List.of("first"), await(producer, topic, "key-Aa", 1));
        assertEquals(List.of("second"), await(producer, topic, "key-BB", 1));
    }

    @Test
    void shouldFindAMessageByTheIdThatTheClientGaveIt(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        SendResult result = send(producer, topic, "key", "found by its id");
        MessageExt found = view(producer, topic, result.getMsgId());
        assertEquals("found by its id", Inbox.body(found));
        assertEquals(result.getMsgId(), found.getMsgId());
    }

    @Test
    void shouldFindAMessageByTheIdThatTheServerGaveIt(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        SendResult result = send(producer, topic, "key", "found by its place");
        MessageExt found = view(producer, topic, result.getOffsetMsgId());
        assertEquals("found by its place", Inbox.body(found));
        assertEquals(topic, found.getTopic());
        assertEquals(result.getQueueOffset(), found.getQueueOffset());
    }

    private static SendResult send(
            DefaultMQProducer producer, String topic, String keys, String body) throws Exception {
        return producer.send(new Message(topic, "tag", keys, Clients.bytes(body)));
    }

    private static List<String> await(
            DefaultMQProducer producer, String topic, String key, int count) {
        AtomicReference<List<String>> found = new AtomicReference<>(List.of());
        Await.until(
                count + " messages have the key " + key,
                () -> {
                    found.set(query(producer, topic, key, 32));
                    return found.get().size() >= count;
                });
        return found.get();
    }

    private static List<String> query(
            DefaultMQProducer producer, String topic, String key, int countMax) throws Exception {
        long now = System.currentTimeMillis();
        List<MessageExt> found =
                producer.queryMessage(topic, key, countMax, now - MINUTE_MS, now + MINUTE_MS)
                        .getMessageList();
        assertTrue(found.stream().allMatch(message -> message.getTopic().equals(topic)));
        return found.stream().map(Inbox::body).sorted().toList();
    }

    private static MessageExt view(DefaultMQProducer producer, String topic, String id) {
        AtomicReference<MessageExt> found = new AtomicReference<>();
        Await.until(
                "the message is found",
                () -> {
                    found.set(producer.viewMessage(topic, id));
                    return found.get() != null;
                });
        return found.get();
    }
}
