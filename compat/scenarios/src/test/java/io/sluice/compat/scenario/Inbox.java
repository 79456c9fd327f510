package io.sluice.compat.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compat.harness.Await;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.message.MessageExt;

/** What a consumer, or several of one group, have received so far. */
final class Inbox implements MessageListenerConcurrently {

    private final Queue<MessageExt> messages = new ConcurrentLinkedQueue<>();

    @Override
    public ConsumeConcurrentlyStatus consumeMessage(
            List<MessageExt> batch, ConsumeConcurrentlyContext context) {
        messages.addAll(batch);
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    }

    void add(Collection<MessageExt> batch) {
        messages.addAll(batch);
    }

    List<MessageExt> messages() {
        return List.copyOf(messages);
    }

    List<String> bodies() {
        return messages.stream().map(Inbox::body).toList();
    }

    static String body(MessageExt message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    /** Waits for at least {@code count} messages. */
    List<MessageExt> await(int count) {
        Await.until(count + " messages have come", () -> messages.size() >= count);
        return messages();
    }

    MessageExt awaitOne() {
        return await(1).get(0);
    }

    /**
     * Waits until each of these bodies is here, as often as it is expected; fails if one came more
     * often or another came at all.
     */
    void awaitExactly(Collection<String> expected) {
        Set<String> missing = new HashSet<>(expected);
        Await.until(
                () -> missing.size() + " missing messages come, such as " + sample(missing),
                () -> {
                    List<String> bodies = bodies();
                    missing.removeAll(bodies);
                    return missing.isEmpty() && bodies.size() >= expected.size();
                });
        assertEquals(sorted(expected), sorted(bodies()));
    }

    private static String sample(Set<String> bodies) {
        return bodies.stream().sorted().limit(5).toList().toString();
    }

    private static List<String> sorted(Collection<String> bodies) {
        return bodies.stream().sorted().toList();
    }
}
