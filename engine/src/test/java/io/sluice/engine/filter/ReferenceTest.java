package io.sluice.engine.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random expressions against a slow reference that knows only maps, strings and boxed values. Each
 * expression is made together with its reference, so that the text is never read twice.
 */
final class ReferenceTest {
    private static final int SEED = 92;
    private static final int EXPRESSIONS = 20_000;
    private static final int MESSAGES = 12;

    private static final List<String> NAMES = List.of("a", "b", "$c_1", "TAGS", "A");
    private static final List<String> VALUES =
            List.of(
                    "1",
                    "2",
                    "3",
                    "-1",
                    "2.5",
                    "1.0",
                    "true",
                    "FALSE",
                    "x",
                    "xyx",
                    "yx",
                    "ä",
                    "it's",
                    "1e0",
                    " 2",
                    "12345678901234567890",
                    "0.30000000000000004",
                    "-");
    private static final List<String> NUMBERS =
            List.of("1", "2", "0", "3L", "2.5", ".5", "1e0", "12345678901234567890.", "0.3");

    /** What it evaluates to: null, String, Boolean, Long or Double. */
    private interface Meaning extends Function<Map<String, String>, @Nullable Object> {}

    /** A piece of text that binds as tightly as a primary, and what it means. */
    private record Piece(String text, Meaning meaning, boolean isProperty) {}

    private final Random random = new Random(SEED);

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String blank() {
        return pick(List.of(" ", " ", "  ", "\n", "\t", " /* x */ "));
    }

    private String word(String word) {
        return blank() + pick(List.of(word, word.toLowerCase(Locale.ROOT))) + blank();
    }

    // Values.

    private Piece property() {
        String name = pick(NAMES);
        return new Piece(name, row -> row.get(name), true);
    }

