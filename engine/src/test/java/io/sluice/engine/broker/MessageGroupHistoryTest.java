package io.sluice.engine.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.engine.broker.Receive.Received;
import io.sluice.engine.group.Ordering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of consumers of message groups against what each should get: the first open
 * messages of groups that nobody holds, and never nothing while there is such a group.
 */
final class MessageGroupHistoryTest {
    private static final int GROUPS = 5;

    private final Machine machine = new Machine().start();
    private final Receiving workers =
            new Receiving(machine, machine.topic("orders", 1), Ordering.MESSAGE_GROUP);

    /** By message group: the open messages, and until when each is held; 0 if it is not. */
    private final Map<Character, TreeMap<Integer, Long>> open = new HashMap<>();

    private final List<Received> handedOut = new ArrayList<>();
    private int sent;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldKeepTheOrderOfEachMessageGroup(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 600; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> send(random);
                case 3, 4, 5, 6 -> receive(1 + random.nextInt(5));
                case 7, 8 -> acknowledge(random);
                case 9 -> extend(random);
                case 10 -> machine.advanceMs(random.nextInt(3_000));
                default -> {
                    if (random.nextInt(4) == 0) {
                        workers.restart();
                    }
                }
            }
        }
        drain();
        assertNull(machine.broker().failure());
    }

    private void send(Random random) {
        for (int count = 1 + random.nextInt(4); count > 0; count--) {
            char group = (char) ('a' + random.nextInt(GROUPS));
            machine.send(workers.topic, 0, group + "" + sent, "__SHARDINGKEY\1" + group + "\2");
            open.computeIfAbsent(group, g -> new TreeMap<>()).put(sent++, 0L);
        }
    }

    private boolean isHeld(Map<Integer, Long> group) {
        return group.values().stream().anyMatch(untilMs -> untilMs > machine.time.wallMs());
    }

    private boolean receive(int count) {
        boolean any = open.values().stream().anyMatch(group -> !group.isEmpty() && !isHeld(group));
        Received received = workers.receive(count);
        assertEquals(any, received.queueId() >= 0, "a free group is a reason to hand out");
        if (!any) {
            return false;
        }
        assertTrue(received.offsets().length <= count);
        Map<Character, List<Integer>> got = new HashMap<>();
        for (String body : Receiving.bodies(received)) {
            int number = Integer.parseInt(body.substring(1));
            got.computeIfAbsent(body.charAt(0), g -> new ArrayList<>()).add(number);
        }
        got.forEach((name, numbers) -> {
            TreeMap<Integer, Long> group = open.get(name);
            assertTrue(group != null && !isHeld(group), "one holder of " + name);
            assertEquals(
                    group.keySet().stream().limit(numbers.size()).toList(),
                    numbers,
                    "the first of " + name + ", in order");
            numbers.forEach(number -> group.put(number, received.atMs() + Receiving.HOLD_MS));
        });
        handedOut.add(received);
        return true;
    }

    private void acknowledge(Random random) {
        if (handedOut.isEmpty()) {
            return;
        }
        Received received = handedOut.get(random.nextInt(handedOut.size()));
        long[] offsets =
                random.nextBoolean()
                        ? received.offsets()
                        : new long[] {
                            received.offsets()[random.nextInt(received.offsets().length)]
                        };
        acknowledge(received, offsets);
    }

    /** Only what is still of that handing out counts, whether it ran out or not. */
    private void acknowledge(Received received, long[] offsets) {
        for (long offset : offsets) {
            if (workers.acknowledge(received.number(), offset)
                    instanceof io.sluice.engine.shard.Outcome.Done<Integer>) {
                open.values().forEach(group -> group.remove((int) offset));
            }
        }
    }

    private void extend(Random random) {
        if (!handedOut.isEmpty()) {
            Received received = handedOut.get(random.nextInt(handedOut.size()));
            long offset = received.offsets()[random.nextInt(received.offsets().length)];
            long ms = random.nextInt(20_000);
            if (workers.extend(received.number(), offset, ms)
                    instanceof io.sluice.engine.shard.Outcome.Done<Long>(Long atMs)) {
                open.values()
                        .forEach(
                                group -> group.computeIfPresent((int) offset, (k, v) -> atMs + ms));
            }
        }
    }

    private void drain() {
        workers.retryMax(1_000);
        while (open.values().stream().anyMatch(group -> !group.isEmpty())) {
            while (receive(32)) {
                Received last = handedOut.getLast();
                acknowledge(last, last.offsets());
            }
            machine.advanceMs(1_000);
        }
        assertEquals(sent, workers.committed());
    }
}
