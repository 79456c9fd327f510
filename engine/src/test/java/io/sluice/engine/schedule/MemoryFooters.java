package io.sluice.engine.schedule;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Footers in memory. Their timers may lie anywhere, but are not larger than that. */
record MemoryFooters(Map<Integer, MemoryFooter> footers) implements Timers.Footers {
    static final int SIZE_BYTES_MAX = 1 << 20;

    @Override
    public @Nullable MemoryFooter footer(int segment) {
        return footers.get(segment);
    }

    @Override
    public boolean mayHold(int segment, long position, int sizeBytes) {
        return sizeBytes <= SIZE_BYTES_MAX;
    }
}
