package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what a commit costs, for the table in docs/adr/0003. Not a test: run its {@code main}
 * with a directory on the disk in question.
 */
public final class CommitMeasurement {
    private static final int FILE_BYTES = 128 << 20;
    private static final int COMMITS_MAX = 1000;
    private static final List<Integer> SIZES =
            List.of(4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20);

    private CommitMeasurement() {}

    /** A way of committing, and the commits' durations so far. */
    private record Way(String name, FileDirectory directory, SegmentFile file, List<Long> nanos) {}

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        try (FileDirectory direct =
                        FileDirectory.open(path.resolve("direct"), FileDirectory.Durability.AUTO);
                FileDirectory buffered =
                        FileDirectory.open(
                                path.resolve("buffered"), FileDirectory.Durability.FDATASYNC)) {
            if (!direct.direct()) {
                throw new IOException(path + " does not support O_DIRECT: try another disk");
            }
            System.out.println("| commit KiB | how | p50 µs | p99 µs | p99.9 µs |");
            System.out.println("|---|---|---|---|---|");
            for (int size : SIZES) {
                measure(direct, buffered, size);
            }
        }
    }

    /** The ways take turns commit by commit, so that what else the disk does troubles all alike. */
    private static void measure(FileDirectory direct, FileDirectory buffered, int size)
            throws IOException {
        List<Way> ways =
                List.of(
                        way("O_DIRECT + O_DSYNC, zeroed", direct, true),
                        way("write + fdatasync, zeroed", buffered, true),
                        way("O_DIRECT + O_DSYNC, growing", direct, false),
                        way("write + fdatasync, growing", buffered, false));
        ByteBuffer batch = aligned(size);
        for (int i = 0; i < size; i++) {
            batch.put(i, (byte) (i | 1));
        }
        for (int i = 0; i < Math.min(COMMITS_MAX, FILE_BYTES / size); i++) {
            for (Way way : ways) {
                long start = System.nanoTime();
                way.file.write(batch.clear(), (long) i * size);
                way.nanos.add(System.nanoTime() - start);
            }
        }
        for (Way way : ways) {
            way.file.close();
            way.directory.delete(way.file.name());
            report(way.name, size, way.nanos.stream().sorted().toList());
        }
    }

    private static Way way(String name, FileDirectory directory, boolean zeroed)
            throws IOException {
        String fileName = zeroed ? "zeroed" : "growing";
        SegmentFile file = directory.open(fileName, SegmentFile.Directory.Mode.DURABLE);
        if (zeroed) {
            fill(file);
        }
        return new Way(name, directory, file, new ArrayList<>());
    }

    private static void fill(SegmentFile file) throws IOException {
        ByteBuffer zeroes = aligned(1 << 20);
        for (int at = 0; at < FILE_BYTES; at += zeroes.capacity()) {
            file.write(zeroes.clear(), at);
        }
    }

    private static ByteBuffer aligned(int size) {
        return ByteBuffer.allocateDirect(size + 4096).alignedSlice(4096).slice(0, size);
    }

    private static void report(String how, int size, List<Long> sorted) {
        System.out.printf(
                "| %d | %s | %d | %d | %d |%n",
                size >> 10, how, micros(sorted, 0.5), micros(sorted, 0.99), micros(sorted, 0.999));
    }

    private static long micros(List<Long> sorted, double quantile) {
        return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * quantile)) / 1000;
    }
}
