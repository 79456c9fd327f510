package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final List<String> ALL = List.of("a", "b", "c");

    @Test
    void shouldMeasureEverythingByDefault() {
        Options options = parse();
        assertEquals(ALL, Options.choose(options.systems(), ALL, String::toString));
        assertEquals(3, options.rounds());
    }

    @Test
    void shouldTakeWhatIsGiven() {
        Options options =
                parse("--systems", "c,a", "--seconds", "5", "--root", "/r", "--dir", "/disk/data");
        assertEquals(List.of("a", "c"), Options.choose(options.systems(), ALL, String::toString));
        assertEquals(Duration.ofSeconds(5), options.measured());
        assertEquals(Path.of("/disk/data/benchmark-data"), options.directory());
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.choose(List.of("a", "x"), ALL, String::toString));
        assertThrows(IllegalArgumentException.class, () -> parse("--second", "5"));
        assertThrows(IllegalArgumentException.class, () -> parse("--seconds"));
        assertThrows(IllegalArgumentException.class, () -> parse("--rounds", "0"));
    }

    private static Options parse(String... args) {
        return Options.parse(List.of(args));
    }
}
