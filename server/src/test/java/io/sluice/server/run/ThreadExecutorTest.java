package io.sluice.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadExecutorTest {
    private final ThreadExecutor executor = new ThreadExecutor("tested");

    @AfterEach
    void close() {
        executor.close();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(10, TimeUnit.SECONDS), "did not happen within 10 s");
    }

    @Test
    void shouldRunTasksInTurnAndAllBeforeItCloses() {
        List<Integer> ran = new ArrayList<>();
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            given.add(number);
            executor.execute(() -> ran.add(number));
        }
        executor.close();
        assertEquals(given, ran);
    }

    @Test
    void shouldGoOnAfterATaskThatThrows() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        executor.execute(() -> {
            throw new IllegalStateException("thrown on purpose by a test");
        });
        executor.execute(ran::countDown);
        await(ran);
    }

    @Test
    void shouldNeverRunATaskEarlyAndSoonerOnesFirst() throws InterruptedException {
        long start = System.nanoTime();
        AtomicLong late = new AtomicLong();
        AtomicLong soon = new AtomicLong();
        CountDownLatch ran = new CountDownLatch(2);
        executor.executeAfter(
                60_000_000,
                () -> {
                    late.set(System.nanoTime());
                    ran.countDown();
                });
        executor.executeAfter(
                20_000_000,
                () -> {
                    soon.set(System.nanoTime());
                    ran.countDown();
                });
        await(ran);
        assertTrue(soon.get() - start >= 20_000_000);
        assertTrue(late.get() - start >= 60_000_000);
        assertTrue(soon.get() < late.get());
    }

    @Test
    void shouldNotRunTasksInsideTheCallThatGivesThem() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(1);
        executor.execute(() -> {
            executor.execute(ran::countDown);
            assertEquals(1, ran.getCount());
            mayEnd.countDown();
        });
        await(mayEnd);
        await(ran);
    }

    @Test
    void shouldNotWaitForTasksOfTheFutureWhenItCloses() {
        AtomicLong ran = new AtomicLong();
        executor.executeAfter(TimeUnit.HOURS.toNanos(1), ran::incrementAndGet);
        executor.close();
        assertFalse(ran.get() > 0);
    }
}
