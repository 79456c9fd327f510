package io.sluice.simulator.planted;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Hunts one bug after the other, seed by seed, in a worker process that is ended and started anew
 * when a seed takes too long: whoever makes the engine run for ever is found, too.
 */
final class Hunt implements AutoCloseable {
    /**
     * What became of a bug.
     *
     * @param seed the first seed that found it; 0 if none did
     * @param noticed what the simulator said
     * @param wrong seeds on which the engine as it is does not hold either: they prove nothing
     */
    record Found(PlantedBug bug, long seed, String noticed, int wrong) {
        boolean is() {
            return seed > 0;
        }
    }

    private final String entrance;
    private final Path bugs;
    private final long seedMsMax;
    private final Map<Long, String> unplanted;
    private @Nullable Process worker;
    private @Nullable Writer questions;
    private @Nullable BufferedReader answers;

    /**
     * @param entrance see {@link Trial}
     * @param bugs the folder of the bugs
     * @param seedMsMax how long one seed may take, in ms
     */
    Hunt(String entrance, Path bugs, long seedMsMax) {
        this(entrance, bugs, seedMsMax, new ConcurrentHashMap<>());
    }

    private Hunt(String entrance, Path bugs, long seedMsMax, Map<Long, String> unplanted) {
        this.entrance = entrance;
        this.bugs = bugs;
        this.seedMsMax = seedMsMax;
        this.unplanted = unplanted;
    }

    /** Another hunt of the same kind, for another thread. */
    Hunt another() {
        return new Hunt(entrance, bugs, seedMsMax, unplanted);
    }

    /** Runs seeds from 1 on until one finds the bug. */
    Found hunt(PlantedBug bug, int seedsMax) throws IOException {
        int wrong = 0;
        for (long seed = 1; seed <= seedsMax; seed++) {
            String noticed = noticed(bug.name(), seed);
            if (noticed.startsWith("!")) {
                throw new IllegalStateException(bug.name() + ": " + noticed.substring(1));
            }
            if (!noticed.isEmpty() && holdsUnplanted(seed)) {
                return new Found(bug, seed, noticed, wrong);
            }
            wrong += noticed.isEmpty() ? 0 : 1;
        }
        return new Found(bug, 0, "", wrong);
    }

    private boolean holdsUnplanted(long seed) throws IOException {
        String known = unplanted.get(seed);
        if (known == null) {
            known = noticed(Worker.NONE, seed);
            unplanted.put(seed, known);
        }
        return known.isEmpty();
    }

    /** Asks the worker; if it does not answer in time, that is what was noticed. */
    private String noticed(String name, long seed) throws IOException {
        Process asked = worker();
        requireNonNull(questions).write(name + " " + seed + "\n");
        requireNonNull(questions).flush();
        BufferedReader from = requireNonNull(answers);
        CompletableFuture<@Nullable String> answer =
                CompletableFuture.supplyAsync(() -> lineOf(from), Thread::startVirtualThread);
        try {
            String line = answer.get(seedMsMax, TimeUnit.MILLISECONDS);
            if (line != null) {
                return line;
            }
            close();
            return "the run ended its process";
        } catch (TimeoutException e) {
            asked.destroyForcibly();
            close();
            return "the run does not end: stopped after %d s".formatted(seedMsMax / 1000);
        } catch (InterruptedException | ExecutionException e) {
            close();
            throw new IOException(e);
        }
    }

    private static @Nullable String lineOf(BufferedReader from) {
        try {
            return from.readLine();
        } catch (IOException ended) {
            return null;
        }
    }

    private Process worker() throws IOException {
        Process running = worker;
        if (running != null) {
            return running;
        }
        running =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1", // a planted engine lives briefly
                                "-cp",
                                System.getProperty("java.class.path"),
                                Worker.class.getName(),
                                entrance,
                                bugs.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        worker = running;
        questions = running.outputWriter(StandardCharsets.UTF_8);
        answers = running.inputReader(StandardCharsets.UTF_8);
        return running;
    }

    /** Ends the worker. */
    @Override
    public void close() {
        if (worker != null) {
            worker.destroyForcibly();
            worker = null;
        }
    }
}
