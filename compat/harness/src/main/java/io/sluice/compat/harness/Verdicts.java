package io.sluice.compat.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the tests of one module said of each feature, with one client. Kept in a file in the
 * module's build directory, from which the table in docs/COMPATIBILITY.md is made when all modules
 * have run.
 */
public final class Verdicts implements AutoCloseable {
    /** The file's name in the build directory. */
    public static final String FILE_NAME = "features.tsv";

    private static final String CLIENT = "client\t";

    /** Whether all tests run, and against Sluice; another run says nothing. */
    private static final boolean COUNTS =
            System.getProperty("test") == null
                    && System.getProperty("compat.target", "sluice").equals("sluice");

    private final Map<String, Verdict> verdicts = new TreeMap<>();

    /** Adds what one test says. */
    synchronized void note(String feature, Verdict verdict) {
        verdicts.merge(feature, verdict, (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }

    @Override
    public synchronized void close() throws IOException {
        if (!COUNTS) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(CLIENT + System.getProperty("compat.client", "unnamed"));
        verdicts.forEach((feature, verdict) -> lines.add(feature + "\t" + verdict));
        Files.write(
                Path.of(System.getProperty("compat.work-dir")).resolveSibling(FILE_NAME), lines);
    }

    /**
     * What a run has left.
     *
     * @param client what the tests were made with
     * @param features their verdicts, by feature
     */
    public record Read(String client, Map<String, Verdict> features) {
        /** Reads {@code file}. */
        public static Read of(Path file) throws IOException {
            List<String> lines = Files.readAllLines(file);
            Map<String, Verdict> features = new TreeMap<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split("\t", 2);
                features.put(parts[0], Verdict.valueOf(parts[1]));
            }
            return new Read(lines.get(0).substring(CLIENT.length()), features);
        }
    }
}
