package io.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps habits in all modules. Each ban names what to do instead. */
final class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LINES_MAX = 600;
    private static final Pattern VAGUE =
            Pattern.compile(".*(Manager|Helper|Utils?|Impl|Facade|Service|Context)\\.java");
    // Written in two parts, so that this line is not found.
    private static final Pattern LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    private static List<Path> files(String ending) throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(path -> path.toString().endsWith(ending))
                    .filter(path -> !path.toString().contains("/target/"))
                    .filter(path -> !path.toString().contains("/.git/"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldFindTheSources() throws IOException {
        assertTrue(files(".java").size() > 100, "not run from a module of the project: " + ROOT);
    }

    @Test
    void shouldLeaveNothingForLaterInTheCode() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files(".java")) {
            for (String line : Files.readAllLines(file)) {
                if (LATER.matcher(line).find()) {
                    found.add(ROOT.relativize(file) + ": " + line.strip());
                }
            }
        }
        assertEquals(List.of(), found, "do it, or open an issue");
    }

    @Test
    void shouldNameClassesForTheirRole() throws IOException {
        List<Path> vague =
                files(".java").stream()
                        .filter(file -> VAGUE.matcher(file.getFileName().toString()).matches())
                        .toList();
        assertEquals(List.of(), vague, "say the role instead: Log, Writer, Index, Codec, Lease");
    }

    @Test
    void shouldIntroduceEveryPackage() throws IOException {
        List<Path> missing =
                files(".java").stream()
                        .filter(file -> file.toString().contains("/src/main/java/"))
                        .map(Path::getParent)
                        .distinct()
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                        .toList();
        assertEquals(List.of(), missing, "add a package-info.java that says what it is for");
    }

    @Test
    void shouldKeepFilesShort() throws IOException {
        List<Path> tooLong = new ArrayList<>();
        for (Path file : files(".java")) {
            if (Files.readAllLines(file).size() > LINES_MAX) {
                tooLong.add(ROOT.relativize(file));
            }
        }
        assertEquals(List.of(), tooLong, "two things live in it: give each a file of its own");
    }

    @Test
    void shouldLinkOnlyToWhatIsThere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path file : files(".md")) {
            Matcher link = LINK.matcher(Files.readString(file));
            while (link.find()) {
                if (!Files.exists(file.resolveSibling(link.group(1)))) {
                    broken.add(ROOT.relativize(file) + " → " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), broken, "mend the link");
    }
}
