package io.sluice.engine.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Properties are edited as bytes: nothing but the one named may change. */
final class PropertiesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] properties) {
        return new String(properties, UTF_8);
    }

    @Test
    void shouldFindAValueByItsWholeName() {
        byte[] properties = bytes("XKEYS\1no\2KEYSX\1no\2KEYS\1yes\2");
        assertEquals("yes", Properties.text(properties, Properties.KEYS));
        assertNull(Properties.text(properties, Properties.TAGS));
        assertNull(Properties.text(bytes("a\1KEYS\2"), Properties.KEYS));
        assertEquals("", Properties.text(bytes("KEYS\1\2"), Properties.KEYS));
        assertEquals("last", Properties.text(bytes("a\1b\2KEYS\1last"), Properties.KEYS));
    }

    @Test
    void shouldReplaceAndRemoveOnlyWhatIsNamed() {
        byte[] properties = bytes("a\1b\2KEYS\1old\2c\1d\2");
        assertEquals(
                "a\1b\2c\1d\2KEYS\1new\2",
                text(Properties.with(properties, Properties.KEYS, "new")));
        assertEquals("a\1b\2c\1d\2", text(Properties.without(properties, Properties.KEYS)));
        assertEquals("a\1b\2", text(Properties.without(bytes("a\1b\2KEYS\1x"), Properties.KEYS)));
        assertEquals("a\1b\2KEYS\1x\2", text(Properties.with(bytes("a\1b"), Properties.KEYS, "x")));
        assertEquals("KEYS\1x\2", text(Properties.with(new byte[0], Properties.KEYS, "x")));
        assertSame(properties, Properties.without(properties, Properties.TAGS));
    }

    @Test
    void shouldHashATagAsClientsDo() {
        for (String tag : new String[] {"", "a", "TagA", "Ünïcödé", "標籤", "𝄞", "a b||c"}) {
            assertEquals(tag.hashCode(), Properties.tagHash(bytes("x\1y\2TAGS\1" + tag + "\2")));
        }
        assertEquals(0, Properties.tagHash(bytes("x\1y\2")));
    }

    @Test
    void shouldStayInsideWhateverTheBytes() {
        Random random = new Random(3);
        byte[] alphabet = bytes("KEYSTAG\1\2 \377");
        for (int round = 0; round < 50_000; round++) {
            byte[] properties = new byte[random.nextInt(24)];
            for (int i = 0; i < properties.length; i++) {
                properties[i] = alphabet[random.nextInt(alphabet.length)];
            }
            byte[] with = Properties.with(properties, Properties.TAGS, "v");
            assertEquals("v", Properties.text(with, Properties.TAGS));
            byte[] without = Properties.without(properties, Properties.TAGS);
            assertNull(Properties.text(without, Properties.TAGS), "also if it was there twice");
            KeyHash.all(1, properties);
        }
    }

    @Test
    void shouldHashEachKeyAndTheUniqueKeyUnderItsTopic() {
        long[] hashes = KeyHash.all(7, bytes("UNIQ_KEY\1u\2KEYS\1 a  b \2"));
        long[] expected = {hash(7, "u"), hash(7, "a"), hash(7, "b")};
        assertEquals(Arrays.toString(expected), Arrays.toString(hashes));
        assertEquals(100, KeyHash.all(7, bytes("KEYS\1" + "k ".repeat(100) + "\2")).length);
        assertEquals(255, KeyHash.all(7, bytes("KEYS\1" + "k ".repeat(300) + "\2")).length);
        assertEquals(0, KeyHash.all(7, bytes("a\1b\2")).length);
    }

    private static long hash(int topicId, String key) {
        return KeyHash.of(topicId, bytes(key), 0, bytes(key).length);
    }
}
