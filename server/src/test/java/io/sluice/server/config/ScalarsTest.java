package io.sluice.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScalarsTest {

    @Test
    void shouldReadDurationsInEveryUnit() {
        assertEquals(500, Scalars.duration("500ms").toMillis());
        assertEquals(30_000, Scalars.duration("30s").toMillis());
        assertEquals(90_000, Scalars.duration("1.5m").toMillis());
        assertEquals(72 * 3_600_000L, Scalars.duration("72h").toMillis());
        assertEquals(7 * 86_400_000L, Scalars.duration(" 7 d ").toMillis());
    }

    @Test
    void shouldReadSizesInPowersOf1024() {
        assertEquals(1, Scalars.sizeBytes("1B"));
        assertEquals(512L << 20, Scalars.sizeBytes("512MB"));
        assertEquals(3L << 29, Scalars.sizeBytes("1.5GB"));
    }

    @Test
    void shouldRefuseWhatIsNoAmount() {
        for (String text :
                List.of("", "5", "s", "0s", "-1s", "1x", "1 s s", "1.5ms", "999999999999999d")) {
            assertThrows(IllegalArgumentException.class, () -> Scalars.duration(text), () -> text);
        }
        assertThrows(IllegalArgumentException.class, () -> Scalars.sizeBytes("1gb"));
    }
}
