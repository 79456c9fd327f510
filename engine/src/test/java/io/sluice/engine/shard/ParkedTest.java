package io.sluice.engine.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Command.Wake;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each parked reader is woken exactly once, whatever comes first. */
final class ParkedTest {
    private static final QueueRef QUEUE = new QueueRef(1, 0);

    private final Parked parked = new Parked();
    private final List<String> woken = new ArrayList<>();

    private void park(String name, QueueRef queue, long offset, long deadlineNanos) {
        parked.park(new Command.Park(queue, offset, deadlineNanos, why -> woken.add(name + why)));
    }

    @Test
    void shouldWakeThoseWhoseOffsetHasCome() {
        park("a", QUEUE, 5, 100);
        park("b", QUEUE, 6, 100);
        park("c", new QueueRef(1, 1), 0, 100);
        parked.arrived(QUEUE, 5);
        assertEquals(List.of(), woken);
        parked.arrived(QUEUE, 6);
        assertEquals(List.of("aARRIVED"), woken);
        assertEquals(Long.MAX_VALUE, parked.expire(100));
        assertEquals(List.of("aARRIVED", "bEXPIRED", "cEXPIRED"), woken.stream().sorted().toList());
        parked.stop();
        assertEquals(3, woken.size());
    }

    @Test
    void shouldTellTheNextDeadline() {
        park("a", QUEUE, 0, 300);
        park("b", QUEUE, 0, 100);
        assertEquals(300, parked.expire(100));
        assertEquals(List.of("bEXPIRED"), woken);
        parked.stop();
        assertEquals(List.of("bEXPIRED", "aSTOPPED"), woken);
    }

    @Test
    void shouldLetGoOfWhoGoesAwayAndOfNobodyElse() {
        Command.Park first = new Command.Park(QUEUE, 0, 100, why -> woken.add("a" + why));
        parked.park(first);
        park("b", QUEUE, 0, 100);
        parked.cancel(first);
        parked.cancel(first);
        assertEquals(List.of("aSTOPPED"), woken);
        parked.arrived(QUEUE, 1);
        parked.cancel(first);
        assertEquals(Long.MAX_VALUE, parked.expire(100));
        assertEquals(List.of("aSTOPPED", "bARRIVED"), woken);
    }

    @Test
    void shouldTurnAwayWhoComesWhenTooManyWaitAndForgetTheWoken() {
        for (int i = 0; i < Parked.COUNT_MAX; i++) {
            park("", new QueueRef(2, i), 0, 1_000 + i);
        }
        park("late", QUEUE, 0, 100);
        assertEquals(List.of("lateSTOPPED"), woken);
        for (int i = 0; i < Parked.COUNT_MAX; i++) {
            parked.arrived(new QueueRef(2, i), 1);
        }
        assertEquals(1 + Parked.COUNT_MAX, woken.size());
        for (int i = 0; i < 3 * Parked.COUNT_MAX; i++) {
            park("", QUEUE, i, 1_000_000);
            parked.arrived(QUEUE, i + 1);
        }
        assertEquals(1 + 4 * Parked.COUNT_MAX, woken.size());
        assertEquals(Long.MAX_VALUE, parked.expire(Long.MAX_VALUE));
        assertEquals(1 + 4 * Parked.COUNT_MAX, woken.size());
    }

    @Test
    void shouldWakeTheOthersIfOneCannotBeWoken() {
        Wake[] second = new Wake[1];
        parked.park(
                new Command.Park(
                        QUEUE,
                        0,
                        100,
                        why -> {
                            throw new IllegalStateException("its event loop has ended");
                        }));
        parked.park(new Command.Park(QUEUE, 0, 100, why -> second[0] = why));
        parked.arrived(QUEUE, 1);
        assertEquals(Wake.ARRIVED, second[0]);
    }
}
