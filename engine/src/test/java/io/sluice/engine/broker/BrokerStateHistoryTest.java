package io.sluice.engine.broker;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Names;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.schedule.Transactions.Decision;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of everything that changes a shard's state, with short retention, clocks that
 * jump and reads that come late. The model: the state after a restart is the state before, to the
 * byte; what is due comes exactly once; each queue's offsets are dense; ends and first offsets of a
 * topic never go back.
 */
final class BrokerStateHistoryTest {
    private static final int STEPS = 300;
    private static final long RETENTION_MS = 60_000;

    /** Less than the retention goes by in so many steps, so nothing expires before it was seen. */
    private static final int HELD_STEPS_MAX = 3;

    private final Machine machine = new Machine();
    private final Set<String> due = new HashSet<>();
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> next = new HashMap<>(); // topic incarnation and queue → offset
    private Random random = new Random(0);
    private final Map<Long, String> open = new TreeMap<>(); // transactions nobody has decided
    private int heldSteps;
    private int number;
    private int compared;

    @ParameterizedTest
    @ValueSource(
            longs = {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23
            })
    void shouldBeTheSameAfterEveryRestart(long seed) {
        random = new Random(seed);
        machine.retentionMs = RETENTION_MS;
        machine.start();
        machine.topic("due", 2);
        for (int step = 0; step < STEPS; step++) {
            step();
            collect("due");
        }
        machine.releaseReads();
        while (!open.isEmpty()) {
            decide();
        }
        for (int left = 0; left < 40; left++) {
            advance(10_000);
        }
        restart();
        assertTrue(compared > 0);
        assertEquals(Set.of(), due, "never delivered");
        assertTrue(machine.log().firstSegment() > 1, "nothing was ever deleted");
    }

    private void step() {
        if (machine.holdReads && ++heldSteps == HELD_STEPS_MAX) {
            releaseNewestFirst();
        }
        switch (random.nextInt(30)) {
            case 0 -> restart();
            case 1 -> machine.delete(topic().name());
            case 2, 3, 4 -> advance(random.nextInt(15_000));
            case 5 -> machine.time.jumpWallMs(random.nextInt(-30_000, 15_000));
            case 6, 7, 8 -> commit();
            case 9, 10, 11, 12, 13 -> schedule();
            case 14, 15 -> giveBack();
            case 16 -> deleteGroup();
            case 17 -> holdReads();
            case 18 -> releaseNewestFirst();
            case 24, 25, 26 -> prepare();
            case 27, 28, 29 -> decide();
            default -> send();
        }
    }

    private void advance(long ms) {
        machine.advanceMs(ms);
        collect("due");
    }

    private void holdReads() {
        machine.holdReads = true;
        heldSteps = 0;
    }

    /** Readers are several threads: what was asked first may come last. */
    private void releaseNewestFirst() {
        while (!machine.heldReads.isEmpty() && random.nextInt(8) > 0) {
            machine.heldReads.removeLast().run();
            machine.time.run();
        }
        machine.releaseReads();
    }

    private void restart() {
        machine.releaseReads();
        machine.advanceMs(2_000); // what is due now has fired, what was asked is durable
        collect("due");
        assertNull(machine.broker().failure());
        ByteBuffer before = machine.broker().checkpoint();
        int segment = segment();
        machine.killAndRestart();
        if (segment() == segment) { // a full one is ended by the restart, and that is state
            assertEquals(before, machine.broker().checkpoint());
            compared++;
        }
    }

    private int segment() {
        return machine.log().segmentOf(machine.log().durablePosition());
    }

    private Topic topic() {
        return machine.topic("topic" + random.nextInt(3), 4);
    }

    private Group group() {
        return machine.group("group" + random.nextInt(2));
    }

    private void send() {
        Topic topic = topic();
        for (int i = random.nextInt(30); i >= 0; i--) {
            String body = number++ + "x".repeat(random.nextInt(500));
            machine.send(topic, random.nextInt(4), body, "KEYS\1" + number + "\2");
        }
    }

