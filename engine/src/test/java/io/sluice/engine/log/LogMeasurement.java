package io.sluice.engine.log;

import io.sluice.engine.time.Clock;
import io.sluice.engine.time.Executor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much a log takes when its shard does nothing but fill it, and how long it takes to
 * open. Not a test: run its {@code main} with a directory.
 */
public final class LogMeasurement implements Log.Listener, Log.Replay {
    private static final int RECORD_BYTES = 1024;
    private static final int RECORDS_PER_BATCH = 250;
    private static final long TOTAL_BYTES = 2L << 30;

    private final ScheduledExecutorService shard = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService background =
            Executors.newSingleThreadScheduledExecutor();
    private final byte[] bytes = new byte[RECORD_BYTES];
    private final LocalLog log;
    private final long start = System.nanoTime();
    private long committedBytes;
    private long waits;
    private int segment = 1;
    private @Nullable IOException failure;

    private LogMeasurement(FileDirectory directory) {
        log =
                new LocalLog(
                        directory,
                        LocalLogConfig.defaults(0),
                        new SystemClock(),
                        new OnThread(shard),
                        new OnThread(writer),
                        new OnThread(background));
    }

    public static void main(String[] arguments) throws Exception {
        try (FileDirectory directory =
                FileDirectory.open(Path.of(arguments[0]), FileDirectory.Durability.AUTO)) {
            LogMeasurement measurement = new LogMeasurement(directory);
            measurement.shard.submit(measurement::recover).get();
            measurement.shard.awaitTermination(10, TimeUnit.MINUTES);
            measurement.end();
        }
    }

    private boolean recover() throws IOException {
        log.recover(this, this);
        System.out.printf("open after %d ms%n", (System.nanoTime() - start) / 1_000_000);
        fill();
        return true;
    }

    private void fill() {
        if (failure != null || committedBytes >= TOTAL_BYTES) {
            if (log.inFlight() == 0) {
                shard.shutdown();
            }
            return;
        }
        while (log.inFlight() < 2) {
            Batch batch = log.open(RECORD_BYTES * RECORDS_PER_BATCH, false);
            if (batch == null) {
                waits++;
                return;
            }
            if (batch.segment() > segment) {
                log.seal(segment, ByteBuffer.allocate(1000), output -> {});
                segment = batch.segment();
            }
            for (int i = 0; i < RECORDS_PER_BATCH; i++) {
                batch.buffer().put(bytes);
            }
            log.commit(batch);
            committedBytes += RECORD_BYTES * RECORDS_PER_BATCH;
        }
    }

    @Override
    public void durable(long position) {
        fill();
    }

    @Override
    public void failed(IOException cause) {
        failure = cause;
        shard.shutdown();
    }

    private void end() throws InterruptedException {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%.0f MB/s, %d segments, %d waits, failure %s%n",
                committedBytes / 1e6 / seconds, segment, waits, failure);
        log.close();
        writer.shutdown();
        background.shutdownNow();
    }

    @Override
    public void checkpoint(int ofSegment, ByteBuffer state) {}

    @Override
    public void batch(int ofSegment, ByteBuffer records, long recordsPosition) {}

    @Override
    public void segmentEnd(int ended) {
        log.seal(ended, ByteBuffer.allocate(1000), output -> {});
    }

    private record OnThread(ScheduledExecutorService thread) implements Executor {
        @Override
        public void execute(Runnable task) {
            if (!thread.isShutdown()) {
                thread.execute(task);
            }
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a delayed task.
        public void executeAfter(long delayNanos, Runnable task) {
            if (!thread.isShutdown()) {
                thread.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
            }
        }
    }

    private static final class SystemClock implements Clock {
        @Override
        public long wallMs() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }
}
