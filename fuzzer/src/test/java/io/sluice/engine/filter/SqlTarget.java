package io.sluice.engine.filter;

import static io.sluice.fuzz.Target.require;

import io.sluice.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An SQL92 expression up to the first zero byte, then a message's properties. Of each message
 * exactly one is true: the expression, its contrary, or that it is unknown.
 */
public final class SqlTarget implements Target {
    private static final int MESSAGE_LENGTH_MAX = 300;

    @Override
    public @Nullable Check take(byte[] input) {
        int end = 0;
        while (end < input.length && input[end] != 0) {
            end++;
        }
        String text = new String(input, 0, end, StandardCharsets.UTF_8);
        int properties = Math.min(input.length, end + 1);
        try {
            boolean wanted = matches(text, input, properties);
            return () -> check(text, wanted, input, properties);
        } catch (SqlSyntaxException refused) {
            String message = String.valueOf(refused.getMessage());
            require(message.length() < MESSAGE_LENGTH_MAX, message);
            require(message.chars().noneMatch(Character::isISOControl), message);
            require(refused.position() >= 1 && refused.position() <= text.length() + 1, message);
            return null;
        }
    }

    private static boolean matches(String text, byte[] input, int from) throws SqlSyntaxException {
        SqlExpression expression = SqlExpression.compile(text);
        return expression.matches(expression.row(), input, from, input.length);
    }

    private static void check(String text, boolean wanted, byte[] input, int from) {
        try {
            boolean contrary = matches("NOT (" + text + ")", input, from);
            boolean unknown = matches("(" + text + ") IS NULL", input, from);
            int held = (wanted ? 1 : 0) + (contrary ? 1 : 0) + (unknown ? 1 : 0);
            require(held == 1, "%s, %s, %s of %s".formatted(wanted, contrary, unknown, text));
        } catch (SqlSyntaxException refused) {
            String message = String.valueOf(refused.getMessage());
            require(
                    message.contains("nested deeper") || message.contains("at most"),
                    message + " in " + text);
        }
    }

    @Override
    public long allocatedPerByteMax() {
        return 256; // a token of one letter, its text, and what becomes of it
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text :
                List.of(
                        "a=1 AND b<>'x''y' OR NOT (c IS NULL)\0a\0011\2b\1x\2",
                        "a NOT BETWEEN -1.5e3 AND .5 -- x\nAND b IN ('1', '2')\0a\1001\2b\0012\2",
                        "TAGS CONTAINS 'ab' /* x */ OR TAGS NOT ENDSWITH 'b'\0TAGS\1aab\2",
                        "(a > b) = TRUE AND c = FALSE OR d IS NOT NULL\0a\0011\2b\1NaN\2c\1x\2",
                        "a STARTSWITH '\u00e4' AND 9223372036854775807 >= +b\0b\1 0x1p3 \2")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }
}
