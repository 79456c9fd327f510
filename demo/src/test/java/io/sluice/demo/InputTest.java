package io.sluice.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {
    @TempDir Path directory;

    @Test
    void shouldRepeatAndNumberTheLinesOfAShortFile() throws Exception {
        Path file = Files.writeString(directory.resolve("short.txt"), "one\n\nthree\n");
        Input input = Input.read(file);

        assertEquals(Input.COUNT_MIN, input.count());
        assertEquals("000000 one", input.text(0));
        assertEquals("000001 ", input.text(1));
        assertEquals("000003 one", input.text(3));
    }

    @Test
    void shouldSendEveryLineOfALongFile() throws Exception {
        Input input = Input.of(directory, Collections.nCopies(5_000, "x"));

        assertEquals(5_000, input.count());
    }

    @Test
    void shouldKnowItsOwnTextsAndNoOthers() throws Exception {
        Input input = Input.of(directory, List.of("one", "two"));

        assertEquals(2_999, input.number(input.text(2_999)));
        assertEquals(-1, input.number(input.text(3_000)));
        assertEquals(-1, input.number("000000 two"));
        assertEquals(-1, input.number("hello there"));
        assertEquals(-1, input.number(""));
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws Exception {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});
        Path empty = Files.createFile(directory.resolve("empty"));

        assertTrue(refusal(binary).endsWith("is not UTF-8 text"));
        assertTrue(refusal(empty).endsWith("has no lines"));
        assertEquals(
                "there is no file " + directory.resolve("none"),
                refusal(directory.resolve("none")));
        assertEquals("cannot read " + directory + ": it is a directory", refusal(directory));
    }

    @Test
    void shouldSayTrulyWhereItsTextsComeFrom() throws Exception {
        Path file = directory.resolve("x.txt");

        assertEquals(
                "the 2 lines of x.txt over and over",
                Input.of(file, List.of("one", "two")).origin());
        assertEquals(
                "the 5,000 lines of x.txt",
                Input.of(file, Collections.nCopies(5_000, "x")).origin());
        assertEquals(
                "the first 200,000 lines of x.txt",
                Input.of(file, Collections.nCopies(200_001, "x")).origin());
    }

    private static String refusal(Path file) {
        return String.valueOf(
                assertThrows(DemoException.class, () -> Input.read(file)).getMessage());
    }
}
