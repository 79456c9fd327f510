package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Feature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.MQAdminImpl;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

/** The pages of mqadmin 5.5: it hands back the key that it printed for the last message. */
@Scenario
@Feature("Finding: page by page, and by tag")
class PagingTest {
    private static final int MESSAGES = 150;

    @Test
    void shouldGoOnAfterTheLastKey(Clients clients) throws Exception {
        String topic = sent(clients);
        List<String> newestFirst =
                new ArrayList<>(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList());
        Collections.reverse(newestFirst);
        assertEquals(newestFirst, pages(clients, topic, "same", "K"));
    }

    @Test
    void shouldFindByTag(Clients clients) throws Exception {
        String topic = sent(clients);
        assertEquals(
                IntStream.range(0, MESSAGES)
                        .filter(i -> i % 3 == 0)
                        .mapToObj(i -> "m" + i)
                        .toList(),
                pages(clients, topic, "third", "T"));
    }

    private static String sent(Clients clients) throws Exception {
        String topic = clients.topic(1);
        DefaultMQProducer producer = clients.producer();
        for (int i = 0; i < MESSAGES; i++) {
            String tag = i % 3 == 0 ? "third" : "other";
            producer.send(new Message(topic, tag, "same", Clients.bytes("m" + i)));
        }
        return topic;
    }

    private static List<String> pages(Clients clients, String topic, String key, String type)
            throws Exception {
        MQAdminImpl admin =
                clients.producer().getDefaultMQProducerImpl().getMqClientFactory().getMQAdminImpl();
        List<String> bodies = new ArrayList<>();
        String lastKey = null;
        while (true) {
            List<MessageExt> page;
            try {
                page =
                        admin.queryMessage(
                                        null,
                                        topic,
                                        key,
                                        64,
                                        0,
                                        Long.MAX_VALUE,
                                        false,
                                        type,
                                        lastKey)
                                .getMessageList();
            } catch (MQClientException e) {
                return bodies; // no more
            }
            page.forEach(message -> bodies.add(Inbox.body(message)));
            MessageExt last = page.getLast();
            lastKey =
                    String.join(
                            "@",
                            "1",
                            topic,
                            type,
                            key,
                            last.getMsgId(),
                            Long.toString(last.getCommitLogOffset()));
        }
    }
}
