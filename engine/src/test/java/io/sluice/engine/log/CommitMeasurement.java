package io.sluice.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        System.out.println("| how | commit KiB | p50 µs | p99 µs | p99.9 µs |");
        System.out.println("|---|---|---|---|---|");
        for (int size : SIZES) {
            measure(path, "O_DIRECT + O_DSYNC", FileDirectory.Durability.AUTO, true, size);
            measure(path, "write + fdatasync", FileDirectory.Durability.FDATASYNC, true, size);
            measure(
                    path,
                    "O_DIRECT + O_DSYNC, growing",
                    FileDirectory.Durability.AUTO,
                    false,
                    size);
            measure(
                    path,
                    "write + fdatasync, growing",
                    FileDirectory.Durability.FDATASYNC,
                    false,
                    size);
        }
    }

    private static void measure(
            Path path, String how, FileDirectory.Durability durability, boolean zeroed, int size)
            throws IOException {
        try (FileDirectory directory = FileDirectory.open(path, durability)) {
            if (durability == FileDirectory.Durability.AUTO && !directory.direct()) {
                how += " (not supported: fdatasync)";
            }
            try (SegmentFile file =
                    directory.open("measured", SegmentFile.Directory.Mode.DURABLE)) {
                if (zeroed) {
                    fill(file);
                }
                report(how, size, commits(file, size));
            } finally {
                directory.delete("measured");
            }
        }
        Files.deleteIfExists(path.resolve("lock"));
    }

    private static void fill(SegmentFile file) throws IOException {
        ByteBuffer zeroes = aligned(1 << 20);
        for (int at = 0; at < FILE_BYTES; at += zeroes.capacity()) {
            file.write(zeroes.clear(), at);
        }
    }

    private static long[] commits(SegmentFile file, int size) throws IOException {
        ByteBuffer batch = aligned(size);
        for (int i = 0; i < size; i++) {
            batch.put(i, (byte) i);
        }
        long[] nanos = new long[Math.min(COMMITS_MAX, FILE_BYTES / size)];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            file.write(batch.clear(), (long) i * size);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static ByteBuffer aligned(int size) {
        return ByteBuffer.allocateDirect(size + 4096).alignedSlice(4096).slice(0, size);
    }

    private static void report(String how, int size, long[] sorted) {
        System.out.printf(
                "| %s | %d | %d | %d | %d |%n",
                how, size >> 10, micros(sorted, 0.5), micros(sorted, 0.99), micros(sorted, 0.999));
    }

    private static long micros(long[] sorted, double quantile) {
        return sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)] / 1000;
    }
}
