package io.sluice.engine.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A message's properties as they travel: {@code name 0x01 value 0x02 name 0x01 value 0x02 ...}, in
 * UTF-8, the last 0x02 optional. Searched and edited as bytes, for most properties are never looked
 * at.
 */
public final class Properties {
    private static final byte VALUE = 1;
    private static final byte END = 2;

    /** The one tag. */
    public static final byte[] TAGS = name("TAGS");

    /** The keys, separated by blanks. */
    public static final byte[] KEYS = name("KEYS");

    /** The id that the producing client made. */
    public static final byte[] UNIQUE_KEY = name("UNIQ_KEY");

    /** The delay level, 1 to 18. */
    public static final byte[] DELAY = name("DELAY");

    /** The producer group of a transactional message. */
    public static final byte[] PRODUCER_GROUP = name("PGROUP");

    /** The topic that a message in a retry topic was first sent to. */
    public static final byte[] RETRY_TOPIC = name("RETRY_TOPIC");

    /** The offset message id that a message in a retry topic first had. */
    public static final byte[] ORIGIN_MESSAGE_ID = name("ORIGIN_MESSAGE_ID");

    /** The topic that a dead letter was first sent to. */
    public static final byte[] DLQ_ORIGIN_TOPIC = name("DLQ_ORIGIN_TOPIC");

    /** The offset message id that a dead letter first had. */
    public static final byte[] DLQ_ORIGIN_MESSAGE_ID = name("DLQ_ORIGIN_MESSAGE_ID");

    private Properties() {}

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** The value of {@code name}; null if it is absent. */
    public static @Nullable String text(byte[] properties, byte[] name) {
        long range = range(ByteBuffer.wrap(properties), 0, properties.length, name);
        return range < 0
                ? null
                : new String(properties, (int) (range >>> 32), (int) range, StandardCharsets.UTF_8);
    }

    /**
     * Where the message lies that this one is a copy of, as {@link #ORIGIN_MESSAGE_ID} says: its
     * last 16 digits. -1 if it does not say, or is not an offset message id.
     */
    public static long originPosition(byte[] properties) {
        String id = text(properties, ORIGIN_MESSAGE_ID);
        if (id == null || (id.length() != 32 && id.length() != 56)) {
            return -1;
        }
        int from = id.length() - 16;
        for (int i = from; i < id.length(); i++) {
            if (Character.digit(id.charAt(i), 16) < 0) {
                return -1;
            }
        }
        return HexFormat.fromHexDigitsToLong(id, from, id.length());
    }

    /** {@link String#hashCode} of the tag, as clients compute it; 0 if there is none. */
    public static int tagHash(byte[] properties) {
        long range = range(properties, TAGS);
        if (range < 0) {
            return 0;
        }
        int from = (int) (range >>> 32);
        int end = from + (int) range;
        int hash = 0;
        for (int i = from; i < end; i++) {
            if (properties[i] < 0) {
                return new String(properties, from, end - from, StandardCharsets.UTF_8).hashCode();
            }
            hash = 31 * hash + properties[i];
        }
        return hash;
    }

    /** Where the value of {@code name} lies, as index << 32 | size; -1 if it is absent. */
    public static long range(byte[] properties, byte[] name) {
        return range(ByteBuffer.wrap(properties), 0, properties.length, name);
    }

    static long range(ByteBuffer in, int from, int sizeBytes, byte[] name) {
        int end = from + sizeBytes;
        int start = from;
        while (start < end) {
            int stop = indexOf(in, start, end, END);
            if (isNamed(in, start, stop, name)) {
                int value = start + name.length + 1;
                return (long) value << 32 | (stop - value);
            }
            start = stop + 1;
        }
        return -1;
    }

    /** The properties with {@code name} set to {@code value}, replacing what it was. */
    public static byte[] with(byte[] properties, byte[] name, String value) {
        byte[] rest = without(properties, name);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream(rest.length + name.length + bytes.length + 3);
        out.writeBytes(rest);
        if (rest.length > 0 && rest[rest.length - 1] != END) {
            out.write(END);
        }
        out.writeBytes(name);
        out.write(VALUE);
        out.writeBytes(bytes);
        out.write(END);
        return out.toByteArray();
    }

    /**
     * The properties without {@code name}, however often it is there; the same array if it is
     * absent.
     */
    public static byte[] without(byte[] properties, byte[] name) {
        if (range(properties, name) < 0) {
            return properties;
        }
        ByteBuffer in = ByteBuffer.wrap(properties);
        ByteArrayOutputStream rest = new ByteArrayOutputStream(properties.length);
        int start = 0;
        while (start < properties.length) {
            int stop = indexOf(in, start, properties.length, END);
            int next = Math.min(stop + 1, properties.length);
            if (!isNamed(in, start, stop, name)) {
                rest.write(properties, start, next - start);
            }
            start = next;
        }
        return rest.toByteArray();
    }

    /** Whether the entry from {@code start} to {@code stop} is that of {@code name}. */
    private static boolean isNamed(ByteBuffer in, int start, int stop, byte[] name) {
        int value = start + name.length;
        return value < stop && in.get(value) == VALUE && startsWith(in, start, name);
    }

    private static int indexOf(ByteBuffer in, int from, int end, byte wanted) {
        for (int i = from; i < end; i++) {
            if (in.get(i) == wanted) {
                return i;
            }
        }
        return end;
    }

    private static boolean startsWith(ByteBuffer in, int from, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if (in.get(from + i) != name[i]) {
                return false;
            }
        }
        return true;
    }
}
