package io.sluice.server;

import io.sluice.engine.broker.Asker;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.BrokerConfig;
import io.sluice.engine.broker.Pull;
import io.sluice.engine.catalog.Catalog;
import io.sluice.engine.catalog.FileMetadataStore;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.log.FileDirectory;
import io.sluice.engine.log.LocalLog;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.StoredMessage;
import io.sluice.engine.queue.TagFilter;
import io.sluice.engine.shard.Appended;
import io.sluice.engine.shard.Outcome;
import io.sluice.server.run.ReaderPool;
import io.sluice.server.run.SystemClock;
import io.sluice.server.run.ThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures how late delayed messages come, and what many pending ones cost. Not a test: run its
 * {@code main} with an empty directory and
 *
 * <pre>
 *   late RATE SECONDS OLD_MIB    messages due at RATE per second, evenly spread
 *   burst RATE SECONDS OLD_MIB   as many, all at the full second
 *   pending COUNT                messages due in an hour and later; then a restart
 * </pre>
 *
 * OLD_MIB of other messages are sent between scheduling and firing, so that what is due comes from
 * disk. Beside the lateness stand its floors in the same run: how long the durable writes took, and
 * how long a thread slept that asked for one millisecond.
 */
public final class DelayMeasurement {
    private static final int QUEUES = 4;
    private static final int BODY_BYTES = 256;
    private static final int UNDER_WAY_MAX = 4_000;

    private final SystemClock clock = new SystemClock();
    private final ThreadExecutor background = new ThreadExecutor("background");
    private final ThreadExecutor shard = new ThreadExecutor("shard");
    private final ThreadExecutor writer = new ThreadExecutor("writer");
    private final ThreadExecutor keeper = new ThreadExecutor("keeper");
    private final ThreadExecutor consumer = new ThreadExecutor("consumer");
    private final ReaderPool readers = new ReaderPool("reader", 4);
    private final FileDirectory metadata;
    private final FileDirectory files;
    private final TimedDirectory writes;
    private final Histogram sleepMicros = new Histogram(3);
    private final FileMetadataStore store;
    private final LocalLog log;
    private final Broker broker;
    private final Topic topic;

    private DelayMeasurement(Path directory) throws IOException {
        metadata = FileDirectory.open(directory.resolve("meta"), FileDirectory.Durability.AUTO);
        files = FileDirectory.open(directory.resolve("log"), FileDirectory.Durability.AUTO);
        writes = new TimedDirectory(files);
        store = new FileMetadataStore(metadata, background);
        Catalog catalog = Catalog.open(store, background, clock);
        log = new LocalLog(writes, LocalLogConfig.defaults(0), clock, shard, writer, keeper);
        BrokerConfig config =
                new BrokerConfig(
                        QUEUES + 1,
                        true,
                        List.of(1_000L),
                        72L * 3600 * 1000,
                        Long.MAX_VALUE,
                        false,
                        new byte[8]);
        broker = new Broker(config, catalog, log, clock, shard, readers);
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        shard.execute(() -> {
            try {
                broker.start();
                started.complete(true);
            } catch (IOException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        });
        started.join();
        CompletableFuture<Topic> found = new CompletableFuture<>();
        broker.topicForSend("delayed", outcome -> found.complete(done(outcome)));
        topic = found.join();
    }

    private void close() throws Exception {
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        broker.stop(() -> stopped.complete(true));
        stopped.join();
        readers.close();
        shard.close();
        log.close();
        store.close();
        consumer.close();
        keeper.close();
        writer.close();
        background.close();
        files.close();
        metadata.close();
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        DelayMeasurement measurement = new DelayMeasurement(directory);
        int number = Integer.parseInt(args[2]);
        if (args[1].equals("pending")) {
            measurement.pending(number);
            measurement.close();
            long startNanos = System.nanoTime();
            DelayMeasurement again = new DelayMeasurement(directory);
            System.out.printf("started again after %d ms%n", ms(System.nanoTime() - startNanos));
            printHeap();
            again.close();
        } else {
            int seconds = Integer.parseInt(args[3]);
            int oldMib = Integer.parseInt(args[4]);
            measurement.late(number, seconds, oldMib, args[1].equals("burst"));
            measurement.close();
        }
        System.exit(0);
    }

    private static long ms(long nanos) {
        return nanos / 1_000_000;
    }

    private static <T> T done(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T> refused -> throw new IllegalStateException(refused.toString());
        };
    }

    private static void printHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "heap in use %d MiB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }

