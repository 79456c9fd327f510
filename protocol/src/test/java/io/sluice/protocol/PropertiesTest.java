package io.sluice.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PropertiesTest {
    private static final byte[] PROPERTIES = bytes("KEYS=k1 k2;UNIQ_KEY=0A;TAGS=gr\u00fcn;");

    /** Properties with {@code =} and {@code ;} standing for the separators. */
    private static byte[] bytes(String text) {
        return text.replace('=', '\u0001').replace(';', '\u0002').getBytes(UTF_8);
    }

    @Test
    void shouldFindAValueByTheWholeNameOnly() {
        assertEquals("k1 k2", Properties.find(PROPERTIES, "KEYS"));
        assertEquals("gr\u00fcn", Properties.find(PROPERTIES, "TAGS"));
        assertNull(Properties.find(PROPERTIES, "KEY"));
        assertNull(Properties.find(PROPERTIES, "UNIQ"));
        assertNull(Properties.find(PROPERTIES, "0A"));
        assertNull(Properties.find(PROPERTIES, ""));
        assertNull(Properties.find(new byte[0], "KEYS"));
    }

    @Test
    void shouldFindWithinARange() {
        byte[] middle = bytes("A=1;B=2;C=3;");
        assertEquals("2", Properties.find(middle, 4, 4, "B"));
        assertNull(Properties.find(middle, 4, 4, "A"));
        assertNull(Properties.find(middle, 4, 4, "C"));
    }

    @Test
    void shouldReadEntriesAsTheClientDoes() {
        byte[] odd = bytes("A=1;;=x;B=;C;D=4=4;A=2;E=5");
        assertEquals("2", Properties.find(odd, "A"));
        assertNull(Properties.find(odd, "B"));
        assertNull(Properties.find(odd, "C"));
        assertEquals("4\u00014", Properties.find(odd, "D"));
        assertEquals("5", Properties.find(odd, "E"));
        assertEquals(Map.of("A", "2", "D", "4\u00014", "E", "5"), Properties.decode(odd));
    }

    @Test
    void shouldPutInPlaceOfTheOldValue() {
        assertArrayEquals(
                bytes("UNIQ_KEY=0A;TAGS=gr\u00fcn;KEYS=k3;"),
                Properties.put(PROPERTIES, "KEYS", "k3"));
        assertArrayEquals(bytes("A=1;B=2;"), Properties.put(bytes("A=1"), "B", "2"));
        assertArrayEquals(bytes("B=2;"), Properties.put(new byte[0], "B", "2"));
        assertArrayEquals(bytes("B=3;"), Properties.put(bytes("B=1;B=2"), "B", "3"));
    }

    @Test
    void shouldRemoveEveryEntryOfAName() {
        assertArrayEquals(bytes("B=2;C=3"), Properties.remove(bytes("A=1;B=2;A=4;C=3"), "A"));
        assertSame(PROPERTIES, Properties.remove(PROPERTIES, "KEY"));
    }

    @Test
    void shouldRefuseWhatWouldNotReadBack() {
        for (String bad : new String[] {"", "a\u0001b", "a\u0002"}) {
            assertThrows(
                    IllegalArgumentException.class, () -> Properties.put(PROPERTIES, bad, "x"));
            assertThrows(
                    IllegalArgumentException.class, () -> Properties.put(PROPERTIES, "x", bad));
            assertThrows(IllegalArgumentException.class, () -> Properties.encode(Map.of("x", bad)));
        }
    }

    @Test
    void shouldReadWhatItWrites() {
        Map<String, String> entries =
                Map.of("KEYS", "k1 k2", "gr\u00fcn", "\u2603", "WAIT", "true");
        assertEquals(entries, Properties.decode(Properties.encode(entries)));
    }
}
