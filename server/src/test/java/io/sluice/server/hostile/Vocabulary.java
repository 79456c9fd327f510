package io.sluice.server.hostile;

import io.sluice.protocol.RequestCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What requests are made of, found in the sources, so that a new code joins by being written: the
 * codes in {@code RequestCode}, the headers and bodies that a code's Javadoc links to, or whose
 * Javadoc links to the code, and what those read. Of a code that has neither, all that any header
 * reads.
 */
final class Vocabulary {
    private static final Path PROTOCOL = Path.of("..", "protocol/src/main/java/io/sluice/protocol");
    private static final Path HANDLERS = Path.of("src/main/java/io/sluice/server/dispatch");

    private static final Pattern CODE =
            Pattern.compile(
                    "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public static final int (\\w+) = (\\d+);",
                    Pattern.DOTALL);
    private static final Pattern HEAD =
            Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\{@link\\s+(#?\\w+)");
    private static final Pattern FIELD =
            Pattern.compile(
                    "\\w*[hH]eader(?:\\(\\))?\\s*\\.(text|textOrNull|bytes|intField|longField|booleanField|has)\\(\\s*\"(\\w+)\"");
    private static final Pattern MEMBER =
            Pattern.compile(
                    "\\w+\\s*\\.(text|textOrNull|int32|int64|bool|texts|objects|map|objectOrNull|constant)\\(\\s*\"(\\w+)\"");
    private static final Pattern PART = Pattern.compile("(\\w+)::decode");

    /** What a value has to be. */
    enum Kind {
        TEXT,
        NUMBER,
        TRUTH,
        TEXTS,
        OBJECTS,
        OBJECT;

        static Kind of(String reader) {
            return switch (reader) {
                case "intField", "longField", "int32", "int64" -> NUMBER;
                case "booleanField", "bool" -> TRUTH;
                case "texts" -> TEXTS;
                case "objects" -> OBJECTS;
                case "map", "objectOrNull" -> OBJECT;
                default -> TEXT;
            };
        }
    }

    /**
     * What a request with one code is read for.
     *
     * @param name the constant's name; the number if it has none
     * @param fields of the header
     * @param members of the body's JSON, those of nested objects among them
     * @param guessed whether the fields are those of all headers
     */
    record Asked(
            int code,
            String name,
            Map<String, Kind> fields,
            Map<String, Kind> members,
            boolean guessed) {}

    private final Map<String, String> sources = new TreeMap<>();
    private final Map<Integer, Asked> asked = new TreeMap<>();
    private final Map<String, Kind> allFields = new TreeMap<>();

    Vocabulary() throws IOException {
        try (Stream<Path> files = Files.list(PROTOCOL)) {
            files.forEach(file -> sources.put(className(file), read(file)));
        }
        Map<String, Kind> everywhere = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(HANDLERS)) {
            files.sorted().forEach(file -> add(FIELD, read(file), everywhere));
        }
        for (String source : sources.values()) {
            add(FIELD, source, allFields);
        }
        Map<String, String> docs = new LinkedHashMap<>();
        Map<String, Integer> codes = new LinkedHashMap<>();
        Matcher constant = CODE.matcher(source(RequestCode.class.getSimpleName()));
        while (constant.find()) {
            docs.put(constant.group(2), constant.group(1));
            codes.put(constant.group(2), Integer.parseInt(constant.group(3)));
        }
        codes.forEach((name, code) -> asked.put(code, asked(name, code, docs, everywhere)));
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String source(String className) {
        return sources.getOrDefault(className, "");
    }

    private Asked asked(
            String name, int code, Map<String, String> docs, Map<String, Kind> everywhere) {
        Map<String, Kind> fields = new LinkedHashMap<>();
        Map<String, Kind> members = new LinkedHashMap<>();
        Set<String> classes = links(name, docs, new LinkedHashSet<>());
        sources.forEach((className, source) -> {
            Matcher head = HEAD.matcher(source);
            if (head.find() && head.group(1).matches("(?s).*RequestCode#\\s*" + name + "\\b.*")) {
                classes.add(className);
            }
        });
        for (String linked : classes) {
            add(FIELD, source(linked), fields);
            for (String part : parts(linked, new LinkedHashSet<>())) {
                add(MEMBER, source(part), members);
            }
        }
        boolean guessed = fields.isEmpty() && members.isEmpty();
        if (guessed) {
            fields.putAll(allFields);
        }
        fields.putAll(everywhere);
        fields.keySet().forEach(members::remove); // of headers, whose readers look the same
        return new Asked(code, name, fields, members, guessed);
    }

    /** The classes that a constant's Javadoc links to, through other constants too. */
    private static Set<String> links(String name, Map<String, String> docs, Set<String> found) {
        Matcher link = LINK.matcher(docs.getOrDefault(name, ""));
        while (link.find()) {
            String target = link.group(1);
            if (!target.startsWith("#")) {
                found.add(target);
            } else if (!target.substring(1).equals(name)) {
                links(target.substring(1), docs, found);
            }
        }
        return found;
    }

    /** A body's class and those of which it is made. */
    private Set<String> parts(String className, Set<String> found) {
        String source = source(className);
        if (source.contains("JsonObject") && found.add(className)) {
            Matcher part = PART.matcher(source);
            while (part.find()) {
                parts(part.group(1), found);
            }
        }
        return found;
    }

    private static void add(Pattern pattern, String source, Map<String, Kind> names) {
        Matcher reader = pattern.matcher(source);
        while (reader.find()) {
            names.putIfAbsent(reader.group(2), Kind.of(reader.group(1)));
        }
    }

    /** The numbers of all constants. */
    List<Integer> codes() {
        return new ArrayList<>(asked.keySet());
    }

    /** What a request with that code is read for, as far as the sources tell. */
    Asked of(int code) {
        Asked known = asked.get(code);
        return known != null ? known : new Asked(code, "" + code, allFields, Map.of(), true);
    }
}
