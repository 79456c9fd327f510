package io.sluice.engine.broker;

import static io.sluice.engine.broker.Receiving.HOLD_MS;
import static io.sluice.engine.broker.Receiving.bodies;
import static io.sluice.engine.broker.Receiving.times;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.group.Ordering;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Outcome;
import io.sluice.engine.shard.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of what waits, messages of higher priority come first. */
final class PriorityTest {
    private final Machine machine = new Machine().start();
    private final Receiving workers =
            new Receiving(machine, machine.prioritized("orders"), Ordering.NONE);

    private static String priority(int priority) {
        return "_SYS_MSG_PRIORITY_\1" + priority + "\2";
    }

    /** The first letter of a body is its priority; those with "-" have none. */
    private void send(String... bodies) {
        for (String body : bodies) {
            char digit = body.charAt(0);
            String properties = digit == '-' ? "" : priority(digit - '0');
            machine.send(workers.topic, 0, body, properties);
        }
    }

    private List<String> receive(int count) {
        return bodies(workers.receive(count));
    }

    @Test
    void shouldHandOutTheHighestOfWhatWaitsAndEqualOnesAsTheyCame() {
        send("1a", "-b", "9c", "5d", "9e", "0f", "1g");
        assertEquals(List.of("9c", "9e"), receive(2));
        send("7h");
        assertEquals(List.of("7h", "5d", "1a"), receive(3));
        assertEquals(List.of("1g", "-b", "0f"), receive(9));
        assertEquals(List.of(), receive(9));
    }

    @Test
    void shouldTakeWhatIsMoreThanNineForNineAndWhatIsNoNumberForNone() {
        send("8a");
        machine.send(workers.topic, 0, "more", "_SYS_MSG_PRIORITY_\00142949672999\2");
        machine.send(workers.topic, 0, "none", "_SYS_MSG_PRIORITY_\1high\2");
        machine.send(workers.topic, 0, "minus", "_SYS_MSG_PRIORITY_\1-1\2");
        send("9b");
        assertEquals(List.of("more", "9b", "8a", "none", "minus"), receive(9));
    }

    @Test
    void shouldLookAThousandMessagesAheadAndNoFurther() {
        for (int i = 0; i < 1_100; i++) {
            send("0");
        }
        send("9a");
        assertEquals(List.of("0"), receive(1));
        assertEquals(List.of("0"), receive(1));
        assertEquals(99, receive(99).size());
        assertEquals(List.of("9a"), receive(1));
    }

    @Test
    void shouldHandOutAgainByPriorityAndAheadOfWhatNobodyHad() {
        send("5a", "1b", "5c", "1d", "9e");
        Received first = workers.receive(4);
        assertEquals(List.of("9e", "5a", "5c", "1b"), bodies(first));
        workers.acknowledge(first, "9e");
        send("5f", "9g");
        machine.advanceMs(HOLD_MS);
        Received again = workers.receive(9);
        assertEquals(List.of("9g", "5a", "5c", "5f", "1b", "1d"), bodies(again));
        assertEquals(List.of(0, 1, 1, 0, 1, 0), times(again));
    }

    @Test
    void shouldSeeWhatIsBehindMessagesThatCannotBecomeDeadLetters() {
        workers.retryMax(0);
        send("9a", "9b", "9c", "5d");
        assertEquals(List.of("9a", "9b", "9c"), receive(3));
        machine.advanceMs(HOLD_MS);
        machine.catalogDisk.fault((call, name) -> {
            throw new IOException("told to fail"); // so there is no topic for dead letters
        });
        send("1e");
        assertEquals(List.of("5d"), receive(1));
        assertEquals(List.of("1e"), receive(2));
        assertEquals(
                Refusal.STORAGE_FAILED,
                assertInstanceOf(Outcome.Refused.class, workers.outcome(1)).refusal());
    }

    @Test
    void shouldCommitTheLowestThatIsOpenHoweverTheyAreAcknowledged() {
        send("1a", "5b", "9c", "5d");
        Received high = workers.receive(1);
        Received rest = workers.receive(3);
        assertEquals(List.of("5b", "5d", "1a"), bodies(rest));
        workers.acknowledge(high);
        assertEquals(0, workers.committed());
        workers.acknowledge(rest, "1a");
        assertEquals(1, workers.committed());
        workers.acknowledge(rest, "5d");
        assertEquals(1, workers.committed());
        workers.acknowledge(rest, "5b");
        assertEquals(4, workers.committed());
    }

    @Test
    void shouldNotCountWaitingAsAnAttempt() {
        workers.retryMax(0);
        send("1a", "9b");
        Received high = workers.receive(1);
        assertEquals(List.of("9b"), bodies(high));
        workers.acknowledge(high);
        machine.advanceMs(3 * HOLD_MS);
        Received low = workers.receive(1);
        assertEquals(List.of("1a"), bodies(low));
        assertEquals(List.of(0), times(low));
        machine.advanceMs(HOLD_MS);
        assertEquals(List.of(), receive(1));
        assertEquals(List.of("1a"), machine.bodies(machine.existing("%DLQ%workers"), 0));
    }