    private void schedule() {
        Topic topic = machine.existing("due");
        for (int i = random.nextInt(20); i >= 0; i--) {
            String body = "due" + number++ + "x".repeat(random.nextInt(300));
            Message message = Machine.message(topic, body, "");
            long dueMs = machine.time.wallMs() + 1 + random.nextInt(200_000);
            machine.ask((Consumer<Outcome<Appended>> reply) ->
                    machine.broker().append(topic, number % 2, List.of(message), dueMs, reply));
            due.add(body);
        }
    }

    private void commit() {
        Topic topic = topic();
        int queue = random.nextInt(4);
        long end = machine.broker().endOffset(topic, queue);
        long offset = random.nextLong(end + 1);
        Group group = group();
        long kept =
                machine.ask(reply ->
                        machine.broker().commitOffset(group, topic, queue, offset, false, reply));
        assertEquals(offset, kept);
        long start =
                machine.ask(
                        reply -> machine.broker().startOffset(group, topic, queue, true, reply));
        assertEquals(offset, start);
    }

    private void giveBack() {
        Topic topic = topic();
        Group group = group();
        long position = machine.send(topic, 0, "poison").positions()[0];
        Outcome<Appended> outcome =
                machine.outcome(reply ->
                        machine.broker()
                                .sendBack(group, position, random.nextInt(-1, 8), -1, "ID", reply));
        assertInstanceOf(Outcome.Done.class, outcome);
    }

    private void prepare() {
        Topic topic = machine.existing("due");
        for (int i = random.nextInt(5); i >= 0; i--) {
            String body = "half" + number++ + "x".repeat(random.nextInt(300));
            Message message = Machine.message(topic, body, "PGROUP\1p\2");
            int delayLevel = random.nextInt(3);
            long id =
                    machine.ask((Consumer<Outcome<Long>> reply) ->
                            machine.broker()
                                    .transactions()
                                    .prepare(topic, number % 2, message, -1, delayLevel, reply));
            open.put(id, body);
        }
    }

    /** Of a commit that waits for a reader nothing is known yet, so there is none meanwhile. */
    private void decide() {
        if (open.isEmpty() || machine.holdReads) {
            return;
        }
        long id = open.keySet().stream().skip(random.nextInt(open.size())).findFirst().orElse(0L);
        boolean commit = random.nextBoolean();
        Decision decision =
                machine.ask((Consumer<Outcome<Decision>> reply) ->
                        machine.broker().transactions().end(id, "p", commit, reply));
        String body = requireNonNull(open.remove(id));
        assertEquals(commit ? Decision.COMMITTED : Decision.ROLLED_BACK, decision);
        if (commit) {
            due.add(body);
        }
        assertEquals(
                decision,
                machine.ask((Consumer<Outcome<Decision>> reply) ->
                        machine.broker().transactions().end(id, null, !commit, reply)));
    }

    private void deleteGroup() {
        Group group = group();
        var _ = machine.broker().catalog().deleteGroup(group.name());
        machine.time.run();
        assertNull(machine.broker().catalog().topic(Names.retryTopic(group.name())));
    }

    /** Reads what has come, before it expires. */
    private void collect(String name) {
        if (machine.holdReads) {
            return;
        }
        Topic topic = machine.existing(name);
        for (int queue = 0; queue < topic.queues(); queue++) {
            collect(topic, queue);
        }
    }

    private void collect(Topic topic, int queue) {
        String key = topic.id() + "/" + queue;
        long offset = next.getOrDefault(key, 0L);
        assertTrue(machine.broker().endOffset(topic, queue) >= offset, "the end went back");
        Pull.Pulled pulled = machine.pull(topic, queue, offset);
        while (pulled.found() == Pull.Found.MESSAGES) {
            for (ByteBuffer message : Machine.messages(pulled)) {
                assertEquals(offset++, StoredMessage.queueOffset(message, 0));
                String body = Machine.body(message);
                assertTrue(seen.add(body), () -> "twice: " + body);
                assertTrue(due.remove(body), () -> "a phantom: " + body);
            }
            pulled = machine.pull(topic, queue, offset);
        }
        assertEquals(Pull.Found.END, pulled.found(), "expired unseen");
        next.put(key, offset);
    }
}
