package io.sluice.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message's properties as a client makes and reads them: {@code name 0x01 value 0x02 ...}, in
 * UTF-8. The server does not take them apart; the engine searches and edits them as bytes.
 */
public final class Properties {
    private static final byte NAME_END = 1;
    private static final byte VALUE_END = 2;

    private Properties() {}

    /**
     * Writes properties in the order of the map.
     *
     * @throws IllegalArgumentException if a name or value is empty or holds a separator
     */
    public static byte[] encode(Map<String, String> entries) {
        ByteSink sink = new ByteSink(256);
        entries.forEach((name, value) -> {
            byte[] entry = entry(name, value);
            sink.raw(entry, 0, entry.length);
        });
        return Arrays.copyOf(sink.bytes, sink.size);
    }

    private static byte[] entry(String name, String value) {
        if (name.isEmpty() || value.isEmpty() || separated(name) || separated(value)) {
            throw new IllegalArgumentException(
                    "property \"" + name + "\" must have a name and a value without separators");
        }
        String text = name + (char) NAME_END + value + (char) VALUE_END;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean separated(String text) {
        return text.indexOf(NAME_END) >= 0 || text.indexOf(VALUE_END) >= 0;
    }

    /** Reads properties in their order; what has no name or no value is passed over. */
    public static Map<String, String> decode(byte[] properties) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int at = 0; at < properties.length; ) {
            int entryEnd = indexOf(VALUE_END, properties, at, properties.length);
            int nameEnd = indexOf(NAME_END, properties, at, entryEnd);
            if (nameEnd > at && nameEnd < entryEnd - 1) {
                entries.put(text(properties, at, nameEnd), text(properties, nameEnd + 1, entryEnd));
            }
            at = entryEnd + 1;
        }
        return entries;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static int indexOf(byte wanted, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return to;
    }
}
