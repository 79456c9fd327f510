package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final List<String> SYSTEMS = List.of("a", "b", "c");
    private static final List<String> SCENARIOS = List.of("1", "2");

    @Test
    void shouldMeasureEverythingByDefault() {
        Options options = parse();
        assertEquals(SYSTEMS, options.systems());
        assertEquals(SCENARIOS, options.scenarios());
        assertEquals(3, options.rounds());
    }

    @Test
    void shouldTakeWhatIsGiven() {
        Options options =
                parse("--systems", "a,c", "--seconds", "5", "--root", "/r", "--dir", "/disk/data");
        assertEquals(List.of("a", "c"), options.systems());
        assertEquals(Duration.ofSeconds(5), options.measured());
        assertEquals(Path.of("/disk/data"), options.directory());
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertThrows(IllegalArgumentException.class, () -> parse("--systems", "a,x"));
        assertThrows(IllegalArgumentException.class, () -> parse("--second", "5"));
        assertThrows(IllegalArgumentException.class, () -> parse("--seconds"));
        assertThrows(IllegalArgumentException.class, () -> parse("--rounds", "0"));
    }

    private static Options parse(String... args) {
        return Options.parse(List.of(args), SYSTEMS, SCENARIOS);
    }
}
