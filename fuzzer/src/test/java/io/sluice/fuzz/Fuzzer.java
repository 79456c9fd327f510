package io.sluice.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What Jazzer calls: hands each input to the target that the system property {@code
 * sluice.fuzz.target} names, and shows and keeps the number of executions.
 */
public final class Fuzzer {
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LOOK_EVERY = 64;

    private static @Nullable Fuzzer instance;

    private final String name;
    private final Oracles oracles;
    private final @Nullable Path counter;
    private final long executedBefore;
    private final long startNanos = System.nanoTime();
    private long lineNanos = startNanos;
    private long executed;

    private Fuzzer(String name, @Nullable Path counter) throws IOException {
        this.name = name;
        this.oracles = new Oracles(Targets.named(name));
        this.counter = counter;
        this.executedBefore =
                counter == null || !Files.exists(counter)
                        ? 0
                        : Long.parseLong(Files.readString(counter).strip());
    }

    /** Called by Jazzer once. */
    public static void fuzzerInitialize() throws IOException {
        String counter = System.getProperty("sluice.fuzz.counter");
        instance =
                new Fuzzer(
                        System.getProperty("sluice.fuzz.target", ""),
                        counter == null ? null : Path.of(counter));
    }

    /** Called by Jazzer with each input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Fuzzer fuzzer = instance;
        if (fuzzer == null) {
            throw new IllegalStateException("not initialized");
        }
        fuzzer.execute(input);
    }

    /** Called by Jazzer at the end. */
    public static void fuzzerTearDown() throws IOException {
        if (instance != null) {
            instance.show();
            System.out.println();
        }
    }

    private void execute(byte[] input) throws Exception {
        if (++executed % LOOK_EVERY == 0 && System.nanoTime() - lineNanos > LINE_NANOS) {
            show();
        }
        oracles.examine(input);
    }

    private void show() throws IOException {
        lineNanos = System.nanoTime();
        double seconds = (lineNanos - startNanos) / 1e9;
        System.out.printf(
                "\r%-12s %,14d executions %,10.0f /s %6.0f s ",
                name, executed, executed / seconds, seconds);
        System.out.flush();
        if (counter != null) {
            Files.writeString(counter, executedBefore + executed + "\n");
        }
    }
}
