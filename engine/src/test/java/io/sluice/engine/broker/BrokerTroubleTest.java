package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories in which storage and the rest of the engine meet at a bad moment. */
final class BrokerTroubleTest {
    private final Machine machine = new Machine();

    private Broker broker() {
        return machine.broker();
    }

    @Test
    void shouldFireADelayedMessageThatFillsABatch() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        int longest = 0;
        for (int size = 16_000; size < 16_384; size++) {
            Message message = Machine.message(topic, "x".repeat(size), "");
            long dueMs = machine.time.wallMs() + 1_000;
            Outcome<Appended> outcome =
                    machine.outcome(
                            reply -> broker().append(topic, 0, List.of(message), dueMs, reply));
            if (outcome instanceof Outcome.Done) {
                longest = size;
            }
        }
        machine.advanceMs(20_000);
        assertNull(broker().failure());
        List<String> bodies = machine.bodies(topic, 0);
        assertEquals(longest - 16_000 + 1, bodies.size());
        assertEquals("x".repeat(longest), bodies.getLast());
    }
}
