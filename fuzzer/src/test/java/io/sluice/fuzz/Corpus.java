package io.sluice.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The inputs that are kept of one target. In the repository they are lines of Base64, shortest
 * first, those of findings at the top under a comment that says what each did; for Jazzer they are
 * files in a directory.
 */
final class Corpus {
    private static final int INPUTS_MAX = 100;
    private static final int INPUT_BYTES_MAX = 512;
    private static final String COMMENT = "#";

    private Corpus() {}

    /** The inputs in the repository. */
    static List<byte[]> kept(String target) {
        return lines(target).stream()
                .filter(line -> !line.isBlank() && !line.startsWith(COMMENT))
                .map(Base64.getDecoder()::decode)
                .toList();
    }

    private static List<String> lines(String target) {
        try (InputStream in = Corpus.class.getResourceAsStream("/corpus/" + target + ".txt")) {
            return in == null
                    ? List.of()
                    : new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds what is kept, and the target's seeds, to a directory of inputs. */
    static void unpack(String target, Path directory) throws Exception {
        Files.createDirectories(directory);
        List<byte[]> inputs = new ArrayList<>(kept(target));
        inputs.addAll(Targets.named(target).seeds());
        for (byte[] input : inputs) {
            Files.write(directory.resolve(name(input)), input);
        }
    }

    private static String name(byte[] input) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(input));
    }

    /** Writes a directory of inputs to {@code file}, keeping the findings that are in it. */
    static void pack(Path directory, Path file) throws IOException {
        List<String> out = new ArrayList<>();
        if (Files.exists(file)) {
            out.addAll(findings(Files.readAllLines(file)));
        }
        Set<String> known = new HashSet<>(out);
        try (Stream<Path> files = Files.list(directory)) {
            files.map(Corpus::bytes)
                    .filter(input -> input.length <= INPUT_BYTES_MAX)
                    .sorted(Comparator.comparingInt((byte[] input) -> input.length))
                    .map(Base64.getEncoder()::encodeToString)
                    .filter(known::add)
                    .limit(INPUTS_MAX)
                    .forEach(out::add);
        }
        Files.write(file, out);
    }

    /** The comments, and the line after each. */
    private static List<String> findings(List<String> lines) {
        List<String> findings = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(COMMENT)
                    || (i > 0 && lines.get(i - 1).startsWith(COMMENT))) {
                findings.add(lines.get(i));
            }
        }
        return findings;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