    private Piece text() {
        String value = pick(VALUES);
        return new Piece(quoted(value), row -> value, false);
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private Piece number() {
        String digits = pick(NUMBERS);
        Object value =
                digits.matches("[0-9]+L?")
                        ? (Object) Long.valueOf(digits.replace("L", ""))
                        : Double.valueOf(digits);
        if (random.nextInt(4) > 0) {
            return new Piece(digits, row -> value, false);
        }
        return new Piece(
                "-" + digits,
                row -> value instanceof Long whole ? (Object) (-whole) : (Object) (-(Double) value),
                false);
    }

    private Piece numeric() {
        return random.nextBoolean() ? property() : number();
    }

    // Conditions.

    private Piece condition(int depth) {
        int kind = random.nextInt(depth > 0 ? 15 : 8);
        return switch (kind) {
            case 0 -> in();
            case 1 -> between();
            case 2, 3 -> like();
            case 4 -> ordered();
            case 5, 6 -> equal(value(depth), value(0));
            case 7 -> isNull(depth);
            case 8, 9, 10 -> and(depth);
            case 11, 12, 13 -> or(depth);
            default -> not(condition(depth - 1));
        };
    }

    private Piece parenthesized(Piece piece) {
        return new Piece("(" + piece.text + ")", piece.meaning, piece.isProperty);
    }

    private Piece value(int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 5)) {
            case 0 -> number();
            case 1 -> text();
            case 5 -> parenthesized(condition(depth - 1));
            default -> property();
        };
    }

    private Piece not(Piece piece) {
        return new Piece(
                word("NOT") + "(" + piece.text + ")",
                row -> piece.meaning.apply(row) instanceof Boolean is ? !is : null,
                false);
    }

    private Piece and(int depth) {
        Piece left = condition(depth - 1);
        Piece right = condition(depth - 1);
        return new Piece(
                "(" + left.text + ")" + word("AND") + "(" + right.text + ")",
                row -> {
                    Object one = left.meaning.apply(row);
                    Object other = right.meaning.apply(row);
                    if (Boolean.FALSE.equals(one) || Boolean.FALSE.equals(other)) {
                        return false;
                    }
                    return one == null || other == null ? null : (Object) true;
                },
                false);
    }

    private Piece or(int depth) {
        Piece left = condition(depth - 1);
        Piece right = condition(depth - 1);
        return new Piece(
                "(" + left.text + ")" + word("OR") + "(" + right.text + ")",
                row -> {
                    Object one = left.meaning.apply(row);
                    Object other = right.meaning.apply(row);
                    if (Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other)) {
                        return true;
                    }
                    return one == null || other == null ? null : (Object) false;
                },
                false);
    }

    private Piece isNull(int depth) {
        Piece value = value(depth);
        boolean not = random.nextBoolean();
        return new Piece(
                value.text + word(not ? "IS NOT NULL" : "IS NULL"),
                row -> (value.meaning.apply(row) == null) != not,
                false);
    }

    private Piece in() {
        Piece property = property();
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            texts.add(pick(VALUES));
        }
        boolean not = random.nextBoolean();
        String list =
                String.join(blank() + ",", texts.stream().map(ReferenceTest::quoted).toList());
        return new Piece(
                property.text + word(not ? "NOT IN" : "IN") + "(" + list + ")",
                row -> {
                    Object value = property.meaning.apply(row);
                    return value == null ? null : (Object) (texts.contains(value) != not);
                },
                false);
    }

    private Piece like() {
        Piece value = value(0);
        boolean not = random.nextBoolean();
        String needle = random.nextInt(8) == 0 ? "" : pick(VALUES);
        int kind = random.nextInt(3);
        String name = List.of("CONTAINS", "STARTSWITH", "ENDSWITH").get(kind);
        List<BiPredicate<String, String>> tests =
                List.of(String::contains, String::startsWith, String::endsWith);
        return new Piece(
                value.text + word((not ? "NOT " : "") + name) + quoted(needle),
                row ->
                        value.meaning.apply(row) instanceof String text
                                && !needle.isEmpty()
                                && tests.get(kind).test(text, needle) != not,
                false);
    }

    private Piece between() {
        Piece value = numeric();
        Piece low = property();
        Piece high = numeric();
        boolean not = random.nextBoolean();
        return new Piece(
                value.text
                        + word(not ? "NOT BETWEEN" : "BETWEEN")
                        + low.text
                        + word("AND")
                        + high.text,
                row -> {
                    Integer toLow = order(value.meaning.apply(row), low.meaning.apply(row));
                    Integer toHigh = order(value.meaning.apply(row), high.meaning.apply(row));
                    boolean outside =
                            (toLow != null && toLow < 0) || (toHigh != null && toHigh > 0);
                    if (outside) {
                        return not;
                    }
                    return toLow == null || toHigh == null ? null : (Object) !not;
                },
                false);
    }

    private Piece ordered() {
        Piece left = numeric();
        Piece right = numeric();
        int kind = random.nextInt(4);
        return new Piece(
                left.text + List.of("<", "<=", ">", " >= ").get(kind) + right.text,
                row -> {
                    Integer order = order(left.meaning.apply(row), right.meaning.apply(row));
                    if (order == null) {
                        return null;
                    }
                    return switch (kind) {
                        case 0 -> order < 0;
                        case 1 -> order <= 0;
                        case 2 -> order > 0;
                        default -> order >= 0;
                    };
                },
                false);
    }

    private Piece equal(Piece left, Piece right) {
        boolean not = random.nextBoolean();
        return new Piece(
                left.text + (not ? "<>" : " = ") + right.text,
                row -> {
                    Boolean same = same(left.meaning.apply(row), right.meaning.apply(row));
                    return same == null ? null : (Object) (same != not);
                },
                false);
    }

    private static @Nullable Boolean same(@Nullable Object one, @Nullable Object other) {
        if (one == null) {
            return other == null ? true : null;
        }
        if (other == null) {
            return false;
        }
        if (one instanceof String && other instanceof String) {
            return one.equals(other);
        }
        if (one instanceof Boolean || other instanceof Boolean) {
            return !(one instanceof Number)
                    && !(other instanceof Number)
                    && Boolean.valueOf(one.toString()).equals(Boolean.valueOf(other.toString()));
        }
        Integer order = order(one, other);
        return order == null ? null : (Boolean) (order == 0);
    }

    private static @Nullable Integer order(@Nullable Object one, @Nullable Object other) {
        if (one == null || other == null) {
            return null;
        }
        try {
            if (one instanceof String left && other instanceof String right) {
                return Double.valueOf(left).compareTo(Double.valueOf(right));
            }
            Number first = number(one);
            Number second = number(other);
            return first instanceof Long && second instanceof Long
                    ? Long.compare(first.longValue(), second.longValue())
                    : Double.compare(first.doubleValue(), second.doubleValue());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Number number(Object value) {
        if (value instanceof Number number) {
            return number;
        }
        try {
            return Long.valueOf(value.toString().trim());
        } catch (NumberFormatException e) {
            return Double.valueOf(value.toString());
        }
    }

    // Messages.

    private Map<String, String> message() {
        Map<String, String> properties = new HashMap<>();
        for (String name : NAMES) {
            if (random.nextInt(3) > 0) {
                properties.put(name, pick(VALUES));
            }
        }
        return properties;
    }

    private static byte[] bytes(Map<String, String> properties) {
        StringBuilder out = new StringBuilder("WAIT\1true\2");
        properties.forEach(
                (name, value) -> out.append(name).append('\1').append(value).append('\2'));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldAgreeWithTheReference() throws SqlSyntaxException {
        int[] counts = new int[2];
        for (int i = 0; i < EXPRESSIONS; i++) {
            Piece piece = condition(random.nextInt(4));
            SqlExpression expression = SqlExpression.compile(piece.text);
            Row row = expression.row();
            for (int j = 0; j < MESSAGES; j++) {
                Map<String, String> message = message();
                byte[] bytes = bytes(message);
                boolean wanted = Boolean.TRUE.equals(piece.meaning.apply(message));
                assertEquals(
                        wanted,
                        expression.matches(row, bytes, 0, bytes.length),
                        () -> piece.text + " of " + message);
                counts[wanted ? 1 : 0]++;
            }
        }
        assertEquals(0.5, (double) counts[1] / (counts[0] + counts[1]), 0.25);
    }

    @Test
    void shouldReadNumbersAsTheJdkDoes() {
        Decimal decimal = new Decimal();
        String letters = "0123456789012345678901234567890123456789.eE+-dfx ";
        for (int i = 0; i < 300_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(1 + random.nextInt(24)); j >= 0; j--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            Double expected = parse(text.toString());
            Double read = decimal.read(bytes, 0, bytes.length) ? (Double) decimal.real() : null;
            assertEquals(expected, read, () -> "'" + text + "'");
        }
    }

    private static @Nullable Double parse(String text) {
        try {
            return Double.parseDouble(text) + 0.0;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
