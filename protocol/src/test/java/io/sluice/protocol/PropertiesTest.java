package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PropertiesTest {
    /** Properties with {@code =} and {@code ;} standing for the separators. */
    private static byte[] bytes(String text) {
        return text.replace('=', '\1').replace(';', '\2').getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldReadEntriesAsTheClientDoes() {
        byte[] odd = bytes("A=1;;=x;B=;C;D=4=4;A=2;E=5");
        assertEquals(Map.of("A", "2", "D", "4\u00014", "E", "5"), Properties.decode(odd));
    }

    @Test
    void shouldRefuseWhatWouldNotReadBack() {
        for (String bad : new String[] {"", "a\u0001b", "a\u0002"}) {
            assertThrows(IllegalArgumentException.class, () -> Properties.encode(Map.of("x", bad)));
            assertThrows(IllegalArgumentException.class, () -> Properties.encode(Map.of(bad, "x")));
        }
    }

    @Test
    void shouldReadWhatItWrites() {
        Map<String, String> entries =
                Map.of("KEYS", "k1 k2", "gr\u00fcn", "\u2603", "WAIT", "true");
        assertEquals(entries, Properties.decode(Properties.encode(entries)));
    }
}
