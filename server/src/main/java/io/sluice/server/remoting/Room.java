package io.sluice.server.remoting;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections this process has room for: each takes a file descriptor and heap. */
final class Room {
    /**
     * Kept for storage, which must never find that sockets have taken all descriptors: it has at
     * most 128 files open for reading, some for writing, and the JVM has its own.
     */
    private static final int DESCRIPTORS_KEPT = 512;

    /** What a connection that waits for messages counts for: an estimate, not measured. */
    private static final int HEAP_BYTES_PER_CONNECTION = 8 * 1024;

    private Room() {}

    /** As many as descriptors and half of the heap allow. */
    static int connections() {
        return connections(descriptors(), Runtime.getRuntime().maxMemory());
    }

    static int connections(long descriptors, long heapBytes) {
        long byDescriptors = descriptors - Math.min(DESCRIPTORS_KEPT, descriptors / 2);
        long byHeap = heapBytes / 2 / HEAP_BYTES_PER_CONNECTION;
        return Math.clamp(Math.min(byDescriptors, byHeap), 1, Integer.MAX_VALUE);
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }
}
