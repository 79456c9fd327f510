package io.sluice.simulator.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A mistake that a good programmer could make, as a small change of the engine's sources. Read from
 * a file NAME.bug:
 *
 * <pre>
 *   # What the mistake is, in one line
 *   # breaks: what a user would see of it
 *   # found within: 10 seeds
 *   engine/src/main/java/io/sluice/engine/shard/PendingBatch.java
 *     &lt;T&gt; void hold(Consumer&lt;Outcome&lt;T&gt;&gt; reply, Outcome&lt;T&gt; outcome) {
 *   -     replies.add(new Held&lt;&gt;(reply, outcome));
 *   +     reply.accept(outcome);
 * </pre>
 *
 * Lines that begin with a minus go, those with a plus come in their place, those with a blank stand
 * around them and stay. Each run of such lines is one change; an empty line, or the next file's
 * name, ends it. What stands there must occur exactly once in the file; white space and line breaks
 * do not count. The lines "found within" (then {@code ./test} looks whether it is so) and "unseen:
 * why the simulator cannot notice it" may be left out.
 *
 * @param name the file's name without its ending
 * @param breaks what a user would see
 * @param seedsMax how many seeds are needed at most to find it; 0 if that is not held on to
 * @param unseen why the simulator cannot notice it; empty if it must
 */
record PlantedBug(
        String name, String title, String breaks, int seedsMax, String unseen, List<Edit> edits) {

    /**
     * One change of one file.
     *
     * @param file the path of the source file from the project's root on
     * @param before what stands there
     * @param after what is put in its place
     */
    record Edit(String file, String before, String after) {}

    private static final String ENDING = ".bug";

    /** All bugs of a folder, by name. */
    static List<PlantedBug> all(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<PlantedBug> bugs = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
                String name = file.getFileName().toString();
                name = name.substring(0, name.length() - ENDING.length());
                bugs.add(parse(name, Files.readAllLines(file)));
            }
            return bugs;
        }
    }

    static PlantedBug parse(String name, List<String> lines) {
        Map<String, String> heading = new LinkedHashMap<>();
        List<Edit> edits = new ArrayList<>();
        String file = "";
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        for (String line : lines) {
            char first = line.isBlank() ? '\n' : line.charAt(0);
            switch (first) {
                case '#' -> head(heading, line.substring(1).strip());
                case '-' -> before.append(line.substring(1)).append('\n');
                case '+' -> after.append(line.substring(1)).append('\n');
                case ' ' -> {
                    before.append(line).append('\n');
                    after.append(line).append('\n');
                }
                default -> {
                    end(file, before, after, edits);
                    file = first == '\n' ? file : line.strip();
                }
            }
        }
        end(file, before, after, edits);
        String title = heading.getOrDefault("", "");
        String breaks = heading.getOrDefault("breaks", "");
        if (title.isEmpty() || breaks.isEmpty() || edits.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s.bug needs a title, a line \"# breaks:\" and a change".formatted(name));
        }
        String within = heading.getOrDefault("found within", "0 seeds");
        int seedsMax = Integer.parseInt(within.substring(0, within.indexOf(' ')));
        String unseen = heading.getOrDefault("unseen", "");
        return new PlantedBug(name, title, breaks, seedsMax, unseen, List.copyOf(edits));
    }

    private static void head(Map<String, String> heading, String line) {
        for (String key : List.of("breaks", "found within", "unseen")) {
            if (line.startsWith(key + ":")) {
                heading.put(key, line.substring(key.length() + 1).strip());
                return;
            }
        }
        heading.merge("", line, (known, more) -> known + " " + more);
    }

    private static void end(
            String file, StringBuilder before, StringBuilder after, List<Edit> edits) {
        if (!before.isEmpty()) {
            edits.add(new Edit(file, before.toString(), after.toString()));
        }
        before.setLength(0);
        after.setLength(0);
    }

    /** The sources with the mistake in them, by the path of the file. */
    Map<String, String> plantedIn(Path root) throws IOException {
        Map<String, String> sources = new LinkedHashMap<>();
        for (Edit edit : edits) {
            String source = sources.get(edit.file);
            if (source == null) {
                Path path = root.resolve(edit.file);
                if (!Files.exists(path)) {
                    throw new IllegalStateException(
                            "adapt %s.bug: there is no %s".formatted(name, edit.file));
                }
                source = Files.readString(path);
            }
            sources.put(edit.file, replaced(source, edit));
        }
        return sources;
    }

    private String replaced(String source, Edit edit) {
        Dense text = Dense.of(source);
        String wanted = Dense.of(edit.before).text;
        int at = text.text.indexOf(wanted);
        if (at < 0 || text.text.indexOf(wanted, at + 1) >= 0) {
            throw new IllegalStateException(
                    "adapt %s.bug: %s in %s:%n%s"
                            .formatted(
                                    name,
                                    at < 0
                                            ? "this is no longer"
                                            : "this stands more than once, so more lines around it are needed",
                                    edit.file,
                                    edit.before));
        }
        int from = text.places[at];
        int to = text.places[at + wanted.length() - 1] + 1;
        return source.substring(0, from) + edit.after.strip() + source.substring(to);
    }

    /**
     * A text without its white space, so that a change of formatting changes nothing.
     *
     * @param places where each of its characters stood
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Dense(String text, int[] places) {
        static Dense of(String text) {
            StringBuilder dense = new StringBuilder();
            int[] places = new int[text.length()];
            for (int i = 0; i < text.length(); i++) {
                if (!Character.isWhitespace(text.charAt(i))) {
                    places[dense.length()] = i;
                    dense.append(text.charAt(i));
                }
            }
            return new Dense(dense.toString(), places);
        }
    }
}
