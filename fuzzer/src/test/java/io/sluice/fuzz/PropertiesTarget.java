package io.sluice.fuzz;

import static io.sluice.fuzz.Target.require;

import io.sluice.engine.message.KeyHash;
import io.sluice.engine.message.Properties;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A message's properties, as the engine searches and edits them and as clients take them apart. */
final class PropertiesTarget implements Target {
    private static final List<byte[]> NAMES =
            List.of(
                    Properties.TAGS,
                    Properties.KEYS,
                    Properties.UNIQUE_KEY,
                    Properties.RETRY_TOPIC);
    private static final int KEYS_MAX = 255;

    @Override
    public Check take(byte[] input) {
        int tagHash = Properties.tagHash(input);
        long[] keys = KeyHash.all(7, input);
        String tag = Properties.text(input, Properties.TAGS);
        byte[] edited = Properties.with(input, Properties.DELAY, "3");
        byte[] cleared = Properties.without(input, Properties.DELAY);
        return () -> {
            require(tagHash == (tag == null ? 0 : tag.hashCode()), "the hash of tag " + tag);
            require(keys.length <= KEYS_MAX, keys.length + " keys");
            require("3".equals(Properties.text(edited, Properties.DELAY)), "what was set is there");
            require(Properties.text(cleared, Properties.DELAY) == null, "what was removed is gone");
            for (byte[] name : NAMES) {
                same(input, edited, name);
                same(input, cleared, name);
            }
            check(io.sluice.protocol.Properties.decode(input));
        };
    }

    private static void same(byte[] before, byte[] after, byte[] name) {
        require(
                Objects.equals(Properties.text(before, name), Properties.text(after, name)),
                "an edit changed " + new String(name, StandardCharsets.UTF_8));
    }

    /** A value may hold the byte that ends names, which nobody who writes properties lets in. */
    private static void check(Map<String, String> all) {
        Map<String, String> entries = new LinkedHashMap<>(all);
        entries.values().removeIf(value -> value.indexOf('\1') >= 0);
        byte[] encoded = io.sluice.protocol.Properties.encode(entries);
        require(entries.equals(io.sluice.protocol.Properties.decode(encoded)), "round trip");
        entries.forEach((name, value) -> {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            require(value.equals(Properties.text(encoded, bytes)), "both read " + name + " alike");
        });
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                bytes("TAGS\1a\2KEYS\1k1 k2 k3\2UNIQ_KEY\0017F000001\2DELAY\0013\2"),
                bytes("WAIT\1true\2DELAY\0013\2TAGS\1\u00e4\u20ac\2DELAY\0014"),
                bytes("\2\2\1\2A\1\2RETRY_TOPIC\1x"));
    }

    private static byte[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length);
    }
}
