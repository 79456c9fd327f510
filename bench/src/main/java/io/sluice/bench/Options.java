package io.sluice.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param systems names as given, empty for all
 * @param scenarios names as given, empty for all
 * @param root the project's directory
 * @param directory where servers put their data; nobody else's
 * @param peerJava the {@code java} program for peers and the official client
 * @param name of the files that are written
 */
record Options(
        List<String> systems,
        List<String> scenarios,
        Duration warmup,
        Duration measured,
        int rounds,
        Path root,
        Path directory,
        Path peerJava,
        String name) {
    /** A name of our own: the directory of each system below it is deleted before and after. */
    private static final String DATA = "benchmark-data";

    private static final Set<String> KNOWN =
            Set.of(
                    "--systems",
                    "--scenarios",
                    "--seconds",
                    "--warmup",
                    "--rounds",
                    "--root",
                    "--dir",
                    "--name",
                    "--peer-java");

    /**
     * Parses {@code --name value} pairs.
     *
     * @throws IllegalArgumentException if one is unknown or has no value
     */
    static Options parse(List<String> args) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < args.size(); i += 2) {
            if (!KNOWN.contains(args.get(i)) || i + 1 == args.size()) {
                throw new IllegalArgumentException("Unknown or without a value: " + args.get(i));
            }
            given.put(args.get(i), args.get(i + 1));
        }
        Path root = Path.of(given.getOrDefault("--root", ".")).toAbsolutePath().normalize();
        String now =
                LocalDateTime.now(ZoneOffset.UTC)
                        .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmm"));
        return new Options(
                names(given.get("--systems")),
                names(given.get("--scenarios")),
                seconds(given.getOrDefault("--warmup", "10")),
                seconds(given.getOrDefault("--seconds", "10")),
                positive(given.getOrDefault("--rounds", "3")),
                root,
                root.resolve(given.getOrDefault("--dir", "bench/target")).resolve(DATA),
                Path.of(
                        given.getOrDefault(
                                "--peer-java",
                                ProcessHandle.current().info().command().orElse("java"))),
                given.getOrDefault("--name", now));
    }

    /**
     * Those of {@code all} that are named, in their own order; all of them if none is named.
     *
     * @throws IllegalArgumentException if a name belongs to none of them
     */
    static <T> List<T> choose(List<String> names, List<T> all, Function<T, String> name) {
        List<String> known = all.stream().map(name).toList();
        for (String wanted : names) {
            if (!known.contains(wanted)) {
                throw new IllegalArgumentException(
                        "Unknown: %s; known: %s".formatted(wanted, String.join(", ", known)));
            }
        }
        return all.stream()
                .filter(one -> names.isEmpty() || names.contains(name.apply(one)))
                .toList();
    }

    private static List<String> names(@Nullable String given) {
        return given == null ? List.of() : List.of(given.split(","));
    }

    private static Duration seconds(String text) {
        return Duration.ofSeconds(positive(text));
    }

    private static int positive(String text) {
        int value = Integer.parseInt(text);
        if (value < 1) {
            throw new IllegalArgumentException("Must be at least 1: " + value);
        }
        return value;
    }
}
