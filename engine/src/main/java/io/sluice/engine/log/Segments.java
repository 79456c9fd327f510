package io.sluice.engine.log;

import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Which segments there are, how large they are, and which are sealed. Any thread. */
final class Segments {
    private final ConcurrentNavigableMap<Integer, Long> sizes = new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<Integer, LocalFooter> footers =
            new ConcurrentSkipListMap<>();
    private volatile int first = 1;

    /** The oldest that readers may still read. */
    int first() {
        return first;
    }

    void trimBelow(int segment) {
        first = Math.max(first, segment);
    }

    void add(int segment, long sizeBytes) {
        sizes.put(segment, sizeBytes);
    }

    void removeFile(int segment) {
        sizes.remove(segment);
    }

    /** The oldest whose file still exists, trimmed or not; null if none does. */
    @Nullable Integer oldestFile() {
        return sizes.isEmpty() ? null : sizes.firstKey();
    }

    long sizeBytes(int segment) {
        return segment < first ? 0 : sizes.getOrDefault(segment, 0L);
    }

    void sealed(int segment, LocalFooter footer) {
        footers.put(segment, footer);
    }

    @Nullable LocalFooter footer(int segment) {
        return footers.get(segment);
    }

    @Nullable Integer oldestFooter() {
        return footers.isEmpty() ? null : footers.firstKey();
    }

    void removeFooter(int segment) {
        footers.remove(segment);
    }
}