    private static void print(String what, Histogram micros) {
        System.out.printf(
                "%d %s, in us: p50 %d, p99 %d, p99.9 %d, most %d%n",
                micros.getTotalCount(),
                what,
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99),
                micros.getValueAtPercentile(99.9),
                micros.getMaxValue());
    }

    private void send(int queueId, long dueMs, int bodyBytes, Semaphore underWay) throws Exception {
        ByteBuffer body = ByteBuffer.allocate(bodyBytes).putLong(0, dueMs);
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        0,
                        0,
                        new byte[8],
                        0,
                        0,
                        body,
                        new byte[0]);
        underWay.acquire();
        AtomicReference<Outcome<Appended>> last = new AtomicReference<>();
        broker.append(
                topic,
                queueId,
                List.of(message),
                dueMs,
                outcome -> {
                    last.set(outcome);
                    underWay.release();
                });
        if (last.get() instanceof Outcome.Refused<Appended> refused) {
            throw new IllegalStateException(refused.toString());
        }
    }

    private void pending(int count) throws Exception {
        Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
        Random random = new Random(1);
        long fromMs = clock.wallMs() + 3600_000;
        long startNanos = System.nanoTime();
        for (int i = 0; i < count; i++) {
            send(i % QUEUES, fromMs + random.nextInt(36_000_000), BODY_BYTES, underWay);
        }
        underWay.acquire(UNDER_WAY_MAX);
        long took = ms(System.nanoTime() - startNanos);
        System.out.printf("%d scheduled in %d ms%n", count, took);
        printHeap();
    }

    private void late(int rate, int seconds, int oldMib, boolean burst) throws Exception {
        int count = rate * seconds;
        Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
        long prepareMs = 5_000 + count / 20 + 20L * oldMib;
        long fromMs = (clock.wallMs() + prepareMs) / 1000 * 1000;
        for (int i = 0; i < count; i++) {
            long second = fromMs + i / rate * 1000L;
            send(
                    i % QUEUES,
                    burst ? second : second + i % rate * 1000L / rate,
                    BODY_BYTES,
                    underWay);
        }
        for (int i = 0; i < oldMib; i++) {
            send(QUEUES, 0, 1 << 20, underWay);
        }
        underWay.acquire(UNDER_WAY_MAX);
        System.out.printf("prepared %d ms before the first is due%n", fromMs - clock.wallMs());
        long[] lateMs = new long[count];
        AtomicInteger received = new AtomicInteger();
        CompletableFuture<Boolean> all = new CompletableFuture<>();
        for (int queueId = 0; queueId < QUEUES; queueId++) {
            pull(queueId, 0, lateMs, received, all);
        }
        writes.writeMicros().reset();
        while (!all.isDone()) {
            long startNanos = System.nanoTime();
            LockSupport.parkNanos(1_000_000);
            sleepMicros.recordValue((System.nanoTime() - startNanos) / 1000);
        }
        print("durable writes", writes.writeMicros());
        print("sleeps of 1 ms", sleepMicros);
        Arrays.sort(lateMs);
        System.out.printf(
                "%d received, late by ms: least %d, p50 %d, p99 %d, p99.9 %d, most %d%n",
                count,
                lateMs[0],
                lateMs[count / 2],
                lateMs[(int) (count * 0.99)],
                lateMs[(int) (count * 0.999)],
                lateMs[count - 1]);
    }

    private void pull(
            int queueId,
            long offset,
            long[] lateMs,
            AtomicInteger received,
            CompletableFuture<Boolean> all) {
        broker.pull(
                new Pull(
                        topic,
                        queueId,
                        offset,
                        1024,
                        1 << 20,
                        TagFilter.ALL,
                        10_000,
                        ByteBuffer::allocate,
                        Asker.staying(consumer),
                        outcome ->
                                consumer.execute(() -> {
                                    Pull.Pulled pulled = done(outcome);
                                    take(pulled.messages(), lateMs, received);
                                    if (received.get() == lateMs.length) {
                                        all.complete(true);
                                    }
                                    pull(queueId, pulled.nextOffset(), lateMs, received, all);
                                }),
                        Pull.Reader.NOBODY));
    }

    private void take(ByteBuffer messages, long[] lateMs, AtomicInteger received) {
        long nowMs = clock.wallMs();
        for (int at = 0; at < messages.limit(); at += StoredMessage.sizeBytes(messages, at)) {
            long dueMs = StoredMessage.body(messages, at).getLong(0);
            lateMs[received.getAndIncrement()] = nowMs - dueMs;
        }
    }
}