    @Test
    void shouldRememberWhatWaitsOverRestarts() {
        send("1a", "5b", "9c");
        assertEquals(List.of("9c"), receive(1));
        workers.restart();
        send("3d");
        assertEquals(List.of("5b", "3d", "1a"), receive(9));
    }

    @Test
    void shouldPassOverWhatIsNotWanted() {
        machine.send(workers.topic, 0, "x", priority(9) + "TAGS\1x\2");
        machine.send(workers.topic, 0, "Aa", priority(8) + "TAGS\1Aa\2"); // the same hash as BB
        machine.send(workers.topic, 0, "low", priority(1) + "TAGS\1BB\2");
        machine.send(workers.topic, 0, "high", priority(2) + "TAGS\1BB\2");
        workers.filter = TagFilter.of(List.of("BB"));
        Received received = workers.receive(9);
        assertEquals(List.of("high", "low"), bodies(received));
        workers.acknowledge(received);
        assertEquals(4, workers.committed());
    }

    @Test
    void shouldTakeNoMoreThanAnAnswerHasRoomForAndLeaveTheOthersWaiting() {
        String large = "x".repeat(3_000);
        send("5a" + large, "9b" + large, "7c" + large);
        Received first = workers.receive(Ordering.NONE, 9, 7_000);
        assertEquals(List.of("9b" + large, "7c" + large), bodies(first));
        assertEquals(List.of("5a" + large), receive(9));
    }

    @Test
    void shouldBeginAnewWhenTheGroupSetsItsOffset() {
        send("1a", "5b", "9c");
        assertEquals(List.of("9c"), receive(1));
        workers.commit(0);
        assertEquals(List.of("9c", "5b", "1a"), receive(9));
    }

    @Test
    void shouldReadFromStorageWhatMemoryDoesNotHold() {
        for (int i = 0; i < 300; i++) {
            send(i % 10 + "x".repeat(800));
        }
        List<String> all = new ArrayList<>();
        for (Received got = workers.receive(32); got.queueId() >= 0; got = workers.receive(32)) {
            bodies(got).forEach(body -> all.add(body.substring(0, 1)));
            workers.acknowledge(got);
        }
        assertEquals(300, all.size());
        assertEquals(300, workers.committed());
        assertEquals("9", all.getFirst());
        assertEquals("0", all.getLast());
    }

    @Test
    void shouldKeepToTheOrderOfTheQueueForThoseThatWantIt() {
        send("1a", "9b");
        assertEquals(List.of("1a", "9b"), bodies(workers.receive(Ordering.QUEUE, 9)));
    }

    @Test
    void shouldLeaveOtherTopicsAsTheyAre() {
        Receiving plain = new Receiving(machine, machine.topic("plain", 1), Ordering.NONE);
        machine.send(plain.topic, 0, "low", priority(1));
        machine.send(plain.topic, 0, "high", priority(9));
        assertEquals(List.of("low", "high"), bodies(plain.receive(9)));
    }

    /** Random histories, restarts among them: nothing that waits is higher than what is given. */
    @Test
    void shouldAlwaysGiveTheHighestAndLoseNothing() {
        Random random = new Random(8);
        Map<String, Integer> waiting = new HashMap<>();
        Set<String> consumed = new HashSet<>();
        int sent = 0;
        for (int step = 0; step < 500; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    for (int i = random.nextInt(8); i > 0; i--) {
                        String body = random.nextInt(10) + ":" + sent++;
                        send(body);
                        waiting.put(body, body.charAt(0) - '0');
                    }
                }
                case 4 -> workers.restart();
                default -> {
                    Received got = workers.receive(1 + random.nextInt(6));
                    List<String> bodies = bodies(got);
                    waiting.keySet().removeAll(bodies);
                    int highestLeft =
                            waiting.values().stream().mapToInt(Integer::intValue).max().orElse(0);
                    int last = 9;
                    for (String body : bodies) {
                        int priority = body.charAt(0) - '0';
                        assertTrue(priority <= last && priority >= highestLeft, body);
                        last = priority;
                        assertTrue(consumed.add(body), body);
                    }
                    if (!bodies.isEmpty()) {
                        workers.acknowledge(got);
                    }
                }
            }
        }
        for (Received got = workers.receive(32); got.queueId() >= 0; got = workers.receive(32)) {
            consumed.addAll(bodies(got));
            workers.acknowledge(got);
        }
        assertEquals(sent, consumed.size());
        assertEquals(sent, workers.committed());
    }
}
