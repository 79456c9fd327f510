package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.message.Message;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Histories in which storage and the rest of the engine meet at a bad moment. */
final class BrokerTroubleTest {
    private final Machine machine = new Machine();

    private Broker broker() {
        return machine.broker();
    }

    @Test
    void shouldStartAlthoughTheLastTopicWasDeletedJustBeforeACrash() {
        machine.start();
        machine.send(machine.topic("orders", 1), 0, "x");
        machine.logDisk.crashAfterCalls(0);
        var _ = machine.delete("orders");
        machine.losePowerAndRestart(new Random(1));
        assertEquals(List.of(), broker().catalog().topics());
        machine.send(machine.topic("orders", 1), 0, "y");
        assertEquals(List.of("y"), machine.bodies(machine.existing("orders"), 0));
    }

    @Test
    void shouldNotStartWithoutTheCatalogThatTheLogWasWrittenWith() {
        machine.start();
        machine.send(machine.topic("orders", 1), 0, "x");
        machine.catalogDisk.cut("metadata", 0);
        machine.logDisk.crash();
        machine.logDisk.restartAfterKill();
        machine.catalogDisk.restartAfterKill();
        try {
            machine.catalogDisk.delete("metadata");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        requireRefusal();
    }

    @Test
    void shouldNotStartWithACatalogThatHasForgottenQueuesWithMessages() {
        machine.start();
        machine.topic("orders", 1);
        int sizeBytes = machine.catalogDisk.content("metadata").length;
        machine.send(machine.grow("orders", 2), 1, "x");
        machine.catalogDisk.cut("metadata", sizeBytes); // as if a bit of the last entry had flipped
        machine.logDisk.crash();
        machine.logDisk.restartAfterKill();
        requireRefusal();
    }

    private void requireRefusal() {
        AssertionError thrown = assertThrows(AssertionError.class, machine::start);
        IOException cause = assertInstanceOf(IOException.class, thrown.getCause());
        assertTrue(String.valueOf(cause).contains("the catalog has never heard of"), "" + cause);
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

    @Test
    void shouldKeepATopicThatWasSeenThroughAKillAndAPowerFailure() {
        int seen = 0;
        for (int calls = 0; calls < 40; calls++) {
            for (int seed = 0; seed < 4; seed++) {
                seen += killThenLosePower(calls, new Random(seed)) ? 1 : 0;
            }
        }
        assertTrue(seen > 4, "never seen: " + seen);
    }

    /** A kill in the middle of the catalog's {@code calls}th call, then a power failure. */
    private static boolean killThenLosePower(int calls, Random random) {
        Machine machine = new Machine();
        machine.catalogDisk.crashAfterCalls(calls);
        try {
            machine.start();
            var _ =
                    machine.broker()
                            .catalog()
                            .createTopic("orders", TopicSettings.of(1))
                            .toCompletableFuture();
            machine.time.run();
        } catch (AssertionError e) {
            assertInstanceOf(IOException.class, e.getCause());
        }
        machine.killAndRestart();
        Topic topic = machine.broker().catalog().topic("orders");
        if (topic == null) {
            return false;
        }
        machine.send(topic, 0, "x");
        machine.losePowerAndRestart(random);
        assertEquals(
                List.of("x"),
                machine.bodies(machine.existing("orders"), 0),
                "killed in call " + calls);
        return true;
    }

    @Test
    void shouldKeepRoomForOffsetsAlthoughMessagesComeWithThem() {
        machine.start();
        Topic topic = machine.topic("orders", 1);
        Group group = machine.group("billing");
        List<Outcome<Appended>> sent = new ArrayList<>();
        machine.send(topic, 0, "first");
        machine.logDisk.capacityBytes(machine.logDisk.usedBytes());
        Message message = Machine.message(topic, "x".repeat(400), "");
        for (int i = 0; i < 2_000; i++) {
            broker().append(topic, 0, List.of(message), 0, sent::add);
            machine.advanceMs(1);
        }
        assertInstanceOf(Outcome.Refused.class, sent.getLast());
        long end = broker().endOffset(topic, 0);
        for (long offset = 1; offset <= 12; offset++) {
            long next = offset;
            List<Outcome<Long>> committed = new ArrayList<>();
            broker().commitOffset(group, topic, 0, next, false, committed::add);
            for (int i = 0; i < 20; i++) {
                broker().append(topic, 0, List.of(message), 0, sent::add);
            }
            machine.advanceMs(1);
            assertEquals(List.of(Outcome.done(next)), committed, "commit " + next + " of " + end);
        }
    }
}
