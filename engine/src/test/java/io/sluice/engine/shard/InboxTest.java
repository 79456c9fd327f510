package io.sluice.engine.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands come out once, those of one thread in its order, and a full inbox says so. */
final class InboxTest {
    private static Command command(int thread, int number) {
        return new Command.UnlockClient(thread, Integer.toString(number), count -> {});
    }

    @Test
    void shouldRefuseWhenFullAndTakeAgainWhenPolled() {
        Inbox inbox = new Inbox(4);
        for (int round = 0; round < 10; round++) {
            List<Command> in = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                in.add(command(round, i));
                assertTrue(inbox.offer(in.getLast()));
            }
            assertFalse(inbox.offer(command(round, 4)));
            in.forEach(expected -> assertSame(expected, inbox.poll()));
            assertNull(inbox.poll());
            assertTrue(inbox.isEmpty());
        }
    }

    @Test
    void shouldRefuseACapacityThatIsNoPowerOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new Inbox(3));
        assertThrows(IllegalArgumentException.class, () -> new Inbox(0));
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void shouldLoseNothingAndKeepEachThreadsOrder() throws InterruptedException {
        int threads = 3;
        int each = 50_000;
        Inbox inbox = new Inbox(64);
        List<Thread> producers = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            int id = thread;
            producers.add(Thread.ofPlatform().start(() -> produce(inbox, id, each)));
        }
        int[] next = new int[threads];
        for (int taken = 0; taken < threads * each; ) {
            if (inbox.poll() instanceof Command.UnlockClient(int thread, String number, var _)) {
                assertEquals(next[thread]++, Integer.parseInt(number));
                taken++;
            } else {
                LockSupport.parkNanos(1);
            }
        }
        for (Thread producer : producers) {
            producer.join();
        }
        assertTrue(inbox.isEmpty());
        assertNull(inbox.poll());
    }

    private static void produce(Inbox inbox, int thread, int count) {
        for (int i = 0; i < count; i++) {
            Command command = command(thread, i);
            while (!inbox.offer(command)) {
                LockSupport.parkNanos(1);
            }
        }
    }
}
