package io.sluice.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Message properties as they are sent and stored: {@code name 0x01 value 0x02}, again and again, in
 * UTF-8. They are looked up and edited where they lie: of dozens of properties the server wants one
 * or two. The separator after the last value may be missing.
 *
 * <p>As RocketMQ's clients read them, an entry without a name or without a value is none; of a name
 * that occurs twice the last counts.
 */
public final class Properties {
    /** Ends a name. */
    public static final byte NAME_END = 1;

    /** Ends a value. */
    public static final byte VALUE_END = 2;

    private Properties() {}

    /** The value of {@code name}; null if there is none. */
    public static @Nullable String find(byte[] properties, String name) {
        return find(properties, 0, properties.length, name);
    }

    /** The value of {@code name} in {@code sizeBytes} bytes from {@code index} on, or null. */
    public static @Nullable String find(byte[] properties, int index, int sizeBytes, String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        int end = index + sizeBytes;
        String found = null;
        for (int at = index; at < end; ) {
            int entryEnd = indexOf(VALUE_END, properties, at, end);
            int valueAt = valueAt(key, properties, at, entryEnd);
            if (valueAt >= 0) {
                found = new String(properties, valueAt, entryEnd - valueAt, StandardCharsets.UTF_8);
            }
            at = entryEnd + 1;
        }
        return found;
    }

    /** Where the value of the entry begins if it is called {@code key} and has one; else -1. */
    private static int valueAt(byte[] key, byte[] properties, int from, int to) {
        int nameEnd = from + key.length;
        boolean match =
                nameEnd < to - 1
                        && properties[nameEnd] == NAME_END
                        && Arrays.equals(properties, from, nameEnd, key, 0, key.length);
        return match && key.length > 0 ? nameEnd + 1 : -1;
    }

    private static int indexOf(byte wanted, byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /**
     * Properties with {@code name} set to {@code value}, in place of any value it had.
     *
     * @throws IllegalArgumentException if either is empty or holds a separator
     */
    public static byte[] put(byte[] properties, String name, String value) {
        byte[] entry = entry(name, value);
        byte[] kept = remove(properties, name);
        boolean open = kept.length > 0 && kept[kept.length - 1] != VALUE_END;
        byte[] result = Arrays.copyOf(kept, kept.length + (open ? 1 : 0) + entry.length);
        if (open) {
            result[kept.length] = VALUE_END;
        }
        System.arraycopy(entry, 0, result, result.length - entry.length, entry.length);
        return result;
    }

    private static byte[] entry(String name, String value) {
        if (name.isEmpty() || value.isEmpty() || separated(name) || separated(value)) {
            throw new IllegalArgumentException(
                    "property \"" + name + "\" must have a name and a value without separators");
        }
        return (name + (char) NAME_END + value + (char) VALUE_END).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean separated(String text) {
        return text.indexOf(NAME_END) >= 0 || text.indexOf(VALUE_END) >= 0;
    }

    /** Properties without {@code name}; the same array if it has none of that name. */
    public static byte[] remove(byte[] properties, String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        byte[] kept = null;
        int size = 0;
        for (int at = 0; at < properties.length; ) {
            int entryEnd = indexOf(VALUE_END, properties, at, properties.length);
            int next = Math.min(entryEnd + 1, properties.length);
            if (valueAt(key, properties, at, entryEnd) >= 0) {
                if (kept == null) {
                    kept = properties.clone();
                    size = at;
                }
            } else if (kept != null) {
                System.arraycopy(properties, at, kept, size, next - at);
                size += next - at;
            }
            at = next;
        }
        return kept == null ? properties : Arrays.copyOf(kept, size);
    }

    /**
     * Properties made of {@code entries}, in their order.
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

    /** All entries, in their order. Not for the hot path. */
    public static Map<String, String> decode(byte[] properties) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int at = 0; at < properties.length; ) {
            int entryEnd = indexOf(VALUE_END, properties, at, properties.length);
            int nameEnd = indexOf(NAME_END, properties, at, entryEnd);
            if (nameEnd > at && nameEnd < entryEnd - 1) {
                entries.put(
                        new String(properties, at, nameEnd - at, StandardCharsets.UTF_8),
                        new String(
                                properties,
                                nameEnd + 1,
                                entryEnd - nameEnd - 1,
                                StandardCharsets.UTF_8));
            }
            at = entryEnd + 1;
        }
        return entries;
    }
}
