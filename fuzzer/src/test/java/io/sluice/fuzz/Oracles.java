package io.sluice.fuzz;

import com.sun.management.ThreadMXBean;
import io.sluice.fuzz.Target.Check;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What holds of every target and input: it ends within a second, allocates no more than its bound,
 * throws nothing undocumented, and its own check passes. The first time also loads classes, and a
 * busy machine takes its time, so only what is too much three times in a row is a finding.
 */
final class Oracles {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final int ATTEMPTS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Target target;

    Oracles(Target target) {
        this.target = target;
    }

    /** Lets the target take {@code input}; throws if anything does not hold. */
    void examine(byte[] input) throws Exception {
        long bytesMax =
                target.allocatedBaseMax() + target.allocatedPerByteMax() * (long) input.length;
        String excess = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
            long nanosBefore = nanos(attempt);
            Check check = target.take(input);
            long nanos = nanos(attempt) - nanosBefore;
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
            if (check != null) {
                check.run();
            }
            excess = excess(nanos, bytes, bytesMax);
            if (excess == null) {
                return;
            }
        }
        throw new AssertionError(excess + " for an input of " + input.length + " bytes");
    }

    /** The clock on the wall; after that has shown too much, the thread's own, which is slower. */
    private static long nanos(int attempt) {
        return attempt == 0 ? System.nanoTime() : THREADS.getCurrentThreadCpuTime();
    }

    private static @Nullable String excess(long nanos, long bytes, long bytesMax) {
        if (nanos > NANOS_MAX) {
            return "took " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms, at most 1000 are allowed";
        }
        if (bytes > bytesMax) {
            return "allocated " + bytes + " bytes, at most " + bytesMax + " are allowed";
        }
        return null;
    }
}
