package io.sluice.bench.driver;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * The measured part of a driver's run. The benchmark is told of it in lines that begin with {@code
 * bench:}. Any thread records; one opens, closes and tells.
 */
public final class Measured {
    private static final long LATENCY_MAX_NS = TimeUnit.SECONDS.toNanos(60);

    private final ConcurrentHistogram latency = new ConcurrentHistogram(LATENCY_MAX_NS, 3);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean isOpen;
    private long openedNs;
    private long elapsedNs;
    private long cpuNs;

    public void open() {
        cpuNs = usedNs();
        say("opened");
        isOpen = true;
        openedNs = System.nanoTime();
    }

    public void close() {
        isOpen = false;
        elapsedNs = System.nanoTime() - openedNs;
        say("closed");
        cpuNs = usedNs() - cpuNs;
    }

    /** How long the window was. */
    public long elapsedMs() {
        return elapsedNs / 1_000_000;
    }

    /** So many messages took so long; outside the window that does not count. */
    public void took(long ns, int messages) {
        if (isOpen) {
            latency.recordValueWithCount(Math.min(Math.max(0, ns), LATENCY_MAX_NS), messages);
        }
    }

    /** Some message failed, and so the run. */
    public void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** Whether the run has failed. */
    public boolean isFailed() {
        return failure.get() != null;
    }

    /** Tells what was measured; throws if anything failed, or nothing was. */
    public void tell() {
        if (isFailed()) {
            throw new IllegalStateException("A message failed", failure.get());
        }
        if (latency.getTotalCount() == 0) {
            throw new IllegalStateException("Nothing was measured");
        }
        ByteBuffer bytes = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
        int size = latency.encodeIntoCompressedByteBuffer(bytes);
        String encoded = Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), size));
        say("result %d %d %s".formatted(elapsedNs, cpuNs, encoded));
    }

    private static long usedNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void say(String line) {
        System.out.println("bench:" + line);
        System.out.flush();
    }
}
