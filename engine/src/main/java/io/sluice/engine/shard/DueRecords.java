package io.sluice.engine.shard;

import io.sluice.engine.log.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the records of timers that are due. What was scheduled at the same time lies together, and
 * is mostly due at the same time: records that are close to each other come with one read.
 */
final class DueRecords {
    private static final int READ_BYTES_MAX = 256 << 10;
    private static final int GAP_BYTES_MAX = 8 << 10;

    private DueRecords() {}

    /** The records of {@code places}, in their order; blocks on storage. */
    static ByteBuffer[] read(Log log, List<Firing.Place> places) throws IOException {
        Integer[] byPosition = new Integer[places.size()];
        Arrays.setAll(byPosition, i -> i);
        Arrays.sort(byPosition, Comparator.comparingLong(i -> places.get(i).position()));
        ByteBuffer[] records = new ByteBuffer[byPosition.length];
        for (int from = 0; from < byPosition.length; ) {
            int to = endOfRead(log, places, byPosition, from);
            long start = places.get(byPosition[from]).position();
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) (end(places.get(byPosition[to - 1])) - start));
            log.read(start, bytes.capacity(), bytes);
            for (int i = from; i < to; i++) {
                Firing.Place place = places.get(byPosition[i]);
                records[byPosition[i]] =
                        bytes.slice((int) (place.position() - start), place.sizeBytes());
            }
            from = to;
        }
        return records;
    }

    private static int endOfRead(
            Log log, List<Firing.Place> places, Integer[] byPosition, int from) {
        Firing.Place first = places.get(byPosition[from]);
        long end = end(first);
        int to = from + 1;
        for (; to < byPosition.length; to++) {
            Firing.Place next = places.get(byPosition[to]);
            if (next.position() - end > GAP_BYTES_MAX
                    || end(next) - first.position() > READ_BYTES_MAX
                    || log.segmentOf(next.position()) != log.segmentOf(first.position())) {
                return to;
            }
            end = end(next);
        }
        return to;
    }

    private static long end(Firing.Place place) {
        return place.position() + place.sizeBytes();
    }
}
