package io.sluice.compat.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.compat.harness.Verdict;
import io.sluice.compat.harness.Verdicts;
import io.sluice.compat.harness.Verdicts.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table in docs/COMPATIBILITY.md is what the tests have said: this module is built after those
 * of the clients, and reads what they left. {@code -Dcompat.table=write} writes the table instead.
 */
class CompatibilityDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "..", "docs", "COMPATIBILITY.md");
    private static final Path MODULES = Path.of("..");
    private static final String BEGIN = "<!-- table: made by ./test, do not edit -->\n";
    private static final String END = "<!-- end of table -->";

    private static final Pattern NEEDS_SERVER =
            Pattern.compile("^@(Scenario|AgainstServer)\\b", Pattern.MULTILINE);

    @Test
    void shouldSayInTheDocumentWhatTheTestsHaveSaid() throws IOException {
        List<Path> modules = modulesWithTests();
        List<Read> runs = new ArrayList<>();
        for (Path module : modules) {
            Path file = module.resolve("target").resolve(Verdicts.FILE_NAME);
            assumeTrue(Files.exists(file), () -> "all tests of " + module + " have to run first");
            runs.add(Read.of(file));
        }
        assumeTrue(
                runs.stream().noneMatch(run -> run.features().containsValue(Verdict.FAILED)),
                "tests have failed: the table waits until they pass");
        List<String> absent =
                runs.stream().filter(run -> run.features().isEmpty()).map(Read::client).toList();
        String made =
                FeatureTable.of(runs.stream().filter(run -> !run.features().isEmpty()).toList());
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        assertTrue(begin >= BEGIN.length() && end >= begin, "the marks of the table are gone");
        if (System.getProperty("compat.table", "check").equals("write")) {
            assumeTrue(absent.isEmpty(), () -> "these clients cannot run here: " + absent);
            Files.writeString(
                    DOCUMENT, document.substring(0, begin) + made + document.substring(end));
            return;
        }
        assertEquals(
                made,
                FeatureTable.without(document.substring(begin, end), absent),
                "docs/COMPATIBILITY.md does not say what the tests have said; to write it:"
                        + " mvn test -pl compat/table -am -Dcompat.table=write"
                        + " -Dtest=CompatibilityDocumentTest -Dsurefire.failIfNoSpecifiedTests=false");
    }

    /** Those with sources of tests that need a server, their own or the shared ones. */
    private static List<Path> modulesWithTests() throws IOException {
        try (Stream<Path> all = Files.list(MODULES)) {
            List<Path> modules = new ArrayList<>();
            for (Path module : all.sorted().toList()) {
                Path pom = module.resolve("pom.xml");
                if (Files.exists(pom)
                        && (Files.readString(pom).contains("build-helper-maven-plugin")
                                || needServer(module))) {
                    modules.add(module);
                }
            }
            return modules;
        }
    }

    private static boolean needServer(Path module) throws IOException {
        return tests(module).values().stream().anyMatch(test -> NEEDS_SERVER.matcher(test).find());
    }

    private static Map<Path, String> tests(Path folder) throws IOException {
        Path sources = folder.resolve("src/test/java");
        if (!Files.exists(sources)) {
            return Map.of();
        }
        Map<Path, String> tests = new java.util.TreeMap<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(file -> file.toString().endsWith("Test.java")).toList()) {
                tests.put(file, Files.readString(file));
            }
        }
        return tests;
    }

    @Test
    void shouldGiveEveryTestWithAServerItsRow() throws IOException {
        List<Path> without = new ArrayList<>();
        try (Stream<Path> folders = Files.list(MODULES)) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                tests(folder)
                        .forEach((file, test) -> {
                            if (NEEDS_SERVER.matcher(test).find() && !test.contains("@Feature(")) {
                                without.add(file);
                            }
                        });
            }
        }
        assertEquals(List.of(), without, "say with @Feature which row of the table they are for");
    }
}
