package io.sluice.engine.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.log.MemoryDirectory;
import io.sluice.engine.message.Message;
import io.sluice.engine.queue.Queue;
import io.sluice.engine.queue.QueueRef;
import io.sluice.engine.shard.Retention.Keep;
import io.sluice.engine.time.Executor;
import io.sluice.engine.time.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The shard's frame: what becomes of it when deciding itself goes wrong. */
final class ShardTest {
    private static final byte[] HOST = {127, 0, 0, 1, 0, 0, 42, -97};
    private static final int TOPIC = 1;

    private final MemoryDirectory disk = new MemoryDirectory(512);
    private final List<Outcome<Appended>> replies = new ArrayList<>();
    private ManualTime time = new ManualTime();

    private Shard start(IntFunction<Keep> keeps) throws IOException {
        time = new ManualTime();
        return start(keeps, time.executor(), time.executor());
    }

    private Shard start(IntFunction<Keep> keeps, Executor writer, Executor readers)
            throws IOException {
        var config = new LocalLogConfig(0, 64 << 10, 16 << 10, 32 << 10, 0);
        var log = new LocalLog(disk, config, time, time.executor(), writer, time.executor());
        Shard shard =
                new Shard(
                        ShardConfig.of(HOST, 3_600_000),
                        log,
                        time,
                        time.executor(),
                        readers,
                        keeps);
        shard.recover();
        time.run();
        return shard;
    }

    private void append(Shard shard, long dueMs) {
        byte[] name = "orders".getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.wrap(new byte[100]);
        Message message = new Message(TOPIC, name, 0, 0, 0, HOST, 0, 0, body, new byte[0]);
        shard.submit(new Command.Append(0, List.of(message), dueMs, false, 0, null, replies::add));
        time.run();
    }

    @Test
    void shouldWriteNothingMoreAfterAnErrorOfItsOwnAndComeBackWhole() throws IOException {
        boolean[] broken = {false};
        Shard shard =
                start(topicId -> {
                    if (broken[0]) {
                        throw new IllegalStateException("on purpose");
                    }
                    return new Keep(3_600_000, Long.MAX_VALUE);
                });
        append(shard, 0);
        append(shard, time.wallMs() + 5_000);
        assertInstanceOf(Outcome.Done.class, replies.get(1));
        assertNull(shard.failure());

        broken[0] = true;
        time.advanceMs(6_000);
        assertNotNull(shard.failure());
        append(shard, 0);
        Outcome.Refused<?> refused = assertInstanceOf(Outcome.Refused.class, replies.get(2));
        assertEquals(Refusal.STORAGE_FAILED, refused.refusal());
        assertEquals(1, end(shard));

        disk.crash();
        disk.restartAfterKill();
        Shard again = start(topicId -> new Keep(3_600_000, Long.MAX_VALUE));
        time.advanceMs(6_000);
        assertEquals(2, end(again));
    }

    @Test
    void shouldReadADueMessageAlthoughALaterOneIsStillBeingWritten() throws IOException {
        IntFunction<Keep> keeps = topicId -> new Keep(3_600_000, Long.MAX_VALUE);
        append(start(keeps), time.wallMs() + 5_000);
        disk.crash();
        disk.restartAfterKill();

        time = new ManualTime();
        List<Runnable> writes = new ArrayList<>();
        List<Runnable> reads = new ArrayList<>();
        Shard again = start(keeps, seen(writes, task -> {}), seen(reads, time.executor()));
        append(again, time.wallMs() + 5_000);
        time.advanceMs(5_500);
        assertEquals(1, writes.size());
        assertEquals(1, reads.size(), "reads, of which all but the first failed");

        while (!writes.isEmpty()) {
            writes.removeFirst().run();
            time.advanceMs(200);
        }
        assertEquals(2, end(again));
    }

    @Test
    void shouldKeepTheReserveOfAFullDiskForOffsets() throws IOException {
        Shard shard = start(topicId -> new Keep(3_600_000, Long.MAX_VALUE));
        disk.capacityBytes(disk.usedBytes());
        append(shard, 0);
        while (replies.getLast() instanceof Outcome.Done) {
            append(shard, 0);
            time.advanceMs(10);
        }
        long end = end(shard);

        List<Outcome<Long>> commits = new ArrayList<>();
        for (int offset = 1; offset <= 10; offset++) {
            shard.submit(
                    new Command.CommitOffset(
                            1, new QueueRef(TOPIC, 0), 1, offset, false, null, commits::add));
            append(shard, 0); // in the same turn
            assertInstanceOf(Outcome.Done.class, commits.getLast());
            Outcome.Refused<?> full = assertInstanceOf(Outcome.Refused.class, replies.getLast());
            assertEquals(Refusal.STORAGE_FULL, full.refusal());
        }
        assertEquals(end, end(shard));
    }

    /** Remembers each task before passing it on. */
    private static Executor seen(List<Runnable> tasks, java.util.concurrent.Executor then) {
        return new Executor() {
            @Override
            public void execute(Runnable task) {
                tasks.add(task);
                then.execute(task);
            }

            @Override
            public void executeAfter(long delayNanos, Runnable task) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private static long end(Shard shard) {
        Queue queue = shard.queues().queue(TOPIC, 0);
        assertNotNull(queue);
        return queue.end();
    }
}
