package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads RocketMQ's JSON dialect: what fastjson 1 and 2 write, as 4.x and 5.x clients use them, and
 * what those accept. Beyond JSON that is: names without quotes, names that are numbers ({@code
 * {0:"a"}}) or whole objects ({@code {{"queueId":0}:5}}), single quotes, a comma before a closing
 * bracket.
 *
 * <p>Bodies only; headers have a faster reader of their own. Values become {@link Map}, {@link
 * List}, String, Long, Double, Boolean or null. Names become Strings, whatever they were: a number
 * its digits, an object its text as it stands. (So keys of one map are all of one comparable class,
 * and no choice of them makes the map slow.)
 */
public final class Json {
    /** The largest text that is read, in bytes: a tree costs many times its text. */
    public static final int SIZE_BYTES_MAX = 2 * 1024 * 1024;

    private final JsonScanner scanner;
    private int depth;

    private Json(byte[] bytes) {
        this.scanner = new JsonScanner(bytes, 0, bytes.length);
    }

    /**
     * Reads one value.
     *
     * @throws JsonException if it is not one, or is larger or more deeply nested than allowed
     */
    public static @Nullable Object read(ByteBuf in, int index, int sizeBytes) {
        if (sizeBytes > SIZE_BYTES_MAX) {
            throw new JsonException(
                    "text of " + sizeBytes + " bytes is above the limit of " + SIZE_BYTES_MAX);
        }
        byte[] bytes = new byte[sizeBytes];
        in.getBytes(index, bytes);
        return new Json(bytes).document();
    }

    /**
     * Reads one value.
     *
     * @throws JsonException if it is not one, or is larger or more deeply nested than allowed
     */
    public static @Nullable Object read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Json(bytes).document();
    }

    private @Nullable Object document() {
        Object value = value();
        if (scanner.peek() != JsonScanner.END) {
            throw scanner.unexpected(scanner.peek(), "nothing more");
        }
        return value;
    }

    private @Nullable Object value() {
        return switch (scanner.peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"', '\'' -> {
                scanner.scalar();
                yield text();
            }
            default -> literal();
        };
    }

    private Map<String, @Nullable Object> object() {
        open('{');
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (!scanner.take('}')) {
            do {
                String name = name();
                scanner.expect(':');
                members.put(name, value());
            } while (scanner.more('}'));
        }
        depth--;
        return members;
    }

    private String name() {
        if (scanner.peek() == '{') {
            scanner.raw();
        } else {
            scanner.scalar();
        }
        return text();
    }

    private List<@Nullable Object> array() {
        open('[');
        List<@Nullable Object> elements = new ArrayList<>();
        if (!scanner.take(']')) {
            do {
                elements.add(value());
            } while (scanner.more(']'));
        }
        depth--;
        return elements;
    }

    private void open(char bracket) {
        scanner.expect(bracket);
        if (++depth > JsonScanner.DEPTH_MAX) {
            throw JsonException.at(
                    scanner.at, "nested deeper than " + JsonScanner.DEPTH_MAX + " levels");
        }
    }

    private @Nullable Object literal() {
        scanner.scalar();
        if (scanner.tokenIs("null")) {
            return null;
        }
        if (scanner.tokenIs("true")) {
            return true;
        }
        if (scanner.tokenIs("false")) {
            return false;
        }
        return number();
    }

    private Object number() {
        for (int i = scanner.from; i < scanner.to; i++) {
            byte b = scanner.bytes[i];
            if (b == '.' || b == 'e' || b == 'E') {
                return fraction();
            }
        }
        return wholeNumber();
    }

    private Object fraction() {
        try {
            return Double.valueOf(text());
        } catch (NumberFormatException e) {
            throw notAValue();
        }
    }

    private Long wholeNumber() {
        try {
            return Ascii.parseLong(scanner.bytes, scanner.from, scanner.to);
        } catch (NumberFormatException e) {
            throw notAValue();
        }
    }

    private JsonException notAValue() {
        return JsonException.at(
                scanner.from, '"' + JsonException.shown(text()) + "\" is not a value");
    }

    private String text() {
        return new String(
                scanner.bytes, scanner.from, scanner.to - scanner.from, StandardCharsets.UTF_8);
    }
}
