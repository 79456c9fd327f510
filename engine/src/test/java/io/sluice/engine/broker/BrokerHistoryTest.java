package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories from a seed, with kills and power losses in the middle of everything, against a
 * model in four sentences: what was acknowledged is there, under its offset and unaltered; what was
 * not may be there once; nothing else is; a committed offset never goes back.
 */
final class BrokerHistoryTest {
    private static final int QUEUES = 3;
    private static final int STEPS = 400;

    private final Machine machine = new Machine();
    private final Map<String, Long> acknowledged = new HashMap<>(); // "queue/body" → offset
    private final Set<String> sent = new HashSet<>();
    private final Set<String> delayed = new HashSet<>();
    private final long[] committed = new long[QUEUES];
    private Random random = new Random(0);
    private int number;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldKeepEveryPromiseThroughCrashes(long seed) {
        random = new Random(seed);
        machine.start();
        machine.topic("orders", QUEUES);
        machine.group("billing");
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        crash();
        machine.advanceMs(30_000);
        check();
        assertTrue(delayed.isEmpty(), () -> "never delivered: " + delayed);
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0 -> crash();
            case 1 -> machine.logDisk.crashAfterCalls(random.nextInt(12));
            case 2 -> machine.advanceMs(random.nextInt(5_000));
            case 3, 4 -> commit();
            case 5, 6 -> sendDelayed();
            case 7 -> check();
            default -> send(1 + random.nextInt(5));
        }
    }

    private void crash() {
        if (random.nextBoolean()) {
            machine.killAndRestart();
        } else {
            machine.losePowerAndRestart(random);
        }
        check();
    }

    private Topic topic() {
        return machine.existing("orders");
    }

    private void send(int count) {
        int queue = random.nextInt(QUEUES);
        List<Message> batch = new ArrayList<>();
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String body = number++ + "x".repeat(random.nextInt(600));
            bodies.add(queue + "/" + body);
            batch.add(Machine.message(topic(), body, "KEYS\1" + number + "\2"));
        }
        sent.addAll(bodies);
        Outcome<Appended> outcome =
                machine.outcome(reply -> machine.broker().append(topic(), queue, batch, 0, reply));
        if (outcome instanceof Outcome.Done<Appended>(Appended appended)) {
            for (int i = 0; i < count; i++) {
                acknowledged.put(bodies.get(i), appended.offset() + i);
            }
        }
    }

    private void sendDelayed() {
        int queue = random.nextInt(QUEUES);
        String body = "due" + number++;
        Message message = Machine.message(topic(), body, "");
        long dueMs = machine.time.wallMs() + 1 + random.nextInt(20_000);
        sent.add(queue + "/" + body);
        Outcome<Appended> outcome =
                machine.outcome(reply ->
                        machine.broker().append(topic(), queue, List.of(message), dueMs, reply));
        if (outcome instanceof Outcome.Done<?>) {
            delayed.add(queue + "/" + body);
        }
    }

    private void commit() {
        int queue = random.nextInt(QUEUES);
        long offset = machine.broker().endOffset(topic(), queue);
        Group group = machine.group("billing");
        Outcome<Long> outcome =
                machine.outcome(reply ->
                        machine.broker().commitOffset(group, topic(), queue, offset, true, reply));
        if (outcome instanceof Outcome.Done<Long>(Long kept)) {
            committed[queue] = kept;
        }
    }

    private void check() {
        if (machine.broker().failure() != null || machine.logDisk.crashed()) {
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int queue = 0; queue < QUEUES; queue++) {
            checkQueue(queue, seen);
        }
        if (!machine.logDisk.crashed()) {
            acknowledged.keySet().forEach(body -> assertTrue(seen.contains(body), body));
        }
        delayed.removeAll(seen);
    }

    private void checkQueue(int queue, Set<String> seen) {
        long offset = 0;
        Outcome<Pull.Pulled> outcome = pull(queue, offset);
        while (outcome instanceof Outcome.Done<Pull.Pulled>(Pull.Pulled pulled)
                && pulled.found() == Pull.Found.MESSAGES) {
            for (ByteBuffer message : Machine.messages(pulled)) {
                String body = queue + "/" + Machine.body(message);
                assertEquals(offset, StoredMessage.queueOffset(message, 0));
                assertTrue(sent.contains(body), () -> "a phantom: " + body);
                assertTrue(seen.add(body), () -> "twice: " + body);
                assertEquals(offset, acknowledged.getOrDefault(body, offset), body);
                offset++;
            }
            outcome = pull(queue, offset);
        }
        Group group = machine.group("billing");
        int id = queue;
        Outcome<Long> start =
                machine.outcome(
                        reply -> machine.broker().startOffset(group, topic(), id, false, reply));
        if (start instanceof Outcome.Done<Long>(Long known)) {
            long at = known;
            assertTrue(committed[queue] == 0 || at >= committed[queue], "an offset went back");
        }
    }

    private Outcome<Pull.Pulled> pull(int queue, long offset) {
        return machine.outcome(reply ->
                machine.broker()
                        .pull(machine.pull(topic(), queue, offset, 0, TagFilter.ALL, reply)));
    }
}
