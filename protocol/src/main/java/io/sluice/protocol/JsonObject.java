package io.sluice.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object that was read, by name and type, with errors that name the member.
 */
final class JsonObject {
    private final Map<?, ?> members;

    private JsonObject(Map<?, ?> members) {
        this.members = members;
    }

    /** Reads a body that is one object. */
    static JsonObject read(ByteBuf in, int index, int sizeBytes) {
        return of("body", Json.read(in, index, sizeBytes));
    }

    static JsonObject of(String name, @Nullable Object value) {
        if (value instanceof Map<?, ?> members) {
            return new JsonObject(members);
        }
        throw wrong(name, "an object", value);
    }

    String text(String name) {
        String text = textOrNull(name);
        if (text == null) {
            throw wrong(name, "text", null);
        }
        return text;
    }

    @Nullable String textOrNull(String name) {
        Object value = members.get(name);
        return value == null ? null : asText(name, value);
    }

    String text(String name, String absent) {
        String text = textOrNull(name);
        return text == null ? absent : text;
    }

    /** The constant of that name, in whatever case, or number: the C++ client sends numbers. */
    <E extends Enum<E>> E constant(String name, Class<E> type, E absent) {
        Object value = members.get(name);
        if (value == null) {
            return absent;
        }
        E[] constants = type.getEnumConstants();
        if (value instanceof Long number && number >= 0 && number < constants.length) {
            return constants[number.intValue()];
        }
        for (E constant : constants) {
            if (value instanceof String text && constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw wrong(name, "one of " + List.of(constants), value);
    }

    boolean bool(String name, boolean absent) {
        return switch (members.get(name)) {
            case null -> absent;
            case Boolean value -> value;
            case String value when value.equalsIgnoreCase("true") -> true;
            case String value when value.equalsIgnoreCase("false") -> false;
            case Object value -> throw wrong(name, "true or false", value);
        };
    }

    int int32(String name, int absent) {
        long value = int64(name, absent);
        if (value != (int) value) {
            throw wrong(name, "a whole number of 32 bits", value);
        }
        return (int) value;
    }

    long int64(String name, long absent) {
        return switch (members.get(name)) {
            case null -> absent;
            case Long value -> value;
            case String value -> parse(name, value);
            case Object value -> throw wrong(name, "a whole number", value);
        };
    }

    static long parse(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(name, "a whole number", value);
        }
    }

    @Nullable JsonObject objectOrNull(String name) {
        Object value = members.get(name);
        return value == null ? null : of(name, value);
    }

    List<String> texts(String name) {
        return list(name, value -> asText(name, value));
    }

    <T> List<T> objects(String name, Function<JsonObject, T> decode) {
        return list(name, value -> decode.apply(of(name, value)));
    }

    private <T> List<T> list(String name, Function<@Nullable Object, T> decode) {
        Object value = members.get(name);
        return value == null ? List.of() : asList(name, value, decode);
    }

    static List<String> asTexts(String name, @Nullable Object value) {
        return asList(name, value, element -> asText(name, element));
    }

    private static <T> List<T> asList(
            String name, @Nullable Object value, Function<@Nullable Object, T> decode) {
        if (!(value instanceof List<?> elements)) {
            throw wrong(name, "an array", value);
        }
        List<T> list = new ArrayList<>(elements.size());
        for (Object element : elements) {
            list.add(decode.apply(element));
        }
        return List.copyOf(list);
    }

    /** The members of an object whose names mean something, in order; empty if it is absent. */
    <K, V> Map<K, V> map(
            String name, Function<String, K> decodeKey, Function<@Nullable Object, V> decodeValue) {
        Object value = members.get(name);
        if (value == null) {
            return Map.of();
        }
        Map<K, V> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : of(name, value).members.entrySet()) {
            map.put(
                    decodeKey.apply(member.getKey().toString()),
                    decodeValue.apply(member.getValue()));
        }
        return map;
    }

    static String asText(String name, @Nullable Object value) {
        return switch (value) {
            case String text -> text;
            case Long number -> number.toString();
            case Double number -> number.toString();
            case Boolean bool -> bool.toString();
            case null, default -> throw wrong(name, "text", value);
        };
    }

    private static JsonException wrong(String name, String expected, @Nullable Object found) {
        return switch (found) {
            case null -> new JsonException(name + " is missing: it must be " + expected);
            case Map<?, ?> _ -> mustBe(name, expected, "an object");
            case List<?> _ -> mustBe(name, expected, "an array");
            default -> mustBe(name, expected, JsonException.shown(found.toString()));
        };
    }

    private static JsonException mustBe(String name, String expected, String shown) {
        return new JsonException(name + " must be " + expected + ", not " + shown);
    }
}
